// CallRangeTests: which moments a listing covers.
import Records
import Testing

@testable import RingCentral

private func time(_ text: String) -> Timestamp { Timestamp(text) ?? Timestamp(milliseconds: 0) }
private let now = time("2024-03-10T12:34:56.789Z")

@Suite struct CallRangeTests {
    @Test func daysAreWholeAndEndNow() throws {
        let range = try CallRange(days: 2, now: now)
        #expect(range.start == time("2024-03-08T00:00:00Z"))
        #expect(range.end == now)
        #expect(
            range.windows == [
                .init(
                    dateFrom: time("2024-03-07T23:59:59Z"), dateTo: time("2024-03-09T00:00:00Z")),
                .init(
                    dateFrom: time("2024-03-08T23:59:59Z"), dateTo: time("2024-03-10T00:00:00Z")),
                .init(dateFrom: time("2024-03-09T23:59:59Z"), dateTo: now),
            ])
    }

    @Test func theDayOfToBelongsToIt() throws {
        let range = try CallRange(from: "2024-02-28", to: "2024-02-29", now: now)
        #expect(range.end == time("2024-03-01T00:00:00Z"))
        #expect(range.windows.count == 2)
    }

    @Test func timesAreTakenAsTheyAreAndInAnyZone() throws {
        let range = try CallRange(
            from: "2024-03-01T01:00:00+02:00", to: "2024-03-01T00:00:00.001Z", now: now)
        #expect(range.start == time("2024-02-29T23:00:00Z"))
        #expect(
            range.windows.map(\.dateTo.text) == [
                "2024-03-01T00:00:00.000Z", "2024-03-01T00:00:00.001Z",
            ])
    }

    @Test func aRangeOlderThanTheRetentionIsRemarkedOn() throws {
        let short = Retention(automatic: 30, onDemand: 7)
        #expect(short.purged(of: try CallRange(days: 30, now: now), now: now) == nil)
        let remark = short.purged(of: try CallRange(days: 31, now: now), now: now)
        #expect(remark?.contains("before 2024-02-09") == true)
    }

    @Test func theFutureIsCutOff() throws {
        #expect(try CallRange(from: "2024-03-10", to: "2024-12-31", now: now).end == now)
        #expect(try CallRange(from: "2024-03-10", to: nil, now: now).end == now)
    }

    @Test(
        arguments: [
            ("2024-02-30", nil), ("yesterday", nil), ("2024-03-01", "2024-13-01"),
            ("2024-03-01", "2024-02-28"), ("2024-03-11", nil),
            ("2024-03-01T00:00:00Z", "2024-03-01T00:00:00Z"), ("2024-03-01T00:00:00", nil),
        ] as [(String, String?)])
    func whatIsNoRangeIsRefused(from: String, to: String?) {
        #expect(throws: CallRange.Invalid.self) { try CallRange(from: from, to: to, now: now) }
    }
}
