// SharingTests: budgets and tokens that several processes have in common.
import Files
import Foundation
import Records
import Synchronization
import TestSupport
import Testing

@testable import HTTP

/// Time that passes only when somebody waits.
final class Time: Sendable {
    private let now = Mutex(1000.0)

    var seconds: Double { now.withLock { $0 } }

    func pass(_ seconds: Double) { now.withLock { $0 += seconds } }

    /// Several may wait for one moment, which comes once.
    func pass(until moment: Double) { now.withLock { $0 = max($0, moment) } }
}

/// Numbers that several tasks note down.
final class Notes: Sendable {
    private let list = Mutex<[Double]>([])

    var all: [Double] { list.withLock { $0 } }

    /// Adds a number and says how many there are.
    @discardableResult
    func add(_ number: Double) -> Int {
        list.withLock { list in
            list.append(number)
            return list.count
        }
    }
}

@Suite("The rate budget")
struct RateBudgetTests {
    let runtime = TemporaryDirectory()
    let time = Time()

    /// As another process would open it: the file and its lock are all they have in common.
    private func budget(
        account: String = "me", limit: Int = 10, window: Double = 60, observer: Observer? = nil
    ) -> RateBudget {
        var budget = RateBudget(
            directory: runtime.path, account: account, group: "heavy", limit: limit,
            window: window, observer: observer)
        let time = time
        let looks = Notes()
        budget.clock = {
            looks.add(time.seconds)
            return looks.all.last ?? 0
        }
        budget.pause = { (seconds) async throws(Failure) in
            time.pass(until: (looks.all.last ?? 0) + seconds)
        }
        return budget
    }

    @Test("many holders of one budget never exceed it together")
    func shares() async throws {
        let moments = Notes()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                let (budget, time) = (budget(), time)
                group.addTask {
                    for _ in 0..<10 {
                        let permit = try await budget.permit()
                        permit.settle(status: 200, headers: [])
                        moments.add(time.seconds)
                    }
                }
            }
            try await group.waitForAll()
        }
        // The window has the moments at which requests were counted; ours are no earlier.
        let sorted = moments.all
        #expect(sorted.count == 80)
        // No upper bound: while one has a request under way, another may let a window pass.
        #expect(time.seconds - 1000 >= 7 * 60)
    }

    @Test("one holder uses a budget to the full")
    func usesAll() async throws {
        let budget = budget()
        for _ in 0..<80 { try await budget.permit().settle(status: 200, headers: []) }
        #expect(time.seconds - 1000 >= 7 * 60)
        #expect(time.seconds - 1000 <= 7 * 60 * 1.02)
    }

    @Test("the silence after a 429 is everybody's")
    func sharesSilence() async throws {
        let waits = Notes()
        let (mine, yours) = (
            budget(),
            budget { event in
                if case .waiting(let seconds, _) = event { waits.add(seconds) }
            }
        )
        let permit = try await mine.permit()
        permit.settle(status: 429, headers: [Header("Retry-After", "77")])
        _ = try await yours.permit()
        #expect(waits.all.count == 1)
        #expect(abs((waits.all.first ?? 0) - 77) < 0.1)
        #expect(time.seconds >= 1077)
    }

    @Test("accounts do not share")
    func keepsAccountsApart() async throws {
        for account in ["a", "b", "c"] { _ = try await budget(account: account, limit: 1).permit() }
        #expect(time.seconds == 1000)
        let names = try runtime.names()
        #expect(names.count == 6)
    }

    @Test("a silence too long to sleep through stops the line")
    func stops() async throws {
        try await budget().permit().settle(status: 429, headers: [Header("Retry-After", "299")])
        let permit = try await budget().permit()
        #expect(time.seconds > 1299)
        permit.settle(status: 429, headers: [Header("Retry-After", "301")])
        let failure = await failure { _ = try await budget().permit() }
        #expect(failure?.scope == .stop)
        #expect(failure?.kind == .rateLimit)
        #expect((failure?.retryAfter ?? 0) >= 301)
    }

    @Test("a damaged file is begun anew")
    func survivesDamage() async throws {
        _ = try await budget().permit()
        for name in try runtime.names() {
            try Data("{".utf8).write(to: URL(filePath: "\(runtime.path)/\(name)"))
        }
        _ = try await budget().permit()
    }

    @Test("a request asks before every attempt, and a refused connection costs nothing")
    func gates() async throws {
        let server = try await Server([
            "/a": [
                Step(status: 503), Step(status: 429, headers: ["Retry-After": "40"]),
                Step(body: "x"),
            ]
        ])
        let budget = budget(limit: 2)
        var request = server.get("/a")
        request.gate = { () async throws(Failure) in try await budget.permit() }
        #expect(try await server.client.send(request).status == 200)
        #expect(time.seconds >= 1060)

        var settings = Client.Settings()
        settings.attempts = 2
        settings.backoff = 0.001
        let client = try Client(settings)
        var lost = Request(.get, "http://127.0.0.1:1/")
        let other = self.budget(account: "other", limit: 1)
        lost.gate = { () async throws(Failure) in try await other.permit() }
        let (down, before) = (lost, time.seconds)
        _ = await failure { _ = try await client.send(down) }
        #expect(time.seconds == before)
    }
}

