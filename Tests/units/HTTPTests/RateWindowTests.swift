// RateWindowTests: the arithmetic of the budget against a server that counts by the book.
import Foundation
import Testing

@testable import HTTP

/// A deterministic source of numbers (SplitMix64).
struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}

@Suite("The sliding window")
struct RateWindowTests {
    let allowance = RateWindow.Allowance(limit: 10, window: 6)
    let owner = RateWindow.Owner(process: 1, started: 1)

    @Test(
        "a server's window is never too full, and hardly emptier than it could be",
        arguments: 1...20 as ClosedRange<UInt64>)
    func keepsTheLimit(seed: UInt64) {
        var dice = Dice(state: seed)
        var window = RateWindow(boot: "b")
        var now = 1000.0
        // Replies under way: when the server counts, when we see the head.
        var underWay: [(id: UInt64, head: Double)] = []
        var counted: [Double] = []
        let slowest = seed % 2 == 0 ? 0.02 : 1.5
        while counted.count < 200 {
            let wait = window.reserve(use(UInt64(counted.count + 1), now), allowance) { _ in true }
            if wait == 0 {
                let server = now + Double.random(in: 0...slowest, using: &dice) / 2
                let head = server + Double.random(in: 0...slowest, using: &dice) / 2
                counted.append(server)
                underWay.append((UInt64(counted.count), head))
            } else {
                now += min(wait, Double.random(in: 0.001...0.02, using: &dice))
            }
            for reply in underWay where reply.head <= now {
                window.settle(reply.id, at: reply.head)
            }
            underWay.removeAll { $0.head <= now }
        }
        counted.sort()
        for index in counted.indices.dropFirst(10) {
            #expect(counted[index] - counted[index - 10] >= 6)
        }
        // 200 requests are 20 bursts, 19 windows apart; each may lose a look and one way's time.
        #expect(now - 1000 < 19 * (6 * 1.01 + slowest))
    }

    @Test("the head of a reply corrects limit and window")
    func learns() {
        var window = RateWindow(boot: "b")
        window.learn(
            [Header("x-rate-limit-limit", "3"), Header("X-Rate-Limit-Window", "2")], status: 200,
            group: "heavy", allowance, at: 100)
        for id in 1...3 {
            #expect(window.reserve(use(UInt64(id), 100), allowance) { _ in true } == 0)
        }
        #expect(window.reserve(use(4, 100), allowance) { _ in true } > 0)
        for id in 1...3 { window.settle(UInt64(id), at: 100) }
        #expect(window.reserve(use(4, 101.9), allowance) { _ in true } > 0)
        #expect(window.reserve(use(4, 102.01), allowance) { _ in true } == 0)
    }

    @Test(
        "what a reply says of another group, or nonsense, changes nothing",
        arguments: [
            [Header("X-Rate-Limit-Group", "light"), Header("X-Rate-Limit-Limit", "50")],
            [Header("X-Rate-Limit-Limit", "0")], [Header("X-Rate-Limit-Window", "nan")],
            [Header("X-Rate-Limit-Limit", "many")],
        ])
    func ignores(headers: [Header]) {
        var window = RateWindow(boot: "b")
        window.learn(headers, status: 200, group: "heavy", allowance, at: 100)
        #expect(window == RateWindow(boot: "b"))
    }

    @Test("requests of strangers, seen by what remains, are counted")
    func countsStrangers() {
        var window = RateWindow(boot: "b")
        _ = window.reserve(use(1, 100), allowance) { _ in true }
        window.settle(1, at: 100)
        window.learn(
            [Header("X-Rate-Limit-Remaining", "2")], status: 200, group: "heavy", allowance, at: 100
        )
        for id in 2...3 {
            #expect(window.reserve(use(UInt64(id), 101), allowance) { _ in true } == 0)
        }
        #expect(window.reserve(use(4, 101), allowance) { _ in true } > 0)
    }

    @Test(
        "a 429 silences the group for as long as asked, or for the window, and at least 30 s",
        arguments: [
            ([Header("Retry-After", "60")], 60), ([Header("Retry-After", "2")], 2), ([], 30),
            ([Header("X-Rate-Limit-Window", "45")], 45),
        ] as [([Header], Double)])
    func silences(headers: [Header], seconds: Double) {
        var window = RateWindow(boot: "b")
        window.learn(headers, status: 429, group: "heavy", allowance, at: 100)
        let wait = window.reserve(use(1, 100), allowance) { _ in true }
        #expect(abs(wait - seconds) < 0.1)
        // A second one, seen later, makes it longer and never shorter.
        window.learn([Header("Retry-After", "1")], status: 429, group: "heavy", allowance, at: 100)
        #expect(window.reserve(use(1, 100), allowance) { _ in true } >= seconds)
        #expect(window.reserve(use(1, 100.1 + seconds), allowance) { _ in true } == 0)
    }

