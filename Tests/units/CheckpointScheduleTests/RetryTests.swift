// RetryTests: what failed gets another chance, by rule or by hand, and what is stored is left alone.
import CheckpointSupport
import Foundation
import Records
import Synchronization
import Testing

@testable import Checkpoint
@testable import CheckpointSchedule

extension Desk {
    /// The records that `state-retry` says it made due again.
    func retry(
        isDryRun: Bool = false, _ change: (inout Retry.Choice) -> Void = { _ in }
    ) throws -> (ids: [String], tally: Retry.Tally) {
        var choice = Retry.Choice()
        change(&choice)
        var ids: [String] = []
        let tally = try Retry(choice, in: open()).run(isDryRun: isDryRun) { ids.append($0) }
        return (ids, tally)
    }

    /// Writes down what `state-mark --status` does, and returns what it says it left alone.
    @discardableResult
    func set(_ stage: Stage, _ byHand: ByHand, _ lines: String...) throws -> [String] {
        let checkpoint = try open()
        let notes = Notes()
        let mark = try Mark(stage, in: checkpoint, byHand: byHand) { notes.add($0) }
        try checkpoint.transaction {
            for text in lines { try withLine(text) { try mark.note($0) } }
        }
        return notes.all
    }
}

/// The remarks that were told to an observer.
final class Notes: Sendable {
    private let texts = Mutex<[String]>([])
    var all: [String] { texts.withLock { $0 } }

    func add(_ event: Event) {
        if case .note(let text) = event { texts.withLock { $0.append(text) } }
    }
}

@Suite struct RetryTests {
    let desk = Desk()