@Suite("The token cache")
struct TokenCacheTests {
    let runtime = TemporaryDirectory()
    let time = Time()

    /// As another process would open it.
    private func cache(_ name: String = "me") -> TokenCache {
        let time = time
        return TokenCache(directory: runtime.path, name: name) { time.seconds }
    }

    @Test("whoever comes first mints, the others take the result")
    func mintsOnce() async throws {
        let minted = Notes()
        let values = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<12 {
                let cache = cache()
                group.addTask {
                    try await cache.token { () async throws(Failure) in
                        // The others get their chance while this one waits for the service.
                        for _ in 0..<50 { await Task.yield() }
                        return Token(value: "t\(minted.add(0))", expires: 4600)
                    }.value
                }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(minted.all.count == 1)
        #expect(values == ["t1"])
        for name in try runtime.names() {
            let path = "\(runtime.path)/\(name)"
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o600)
        }
    }

    @Test("a token is renewed before it ends")
    func renews() async throws {
        let (mine, yours) = (cache(), cache())
        #expect(try await mine.token { Token(value: "a", expires: 4600) }.value == "a")
        time.pass(3500)
        #expect(try await yours.token { Token(value: "b", expires: 9000) }.value == "a")
        time.pass(50)
        #expect(try await yours.token { Token(value: "b", expires: 9000) }.value == "b")
        #expect(try await mine.token { Token(value: "c", expires: 9000) }.value == "b")
    }

    @Test("a token of short life is used all the same")
    func usesShortLives() async throws {
        let cache = cache()
        #expect(try await cache.token { Token(value: "a", expires: 1008) }.value == "a")
        #expect(try await cache.token { Token(value: "b", expires: 1016) }.value == "a")
        time.pass(7)
        #expect(try await cache.token { Token(value: "b", expires: 1016) }.value == "b")
    }

    @Test("a refused token is dropped, unless another process was faster")
    func discards() async throws {
        let (mine, yours) = (cache(), cache())
        let old = try await mine.token { Token(value: "old", expires: 9000) }
        _ = try await yours.token { Token(value: "x", expires: 9000) }
        mine.discard(old)
        #expect(try await mine.token { Token(value: "new", expires: 9000) }.value == "new")
        yours.discard(old)
        #expect(try await yours.token { Token(value: "x", expires: 9000) }.value == "new")
    }

    @Test("a minting that fails leaves the next one free to try")
    func survivesFailures() async throws {
        let refused = Failure(.stop, .auth, "log in")
        let cache = cache()
        let failure = await failure {
            _ = try await cache.token { () async throws(Failure) in throw refused }
        }
        #expect(failure == refused)
        #expect(try await cache.token { Token(value: "a", expires: 9000) }.value == "a")
    }
}

@Suite("The runtime directory and the settings")
struct SettingsTests {
    @Test("the directory is this user's alone")
    func isPrivate() throws {
        let runtime = TemporaryDirectory()
        let environment = Environment(["XDG_RUNTIME_DIR": runtime.path])
        let path = try RuntimeDirectory.path(environment)
        #expect(path == runtime.path + "/callpipe")
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o700)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/tmp")
        let failure = #expect(throws: Failure.self) { try RuntimeDirectory.path(environment) }
        #expect(failure?.kind == .configuration)
    }

    @Test(
        "a directory of another user is not used, and the error says whose it is",
        .enabled(if: geteuid() == 0, "needs root, who may give a directory away"))
    func isOfAnother() throws {
        let runtime = TemporaryDirectory()
        let place = runtime["callpipe"]
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        try FileManager.default.setAttributes([.ownerAccountID: 65534], ofItemAtPath: place)
        let failure = #expect(throws: Failure.self) {
            try RuntimeDirectory.path(Environment(["XDG_RUNTIME_DIR": runtime.path]))
        }
        #expect(failure?.scope == .stop && failure?.kind == .configuration)
        #expect(failure?.message == "use \(place): it belongs to another user")
        #expect(failure?.remedy.contains("XDG_RUNTIME_DIR") == true)
    }

    @Test("settings come from the environment, certificates as the curl program finds them")
    func reads() throws {
        let settings = try Client.Settings(
            Environment([
                "REQUEST_TIMEOUT": "2.5", "CALLPIPE_HTTP_ATTEMPTS": "7", "CURL_CA_BUNDLE": "a",
                "SSL_CERT_FILE": "b",
            ]))
        #expect(settings.timeout == 2.5)
        #expect(settings.attempts == 7)
        #expect(settings.caFile == "a")
        #expect(throws: Failure.self) {
            try Client.Settings(Environment(["REQUEST_TIMEOUT": "soon"]))
        }
    }
}