    @Test("a request whose process died counts from its discovery")
    func outlivesOwners() {
        let one = RateWindow.Allowance(limit: 1, window: 6)
        var window = RateWindow(boot: "b")
        #expect(window.reserve(use(1, 100), one) { _ in true } == 0)
        // However long the reply takes, it may have been counted only now.
        #expect(window.reserve(use(2, 150), one) { _ in true } == RateWindow.glance)
        #expect(abs(window.reserve(use(2, 150), one) { _ in false } - 6) < 0.01)
        #expect(window.reserve(use(2, 156.1), one) { _ in false } == 0)
    }

    @Test("a request that was never sent does not count")
    func releases() {
        let one = RateWindow.Allowance(limit: 1, window: 6)
        var window = RateWindow(boot: "b")
        #expect(window.reserve(use(1, 100), one) { _ in true } == 0)
        window.release(1)
        #expect(window.reserve(use(2, 100), one) { _ in true } == 0)
    }

    @Test("requests keep their distance where one is set")
    func spreads() {
        let spread = RateWindow.Allowance(limit: 10, window: 6, minimumInterval: 0.5)
        var window = RateWindow(boot: "b")
        #expect(window.reserve(use(1, 100), spread) { _ in true } == 0)
        #expect(abs(window.reserve(use(2, 100.1), spread) { _ in true } - 0.4) < 0.001)
        #expect(window.reserve(use(2, 100.5), spread) { _ in true } == 0)
    }

    @Test("after a reboot all that was counts as just before it")
    func survivesReboots() {
        let one = RateWindow.Allowance(limit: 1, window: 6)
        var window = RateWindow(boot: "b")
        _ = window.reserve(use(1, 90_000), one) { _ in true }
        window.learn([Header("Retry-After", "9")], status: 429, group: "g", one, at: 90_000)
        window.updated = 90_001
        window.move(to: "c")
        #expect(abs(window.reserve(use(2, 3), one) { _ in true } - 5) < 0.1)
        #expect(window.reserve(use(2, 9), one) { _ in true } == 0)
    }

    private func use(_ id: UInt64, _ at: Double) -> RateWindow.Use {
        RateWindow.Use(id: id, at: at, owner: owner)
    }
}

@Suite("Retry-After and the retry policy")
struct RetryPolicyTests {
    @Test("seconds and dates are read, by the service's clock")
    func reads() {
        let date = Header("Date", "Sun, 06 Nov 1994 08:49:37 GMT")
        let later = Header("Retry-After", "Sun, 06 Nov 1994 08:51:07 GMT")
        #expect(RetryAfter.seconds(in: [Header("retry-after", "17")]) == 17)
        #expect(RetryAfter.seconds(in: [later, date]) == 90)
        #expect(RetryAfter.seconds(in: [later]) == 0)
        #expect(RetryAfter.seconds(in: [Header("Retry-After", "soon")]) == nil)
        #expect(RetryAfter.seconds(in: []) == nil)
        #expect(RetryAfter.seconds(in: [Header("Retry-After", "nan")]) == nil)
        #expect(RetryAfter.seconds(in: [Header("Retry-After", "1e300")]) == 31_622_400)
        let never = "Sun, 06 Nov 9223372036854775807 9223372036854775807:00:00 GMT"
        #expect(RetryAfter.seconds(in: [Header("Retry-After", never)]) == nil)
    }

    @Test("what a service asks for is the least; too much is handed on")
    func floors() {
        var retries = RetryPolicy(Client.Settings(), isRetried: true)
        func response(_ seconds: String) -> Response {
            Response(status: 503, headers: [Header("Retry-After", seconds)])
        }
        #expect(retries.wait(after: response("40"), hasGate: false) == 40)
        #expect(retries.wait(after: response("301"), hasGate: false) == nil)
    }

    @Test("back-off doubles its bound up to a minute, and the attempts end")
    func backsOff() {
        var settings = Client.Settings()
        settings.attempts = 12
        var retries = RetryPolicy(settings, isRetried: true)
        for attempt in 0..<11 {
            let bound = min(60, 0.5 * pow(2, Double(attempt)))
            #expect((0...bound).contains(retries.wait() ?? -1))
        }
        #expect(retries.wait() == nil)
    }
}
