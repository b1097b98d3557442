// NextTests: what is due, in which order, and that what has no row yet is found as well.
import CheckpointSchedule
import CheckpointSupport
import Foundation
import Records
import Testing

@testable import Checkpoint

@Suite struct NextTests {
    let desk = Desk()

    @Test("the oldest come first, or the newest; those without a start first, or last")
    func orders() throws {
        try desk.mark(
            .fetch, call(1, day: 3), call(2, day: 1), call(3, day: 2),
            #"{"id":"rc:4","audio":{}}"#)
        #expect(try desk.next(.transcribe) == ["rc:4", "rc:2", "rc:3", "rc:1"])
        let newest = Next.Choice(order: .newest)
        #expect(try desk.next(.transcribe, choice: newest) == ["rc:1", "rc:3", "rc:2", "rc:4"])
        #expect(try desk.next(.transcribe, limit: 2, choice: newest) == ["rc:1", "rc:3"])
        #expect(try desk.next(.transcribe, limit: 0) == [])
    }

    @Test("a short log is left for the next program, which goes on with it; a long one is folded")
    func log() throws {
        let log = desk.path + "-wal"
        try desk.mark(.fetch, call(1, day: 1, audio), call(2, day: 2, audio))
        #expect(!FileManager.default.fileExists(atPath: log))
        #expect(try desk.next(.transcribe, limit: 1) == ["rc:1"])
        #expect(FileManager.default.fileExists(atPath: log))
        #expect(try desk.sqlite3("SELECT count(*) FROM leases") == "1")
        #expect(!FileManager.default.fileExists(atPath: log))

        let many = (1...3000).map { call($0, day: 3, audio) }
        try desk.mark(.fetch, many)
        #expect(try desk.next(.upload).count == many.count)
        #expect(!FileManager.default.fileExists(atPath: log))
    }

    @Test("nearest to purge come first, and last what nobody says it is purged")
    func expiring() throws {
        let days = [1: "2024-04-03", 2: "2024-04-01", 4: "2024-04-02"]
        for number in 1...5 {
            let expires = days[number].map { #","expires":"\#($0)""# } ?? ""
            let more = #""recording":{"id":"\#(number)"\#(expires)}"#
            try desk.todo(.upload, call(number, day: number, more))
        }
        let expiring = Next.Choice(order: .expiring)
        #expect(
            try desk.next(.upload, choice: expiring) == ["rc:2", "rc:4", "rc:1", "rc:3", "rc:5"])
        // What is fetched cannot be lost any more.
        try desk.mark(.fetch, call(2, day: 2, audio))
        #expect(
            try desk.next(.upload, choice: expiring) == ["rc:4", "rc:1", "rc:2", "rc:3", "rc:5"])
    }

