// ShowTests: what a reader gets to see, and what it must never do.
import CheckpointSupport
import Foundation
import Records
import Testing

@testable import Checkpoint
@testable import CheckpointReports

@Suite struct ShowTests {
    let desk = Desk()

    private func reader() throws -> Checkpoint {
        let checkpoint = try Checkpoint(reading: desk.path)
        checkpoint.processGroup.boot = UUID().uuidString
        return checkpoint
    }

    /// The ids that a selection shows.
    private func ids(
        _ selection: Selection, limit: Int = .max, in checkpoint: Checkpoint? = nil
    ) throws -> [Int] {
        let showing = try Showing(
            selection, as: .fields(try Fields("id")), limit: limit, in: checkpoint ?? reader())
        return try text(showing).split(separator: "\n").compactMap {
            Int($0.drop { !$0.isNumber }.prefix { $0.isNumber })
        }
    }

    private func text(_ showing: Showing) throws -> String {
        var bytes: [UInt8] = []
        while let page = try showing.next() { bytes += page }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func selection(_ change: (inout Selection) -> Void) -> Selection {
        var selection = Selection()
        change(&selection)
        return selection
    }

    @Test("records come byte for byte, in the order in which they were seen")
    func bytes() throws {
        let odd = #"{ "id" : "rc:9", "n":1e400,"u":"\u00e9\/", "z":[1, 2 ] }"#
        try desk.mark(.fetch, odd, line(1), line(3))
        #expect(
            try text(Showing(Selection(), as: .record, in: reader()))
                == [odd, line(1), line(3)].map { $0 + "\n" }.joined())
        let showing = try Showing(Selection(), as: .record, in: reader())
        #expect(String(decoding: try showing.lines(of: "rc:9"), as: UTF8.self) == odd + "\n")
        let failure = try #require(throws: Failure.self) { try showing.lines(of: "rc:2") }
        #expect((failure.scope, failure.kind) == (.item, .notFound))
    }

    @Test("more records than a page or a piece has come once each, and a limit holds")
    func pages() throws {
        let checkpoint = try desk.open()
        let mark = try Mark(.fetch, in: checkpoint)
        try checkpoint.transaction {
            for number in 1...3000 { try withLine(line(number)) { try mark.note($0) } }
        }
        let all = Array(1...3000)
        #expect(try ids(Selection()) == all)
        #expect(try ids(selection { $0.status = .completed }) == all)
        #expect(try ids(selection { $0.stage = .fetch }, limit: 700) == Array(1...700))
        #expect(try ids(Selection(), limit: 700) == Array(1...700))
        #expect(try ids(Selection(), limit: 0) == [])
    }

    @Test("by stage, status, time, batch and source, and all of them together")
    func choices() throws {
        try desk.mark(.fetch, batch: "b", line(1), line(2))
        try desk.mark(.fetch, line(3, error("fetch", "item", "gone")))
        try desk.mark(.fetch, #"{"id":"dir:4","start":"2024-03-01T00:00:00.000Z"}"#)
        try desk.mark(.upload, status: .queued, line(1))
        #expect(try ids(selection { $0.status = .failed }) == [3])
        #expect(try ids(selection { $0.status = .queued }) == [1])
        #expect(try ids(selection { ($0.stage, $0.status) = (.fetch, .queued) }) == [])
        #expect(try ids(selection { $0.batch = "b" }) == [1, 2])
        #expect(try ids(selection { $0.source = "dir" }) == [4])
        #expect(try ids(selection { $0.since = Timestamp("2024-02-01T00:00:00Z") }) == [4])
        #expect(try ids(selection { $0.until = Timestamp("2024-02-01T00:00:00Z") }) == [1, 2, 3])
        #expect(try ids(selection { $0.latest = 2 }) == [4, 3])
        #expect(try ids(selection { ($0.latest, $0.status) = (1, .completed) }) == [4])
        #expect(
            try ids(
                selection {
                    ($0.stage, $0.status, $0.batch) = (.fetch, .completed, "b")
                    $0.until = Timestamp("2024-02-01T00:00:00Z")
                }, limit: 1) == [1])
    }