    @Test("what failed is pending again, with its attempts and without its reason")
    func resets() throws {
        try desk.mark(.fetch, line(1, error("fetch", "item", "gone")), line(2, audio))
        let (ids, tally) = try desk.retry()
        #expect(ids == ["rc:1"])
        #expect(tally == Retry.Tally(outcomes: 1, records: 1))
        #expect(try desk.outcome("rc:1", .fetch) == "pending|1||")
        #expect(
            try desk.sqlite3(
                "SELECT finished_at IS NULL AND not_before IS NULL AND start_time IS NOT NULL FROM outcomes WHERE call = 1"
            ) == "1")
        #expect(try desk.todo(.fetch, line(1), line(2)) == [line(1)])
        #expect(try desk.retry().ids == [])
    }

    @Test("stage, kind, attempts and age choose; a record with two failed stages is told once")
    func chooses() throws {
        let now = Timestamp.now.text
        try desk.mark(.fetch, line(1, error("fetch", "item", "gone")))
        try desk.mark(.upload, line(1, error("upload", "item", "quota", at: now)))
        for second in 1...4 {
            let time = "2024-02-0\(second)T00:00:00.000Z"
            try desk.mark(.fetch, line(2, error("fetch", "temporary", "network", at: time)))
        }
        #expect(try desk.outcome("rc:2", .fetch) == "failed|4|temporary|network")
        func found(_ change: (inout Retry.Choice) -> Void) throws -> [String] {
            try desk.retry(isDryRun: true, change).ids
        }
        #expect(try found { _ in } == ["rc:1", "rc:2"])
        #expect(try desk.retry(isDryRun: true).tally.outcomes == 3)
        #expect(try found { $0.stage = .upload } == ["rc:1"])
        #expect(try found { $0.kind = "network" } == ["rc:2"])
        #expect(try found { $0.attempts = 3 } == ["rc:1"])
        #expect(try found { $0.attempts = 5 } == ["rc:1", "rc:2"])
        #expect(
            try found {
                $0.stage = .upload; $0.age = 86_400
            } == [])
        #expect(try found { $0.age = 86_400 } == ["rc:1", "rc:2"])
        #expect(try found { $0.ids = ["rc:2"] } == ["rc:2"])
        #expect(try desk.retry { $0.ids = ["rc:2", "rc:9", "rc:9"] }.tally.unknown == ["rc:9"])
        #expect(try desk.outcome("rc:2", .fetch) == "pending|4||")
        #expect(try desk.outcome("rc:1", .fetch) == "failed|1|item|gone")
        #expect(
            try desk.retry {
                $0.resetsAttempts = true; $0.isQueued = true
            }.tally.outcomes == 2)
        #expect(try desk.outcome("rc:1", .fetch) == "queued|0||")
    }

    @Test("what is uploaded is left alone unless forced, and what was erased always")
    func leavesAlone() throws {
        try desk.mark(.fetch, line(1, error("fetch", "item", "gone")))
        try desk.mark(.upload, line(1))
        try desk.mark(.fetch, line(2, error("fetch", "item", "gone")))
        _ = try desk.sqlite3("UPDATE calls SET erased_at = seen_at WHERE id = 'rc:2'")
        #expect(try desk.retry().tally == Retry.Tally(uploaded: 1))
        #expect(try desk.retry { $0.isForced = true }.ids == ["rc:1"])
        #expect(try desk.outcome("rc:2", .fetch) == "failed|1|item|gone")
    }

    @Test("what waits is brought forward when that is asked for")
    func early() throws {
        let now = Timestamp.now.text
        try desk.mark(.fetch, line(1, error("fetch", "temporary", "network", at: now)))
        #expect(try desk.retry().ids == [])
        #expect(
            try desk.retry {
                $0.earlyToo = true; $0.age = 60
            }.ids == [])
        #expect(try desk.todo(.fetch, line(1)) == [])
        #expect(try desk.retry { $0.earlyToo = true }.ids == ["rc:1"])
        #expect(try desk.todo(.fetch, line(1)) == [line(1)])
        #expect(try desk.outcome("rc:1", .fetch) == "pending|1||")
    }

    @Test("more than one commit's worth is reset, and told once each")
    func many() throws {
        let lines = (1...2500).map { line($0, error("fetch", "item", "gone")) }
        try desk.mark(.fetch, lines)
        #expect(try Set(desk.retry().ids).count == 2500)
        #expect(
            try desk.sqlite3("SELECT sum(count) FROM tallies WHERE status = 'pending'") == "2500")
    }

    @Test("a reset by hand leaves alone what is uploaded, and says so, unless it is forced")
    func handLeavesAlone() throws {
        try desk.mark(.upload, line(1))
        try desk.mark(.fetch, line(2, error("fetch", "item", "gone")))
        let notes = try desk.set(.fetch, ByHand(.queued), line(1), line(2), line(3))
        #expect(notes.count == 1)
        #expect(notes.first?.contains("rc:1") == true)
        #expect(try desk.outcome("rc:1", .fetch) == "")
        #expect(try desk.outcome("rc:2", .fetch) == "queued|1||")
        #expect(try desk.outcome("rc:3", .fetch) == "queued|0||")
        #expect(try desk.set(.upload, ByHand(.pending, isForced: true), line(1)) == [])
        #expect(try desk.outcome("rc:1", .upload) == "pending|1||")
        // Any other status is no reset.
        try desk.mark(.upload, line(1))
        #expect(try desk.set(.upload, ByHand(.skipped), line(1)) == [])
        #expect(try desk.outcome("rc:1", .upload) == "skipped|2||")
    }

    @Test("a reset by hand brings forward what waits, and never what was erased")
    func handBringsForward() throws {
        let now = Timestamp.now.text
        try desk.mark(.fetch, line(1, error("fetch", "temporary", "network", at: now)))
        try desk.set(.fetch, ByHand(.pending), #"{"id":"rc:1"}"#)
        #expect(try desk.sqlite3("SELECT count(*) FROM outcomes WHERE not_before IS NULL") == "1")
        #expect(try desk.outcome("rc:1", .fetch) == "pending|1||")
        _ = try desk.sqlite3("UPDATE calls SET erased_at = seen_at")
        try desk.set(.fetch, ByHand(.queued), #"{"id":"rc:1"}"#)
        #expect(try desk.outcome("rc:1", .fetch) == "pending|1||")
    }

    @Test("what is in work stays so when somebody resets it")
    func handKeepsLease() throws {
        let worker = try desk.open()
        try desk.mark(.fetch, line(1, audio))
        #expect(try desk.next(.transcribe, in: worker) == ["rc:1"])
        try desk.set(.transcribe, ByHand(.queued), line(1))
        #expect(try desk.sqlite3("SELECT count(*) FROM leases") == "1")
    }

    @Test("with --if-new a status is written once, and again nothing changes")
    func forNew() throws {
        try desk.mark(.upload, line(1, audio))
        try desk.set(.transcribe, ByHand(.pending, isForNew: true), line(2, audio))
        #expect(try desk.outcome("rc:2", .transcribe) == "pending|0||")
        try desk.mark(.transcribe, line(2, error("transcribe", "item", "audio")))
        let before = try desk.sqlite3("SELECT * FROM calls; SELECT * FROM outcomes")
        try desk.set(.transcribe, ByHand(.pending, isForNew: true), line(2, transcript), line(1))
        #expect(try desk.sqlite3("SELECT * FROM calls; SELECT * FROM outcomes") == before)
        try desk.set(.insights, ByHand(isForNew: true), line(2))
        #expect(try desk.outcome("rc:2", .insights) == "completed|1||")
    }

    @Test("processing by hand is a lease, which ends when nobody works any more")
    func handProcesses() throws {
        let checkpoint = try Checkpoint(desk.path)
        let mark = try Mark(.fetch, in: checkpoint, byHand: ByHand(.processing))
        try checkpoint.transaction { try withLine(line(1)) { try mark.note($0) } }
        #expect(try desk.sqlite3("SELECT status FROM stages") == "processing")
        #expect(try desk.next(.fetch, in: Checkpoint(desk.path)) == [])
        #expect(try desk.next(.fetch) == ["rc:1"])
    }
}