    @Test(
        "what is open and not given out is counted by its reason, once all that is due is given out"
    )
    func leftOut() throws {
        let soon = Timestamp.now.text
        try desk.mark(.fetch, call(1, day: 1), call(2, day: 2), call(3, day: 3), call(8, day: 8))
        try desk.todo(.upload, call(4, day: 4, ""), call(5, day: 5, ""), call(6, day: 6))
        try desk.mark(.fetch, call(4, day: 4, error("fetch", "item", "gone")))
        try desk.mark(.fetch, call(5, day: 5, error("fetch", "temporary", "network", at: soon)))
        try desk.mark(.upload, call(6, day: 6, error("upload", "temporary", "network", at: soon)))
        try desk.mark(.upload, call(7, day: 7, error("upload", "item", "input")))
        let other = try desk.open()
        let todo = try Todo(.upload, in: other)
        _ = try other.transaction { try withLine(call(1, day: 1)) { try todo.decide($0) } }

        func leftOut(_ choice: Next.Choice = .init(), limit: Int = .max) throws -> String? {
            let checkpoint = try Checkpoint(desk.path)
            checkpoint.processGroup = other.processGroup
            let next = try Next(.upload, in: checkpoint, choice: choice)
            try next.forEach(atMost: limit, { _ in }, unreadable: { _ in })
            let counts = try next.leftOut()?.summary
            // What this one took is free again.
            _ = try desk.sqlite3("DELETE FROM leases WHERE call <> 1")
            return counts
        }
        #expect(
            try leftOut() == "left out: 2 not due yet, 1 in work elsewhere, "
                + "1 behind a stage that failed, 1 failed before")
        #expect(try leftOut(limit: 1) == nil)
        #expect(
            try leftOut(.init(failedToo: true))
                == "left out: 2 not due yet, 1 in work elsewhere")
        #expect(try leftOut(.init(batch: "none")) == nil)
    }

    @Test("for transcribe what has no audio is counted, and nothing is told where all is given out")
    func unsupplied() throws {
        try desk.mark(.fetch, call(1, day: 1))
        try desk.todo(.transcribe, call(2, day: 2, ""))
        let checkpoint = try desk.open()
        let next = try Next(.transcribe, in: checkpoint)
        var ids: [String] = []
        try next.forEach(atMost: .max, { ids.append($0.id) }, unreadable: { _ in })
        #expect(ids == ["rc:1"])
        #expect(try next.leftOut()?.summary == "left out: 1 without audio")
        let upload = try Next(.upload, in: desk.open())
        try upload.forEach(atMost: .max, { _ in }, unreadable: { _ in })
        #expect(try upload.leftOut()?.summary == nil)
    }

    @Test("what works on a transcript is due when there is one, and again when there is a new one")
    func suppliedByTranscripts() throws {
        try desk.mark(.fetch, call(1, day: 1), call(2, day: 2))
        #expect(try desk.next(.measure) == [])
        let checkpoint = try desk.open()
        let next = try Next(.measure, in: checkpoint)
        try next.forEach(atMost: .max, { _ in }, unreadable: { _ in })
        #expect(try next.leftOut()?.summary == nil)
        try desk.mark(.transcribe, call(2, day: 2))
        #expect(try desk.next(.measure) == ["rc:2"])
        try desk.mark(.measure, call(2, day: 2))
        try desk.mark(.transcribe, call(2, day: 2))
        #expect(try desk.next(.measure) == [])
        _ = try desk.sqlite3("UPDATE outcomes SET status = 'pending' WHERE stage = 'transcribe'")
        try desk.mark(.transcribe, call(2, day: 2))
        #expect(try desk.next(.measure) == ["rc:2"])
        _ = try desk.sqlite3(
            "UPDATE call_recordings SET transcription_status = 'completed' WHERE call_id = 'rc:1'")
        #expect(try desk.next(.measure) == ["rc:1", "rc:2"])
    }

    @Test(
        "no stage waits for one that only adds to the record",
        arguments: [Stage.link, .measure, .analyze])
    func additions(_ stage: Stage) throws {
        try desk.mark(.fetch, call(1, day: 1))
        try desk.mark(.transcribe, call(1, day: 1))
        try desk.mark(stage, call(1, day: 1, error(stage.rawValue, "item", "input")))
        #expect(try desk.next(.upload) == ["rc:1"])
        try desk.todo(.upload, call(1, day: 1))
        #expect(try desk.sqlite3("SELECT count(*) FROM leases") == "1")
        #expect(try desk.next(.redact) == ["rc:1"])
        try desk.mark(.redact, call(1, day: 1, error("redact", "item", "input")))
        #expect(try desk.next(.upload) == [])
    }

    @Test("what another stage brought is found, now and later, and only what is not done")
    func enrols() throws {
        try desk.mark(.fetch, call(1, day: 1), call(2, day: 2))
        try desk.mark(.upload, call(1, day: 1))
        #expect(try desk.next(.upload) == ["rc:2"])
        try desk.mark(.fetch, call(3, day: 3))
        try desk.todo(.reserve, call(4, day: 4))
        #expect(try desk.next(.upload) == ["rc:2", "rc:3", "rc:4"])
        #expect(try desk.sqlite3("SELECT up_to FROM enrolled WHERE stage = 'upload'") == "4")
        try desk.mark(.upload, call(2, day: 2), call(3, day: 3), call(4, day: 4))
        #expect(try desk.next(.upload) == [])
        #expect(try desk.sqlite3("SELECT count(*) FROM outcomes WHERE stage = 'upload'") == "4")
    }

    @Test("rows that are missing are added a part at a time, each of them durable")
    func enrolsInParts() throws {
        try desk.mark(.fetch, Array(1...25).map { call($0, day: $0) })
        let checkpoint = try desk.open()
        try QueueWatermark(.upload, in: checkpoint).catchUp(by: 10)
        #expect(checkpoint.transactions == 3)
        #expect(
            try desk.sqlite3("SELECT count(*), max(call) FROM outcomes WHERE stage='upload'")
                == "25|25")
        #expect(try desk.sqlite3("SELECT up_to FROM enrolled WHERE stage = 'upload'") == "25")
        try QueueWatermark(.upload, in: checkpoint).catchUp(by: 10)
        #expect(checkpoint.transactions == 3)
    }

    @Test("what todo and mark add in order needs no catching up; out of order it does")
    func followsRows() throws {
        try desk.todo(.upload, line(1), line(2))
        try desk.mark(.upload, line(2), line(3), line(4, error("upload", "item", "gone")))
        let upTo = "SELECT up_to FROM enrolled WHERE stage = 'upload'"
        #expect(try desk.sqlite3(upTo) == "4")
        try desk.mark(.fetch, line(5))
        try desk.todo(.upload, line(6))
        #expect(try desk.sqlite3(upTo) == "4")
        try desk.todo(.upload, line(5), line(6), line(7))
        #expect(try desk.sqlite3(upTo) == "5")
        #expect(try desk.next(.upload).sorted() == ["rc:1", "rc:5", "rc:6", "rc:7"])
        #expect(try desk.sqlite3(upTo) == "7")
    }

    @Test("what was rolled back moves nothing")
    func rolledBack() throws {
        struct Halt: Error {}
        let checkpoint = try desk.open()
        let mark = try Mark(.upload, in: checkpoint)
        #expect(throws: Halt.self) {
            try checkpoint.transaction {
                try withLine(line(1)) { try mark.note($0) }
                throw Halt()
            }
        }
        try checkpoint.transaction { try withLine(line(2)) { try mark.note($0) } }
        #expect(try desk.sqlite3("SELECT stage, up_to FROM enrolled") == "upload|1")
        #expect(try desk.sqlite3("SELECT number, id FROM calls") == "1|rc:2")
    }

    @Test("transcribe gets what has audio, and the rest once its audio is there")
    func audioOnly() throws {
        try desk.todo(.upload, line(1), line(2), line(3, audio), line(4, #""audio":null"#))
        try desk.todo(.transcribe, line(5))
        #expect(try desk.next(.transcribe) == ["rc:3"])
        try desk.mark(.fetch, line(2, audio))
        #expect(try desk.next(.transcribe).sorted() == ["rc:2", "rc:3"])
        try desk.mark(.fetch, line(5, audio), line(6, audio))
        #expect(try desk.next(.transcribe).sorted() == ["rc:2", "rc:3", "rc:5", "rc:6"])
    }

    @Test("transcribe gets what somebody says by SQL is fetched")
    func fetchedByHand() throws {
        try desk.todo(.upload, line(1), line(2))
        #expect(try desk.next(.transcribe) == [])
        let update = "UPDATE call_recordings SET download_status ="
        _ = try desk.sqlite3("\(update) 'failed' WHERE id = 1; \(update) 'completed' WHERE id = 2")
        #expect(try desk.next(.transcribe) == ["rc:2"])
        let open = "SELECT count FROM tallies WHERE stage = 'transcribe' AND status = 'pending'"
        #expect(try desk.sqlite3(open) == "1")
    }

    @Test("what waits, here or at an earlier stage, is not due; what waits too long is")
    func waits() throws {
        let now = Timestamp.now.text
        let wait = error("upload", "temporary", "network", at: now)
        let earlier = error("fetch", "temporary", "network", at: now)
        try desk.mark(.upload, line(1, wait), line(2))
        try desk.todo(.upload, line(3), line(4))
        try desk.mark(.fetch, line(3, earlier))
        #expect(try desk.next(.upload) == ["rc:4"])
        #expect(try desk.next(.transcribe) == [])
        // Written while the clock was a month ahead.
        _ = try desk.sqlite3(
            "UPDATE outcomes SET not_before = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+30 days') WHERE not_before IS NOT NULL"
        )
        #expect(try desk.next(.upload).sorted() == ["rc:1", "rc:3", "rc:4"])
        _ = try desk.sqlite3("UPDATE outcomes SET not_before = '2024-01-01T00:00:00.000Z'")
        #expect(try desk.next(.upload).sorted() == ["rc:1", "rc:3", "rc:4"])
    }

    @Test("what failed for good comes only when asked for, and after all that is due")
    func failed() throws {
        func gone(_ stage: String, _ day: Int) -> String {
            error(stage, "item", "gone", at: "2024-02-0\(day)T00:00:00.000Z")
        }
        try desk.todo(.upload, call(1, day: 1), call(2, day: 2), call(3, day: 3), call(4, day: 4))
        try desk.mark(.upload, line(1, gone("upload", 9)), line(2, gone("upload", 8)))
        try desk.mark(.fetch, line(3, gone("fetch", 7)))
        #expect(try desk.next(.upload) == ["rc:4"])
        let failedToo = Next.Choice(failedToo: true)
        #expect(
            try desk.next(.upload, choice: failedToo) == ["rc:4", "rc:2", "rc:1", "rc:3"])
        #expect(try desk.next(.upload, limit: 2, choice: failedToo) == ["rc:4", "rc:2"])
        // What failed again comes after the others that failed: nobody waits for ever.
        try desk.mark(.upload, line(2, error("upload", "item", "gone", at: "2024-03-01T00:00:00Z")))
        try desk.mark(.upload, line(4))
        #expect(try desk.next(.upload, limit: 1, choice: failedToo) == ["rc:1"])
    }

    @Test("what was put in front by hand comes first")
    func queued() throws {
        try desk.mark(.fetch, call(1, day: 1), call(2, day: 2), call(3, day: 3))
        try desk.mark(.transcribe, status: .queued, line(3), line(2))
        #expect(try desk.next(.transcribe) == ["rc:2", "rc:3", "rc:1"])
        try desk.mark(.transcribe, line(2))
        #expect(try desk.next(.transcribe) == ["rc:3", "rc:1"])
    }

    @Test("what was erased never comes, also where its row is missing")
    func erased() throws {
        try desk.todo(.upload, line(1), line(2))
        _ = try desk.sqlite3("UPDATE calls SET erased_at = seen_at WHERE id = 'rc:1'")
        #expect(try desk.next(.upload) == ["rc:2"])
        #expect(try desk.next(.insights) == ["rc:2"])
        #expect(try desk.sqlite3("SELECT count(*) FROM outcomes WHERE stage = 'insights'") == "1")
    }

    @Test("a batch of its own can be gone on with")
    func batch() throws {
        try desk.mark(.fetch, batch: "january", line(1, audio), line(3, audio))
        try desk.mark(.fetch, line(2, audio))
        #expect(try desk.next(.upload, choice: .init(batch: "january")) == ["rc:1", "rc:3"])
        #expect(try desk.next(.upload, choice: .init(batch: "may")) == [])
    }

    @Test("many records come once each, in order, whatever the parts they are claimed in")
    func many() throws {
        let lines = (1...300).map { line($0, audio) }
        try desk.mark(.fetch, lines)
        let ids = (1...300).map { "rc:\($0)" }
        #expect(try desk.next(.upload) == ids)
        #expect(try desk.sqlite3("SELECT count(*) FROM leases") == "300")
    }

    @Test("a reader that has seen enough leaves few claimed")
    func claimsLittle() throws {
        struct Enough: Error {}
        try desk.mark(.fetch, (1...300).map { line($0, audio) })
        let next = try Next(.upload, in: desk.open())
        var seen = 0
        #expect(throws: Enough.self) {
            try next.forEach(
                atMost: .max, { _ in seen += 1 }, flush: { if seen >= 4 { throw Enough() } },
                unreadable: { _ in })
        }
        #expect(try desk.sqlite3("SELECT count(*) FROM leases") == "7")
    }

    @Test("an empty queue writes nothing, not even a run")
    func nothing() throws {
        try desk.mark(.upload, line(1))
        let before = try desk.sqlite3("SELECT count(*) FROM runs")
        #expect(try desk.next(.upload) == [])
        #expect(try desk.sqlite3("SELECT count(*) FROM runs") == before)
        #expect(try desk.sqlite3("SELECT count(*) FROM claims") == "0")
    }

    @Test("counting claims nothing, and counts each record once")
    func counts() throws {
        try desk.mark(.fetch, line(1, audio), line(2, audio), line(3, audio))
        try desk.mark(.upload, status: .queued, line(2))
        try desk.mark(.upload, status: .failed, line(3))
        let next = try Next(.upload, in: desk.open(), choice: .init(failedToo: true))
        #expect(try next.count(atMost: .max) == 3)
        #expect(try next.count(atMost: 2) == 2)
        #expect(try desk.sqlite3("SELECT count(*) FROM leases") == "0")
    }

    @Test("a stored record that somebody broke is named, and the others go on")
    func brokenByHand() throws {
        try desk.mark(.fetch, line(1, audio), line(2, audio), line(3, audio))
        _ = try desk.sqlite3("UPDATE calls SET record = '{oops' WHERE number = 1")
        _ = try desk.sqlite3(
            "UPDATE calls SET record = replace(record, ',', ',' || char(10)) WHERE number = 2")
        var said: [String] = []
        #expect(
            try desk.next(.transcribe, limit: 1, unreadable: { said.append("\($0)") }) == ["rc:2"])
        #expect(said.count == 1)
        #expect(said.first?.contains("read call rc:1 in checkpoint") == true)
    }
}