    @Test("in work is what a living pipe holds, and only that")
    func processing() throws {
        let worker = try desk.open()
        let todo = try Todo(.upload, in: worker)
        try worker.transaction {
            try withLine(line(1)) { _ = try todo.decide($0) }
        }
        try desk.mark(.upload, status: .pending, line(2))
        let sibling = try Checkpoint(reading: desk.path)
        sibling.processGroup = worker.processGroup
        #expect(try ids(selection { $0.status = .processing }, in: sibling) == [1])
        #expect(try ids(selection { $0.status = .pending }, in: sibling) == [2])
        // After a boot nobody of the old pipe lives.
        #expect(try ids(selection { $0.status = .processing }) == [])
        #expect(try ids(selection { $0.status = .pending }) == [1, 2])
    }

    @Test("parts of a record, columns of the checkpoint, and what is not there")
    func fields() throws {
        try desk.mark(.fetch, line(1, audio + #","own":{"a":{"b":[1, 2]}}"#))
        try desk.mark(.upload, line(1, error("upload", "temporary", "network")))
        let names = "id,audio.path,.own.a.b,fetch.status,status,attempts,error,stages,hold,own2"
        #expect(throws: Fields.Unknown.self) { try Fields(names) }
        #expect(throws: Fields.Unknown.self) { try Fields("") }
        #expect(throws: Fields.Unknown.self) { try Fields("id,") }
        let fields = try Fields(String(names.dropLast(5)) + ",.own2,seconds")
        let shown = try text(Showing(Selection(), as: .fields(fields), in: reader()))
        let message = "fetch recording 1: it is not there"
        #expect(
            shown == #"{"id":"rc:1","audio.path":"audio/1.mp3",".own.a.b":[1, 2],"#
                + #""fetch.status":"completed","status":"pending","attempts":1,"#
                + #""error":{"stage":"upload","class":"temporary","kind":"network","#
                + #""message":"\#(message)"},"stages":{"fetch":"completed","upload":"pending"},"#
                + #""hold":null,".own2":null,"seconds":null}"# + "\n")
    }

    @Test("a manifest has what is stored, and no id that is only reserved")
    func manifest() throws {
        let uploads =
            #""uploads":{"drive":{"folder":{"id":"f"},"audio":{"id":"a","bytes":9,"md5":"m"},"#
            + #""transcript":{"id":"t"}}}"#
        try desk.mark(.upload, line(1, "\(audio),\(transcript),\(uploads)"))
        let copies = try text(Showing(Selection(), as: .manifest, in: reader()))
            .split(separator: "\n")
        #expect(copies.count == 5)
        #expect(
            copies[0] == #"{"id":"rc:1","destination":"disk","kind":"audio","#
                + #""path":"audio/1.mp3","bytes":9}"#)
        #expect(
            copies[4] == #"{"id":"rc:1","destination":"drive","kind":"audio","file":"a","#
                + #""bytes":9,"md5":"m"}"#)
    }

    @Test("a stage waits for all stages before it that are open")
    func obstacles() throws {
        try desk.mark(.fetch, status: .pending, line(1))
        try desk.mark(.transcribe, status: .pending, line(1))
        try desk.mark(.upload, status: .pending, line(1))
        func next() throws -> [String] {
            try History(of: "rc:1", in: reader()).events.filter { $0.what == "next" }
                .map { $0.json(of: "rc:1").text }
        }
        let three = try next()
        #expect(three.contains { $0.contains(#""stage":"fetch","message":"due now""#) })
        #expect(
            three.contains { $0.contains(#""stage":"transcribe","message":"waits for fetch""#) })
        #expect(
            three.contains {
                $0.contains(#""stage":"upload","message":"waits for fetch and transcribe""#)
            })
        try desk.mark(.fetch, line(1, audio))
        let two = try next()
        #expect(two.contains { $0.contains(#""stage":"upload","message":"waits for transcribe""#) })
    }

    @Test("the story of a recording is in the order of time, and says what comes next")
    func story() throws {
        try desk.todo(.upload, line(1))
        let now = Timestamp.now.text
        try desk.mark(.fetch, line(1, error("fetch", "temporary", "network", at: now)))
        // What was claimed for another boot is lost with the next claim.
        try desk.todo(.upload, line(2))
        let next = try History(of: "rc:1", in: reader()).events.map { $0.json(of: "rc:1").text }
        #expect(next.contains { $0.contains(#""event":"lease_lost","stage":"upload""#) })
        #expect(next.contains { $0.contains(#""event":"error","stage":"fetch","kind":"network""#) })
        #expect(next.dropLast().last?.contains(#""stage":"fetch","message":"due at "#) == true)
        #expect(next.last?.contains("waits for fetch") == true)
        try desk.mark(.fetch, line(1, audio))
        try desk.mark(.transcribe, line(1, "\(audio),\(transcript)"))
        try desk.mark(.upload, line(1, "\(audio),\(transcript)"))
        _ = try desk.sqlite3(
            "INSERT INTO holds(call, reason, since) VALUES (1, 'case 7', '\(Timestamp.now.text)')")
        let history = try History(of: "rc:1", in: reader())
        let times = history.events.compactMap(\.time)
        #expect(times == times.sorted())
        let whats = history.events.map { "\($0.what) \($0.stage ?? "-")" }
        for what in ["seen -", "completed fetch", "audit upload", "completed upload", "held -"] {
            #expect(whats.contains(what))
        }
        #expect(history.events.filter { $0.what == "copy" }.count == 4)
        let hash = try desk.sqlite3("SELECT hash FROM audit WHERE stage = 'upload'")
        let told = history.events.map { $0.json(of: "rc:1").text }.joined()
        #expect(told.contains(hash) && told.contains("all that was asked for is done"))
        #expect(told.contains("case 7") && told.contains("neither pruned nor erased"))
        #expect(throws: Failure.self) { try History(of: "rc:none", in: reader()) }
    }

    @Test("a record that is done and not uploaded says so")
    func notUploaded() throws {
        try desk.mark(.fetch, line(1, audio), line(2, audio), line(3, audio))
        try desk.mark(.upload, status: .skipped, line(2))
        try desk.mark(.upload, line(3, audio))
        let ends = ["; upload was not asked for", "; upload was skipped", ""]
        for (number, end) in zip(1..., ends) {
            let next = try History(of: "rc:\(number)", in: reader()).events.last?.texts.last
            #expect(next == "nothing: all that was asked for is done\(end)")
        }
    }

    @Test("a record that was erased is left out, and says so when it is named")
    func erased() throws {
        try desk.mark(.fetch, line(1), line(2))
        _ = try desk.sqlite3(
            "UPDATE calls SET erased_at = '2024-01-01T00:00:00.000Z' WHERE number = 1")
        #expect(try ids(Selection()) == [2])
        #expect(try ids(selection { $0.status = .completed }) == [2])
        #expect(try ids(selection { $0.latest = 5 }) == [2])
        let showing = try Showing(Selection(), as: .record, in: reader())
        let failure = try #require(throws: Failure.self) { try showing.lines(of: "rc:1") }
        #expect(failure.kind == .gone)
        let history = try History(of: "rc:1", in: reader()).events.map { $0.json(of: "rc:1").text }
        #expect(history.last?.contains("it was erased at 2024") == true)
    }

    @Test("runs that go on, have ended, and were killed")
    func runs() throws {
        let checkpoint = try desk.open()
        for number in 1...3 {
            checkpoint.processGroup.boot = number == 3 ? "now" : "then"
            checkpoint.processGroup.number = number == 3 ? getpgrp() : 7000 + Int32(number)
            let other = try Checkpoint(desk.path, run: "run-\(number)")
            other.processGroup = checkpoint.processGroup
            let mark = try Mark(.fetch, in: other)
            try other.transaction { try withLine(line(number)) { try mark.note($0) } }
            if number == 2 { try other.end(status: 75, counts: ["fetch.completed": 1]) }
        }
        let reader = try Checkpoint(reading: desk.path)
        reader.processGroup.boot = "now"
        let runs = try RunList(reader).runs(atMost: 10, activeOnly: false).map(\.text)
        let states = ["running", "ended", "lost"]
        for (run, state) in zip(runs, states) { #expect(run.contains(#""state":"\#(state)""#)) }
        #expect(runs[1].contains(#""exit_status":75"#))
        #expect(try RunList(reader).runs(atMost: 10, activeOnly: true).count == 1)
        let batches = try BatchList(reader).batches(atMost: 2, activeOnly: false)
        #expect(batches.count == 2)
        #expect(batches[0].text.contains(#""records":1,"done":1,"open":0,"failed":0"#))
        #expect(try BatchList(reader).batches(atMost: 2, activeOnly: true).isEmpty)
    }
}
