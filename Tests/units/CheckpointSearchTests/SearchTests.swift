// SearchTests: the index follows every change of a record, and leaves nothing behind.
import CheckpointSchema
import CheckpointMerge
import CheckpointRetention
import CheckpointSearch
import CheckpointSupport
import Files
import Foundation
import Records
import Testing

@testable import Checkpoint

@Suite struct SearchTests {
    private let desk = Desk()

    private func ids(_ question: SearchQuestion, in other: Desk? = nil) throws -> [String] {
        var ids: [String] = []
        try Search(question, in: (other ?? desk).open()).forEach(.time) {
            ids.append($0.record.id)
            return true
        }
        return ids
    }

    private func ids(_ text: String, in other: Desk? = nil) throws -> [String] {
        try ids(SearchQuestion(text), in: other)
    }

    private func differences() throws -> [SearchUpkeep.Difference] {
        var found: [SearchUpkeep.Difference] = []
        _ = try SearchUpkeep(desk.open()).check { found.append($0) }
        return found
    }

    @Test("A hit has the utterance, the second and the speaker, also across two utterances")
    func places() throws {
        try desk.mark(
            .transcribe,
            spoken(
                1, "agent", "Hello", "customer", "I need", "agent", "Yes", "customer", "help now"))
        var hits: [SearchHit] = []
        try Search(SearchQuestion("\"need help\""), in: desk.open()).forEach(.time) {
            hits += $0.hits
            return true
        }
        #expect(hits.map(\.utterance.segment) == [1, 3])
        #expect(hits.map(\.utterance.start) == [2, 6])
        #expect(hits.allSatisfy { $0.utterance.speaker == "customer" })
        #expect(hits.map { $0.parts.filter(\.isMark).map(\.text) } == [["need"], ["help"]])
    }

    @Test("No phrase and no nearness goes from one side to the other")
    func sides() throws {
        try desk.mark(.transcribe, spoken(1, "agent", "please cancel", "customer", "now"))
        func count(_ text: String) throws -> Int {
            var count = 0
            try Search(SearchQuestion(text), in: desk.open()).forEachStart { _ in count += 1 }
            return count
        }
        for question in ["\"cancel now\"", "NEAR(cancel now, 5)", "\u{E000}"] {
            #expect(try count(question) == 0)
            #expect(try ids(question) == [])
        }
        #expect(try count("cancel now") == 1)
        #expect(try count("cancel NOT NEAR(cancel now, 5)") == 1)
        #expect(try ids("cancel NOT NEAR(cancel now, 5)") == ["rc:1"])
        #expect(try ids("please NOT \"cancel now\"") == ["rc:1"])
        #expect(try count("NEAR(please cancel, 0)") == 1)
    }

    @Test("A transcript that is made again has its new words, and the old ones no more")
    func again() throws {
        try desk.mark(.transcribe, spoken(1, "agent", "apples"), spoken(2, "agent", "apples"))
        try desk.mark(.transcribe, spoken(1, "agent", "pears"))
        try desk.mark(.upload, spoken(1, "agent", "pears"))
        #expect(try ids("apples") == ["rc:2"])
        #expect(try ids("pears") == ["rc:1"])
        #expect(try differences().isEmpty)
    }

    @Test("A transaction that is undone leaves the index as it was")
    func undone() throws {
        try desk.mark(.transcribe, spoken(1, "agent", "apples"))
        let checkpoint = try desk.open()
        let mark = try Mark(.transcribe, in: checkpoint)
        struct Interruption: Error {}
        #expect(throws: Interruption.self) {
            try checkpoint.transaction {
                try withLine(spoken(1, "agent", "pears")) { try mark.note($0) }
                throw Interruption()
            }
        }
        try checkpoint.transaction {
            try withLine(spoken(2, "agent", "plums")) { try mark.note($0) }
        }
        #expect(try ids("apples") == ["rc:1"])
        #expect(try ids("pears").isEmpty)
        #expect(try ids("plums") == ["rc:2"])
        #expect(try differences().isEmpty)
    }

    @Test("An erased call is not found, and its words are in no byte of the file")
    func erased() throws {
        try desk.mark(
            .transcribe, spoken(1, "agent", "xylophone"), spoken(2, "agent", "apples"))
        let data = try DataDirectory(desk.directory.appending(path: "data").path)
        let erasure = try Erasure(desk.open(), data: data, because: "request 17")
        try erasure.erase("rc:1")
        try erasure.certify { _ in }
        #expect(try ids("xylophone").isEmpty)
        #expect(try ids("apples") == ["rc:2"])
        for name in try FileManager.default.contentsOfDirectory(atPath: desk.directory.path)
        where name.hasPrefix("state.db") {
            let bytes = try Data(contentsOf: desk.directory.appending(path: name))
            for word in ["xylophone", "xyl", "6505550101"] {
                #expect(bytes.range(of: Data(word.utf8)) == nil, "\(word) in \(name)")
            }
        }
        #expect(try differences().isEmpty)
    }

    @Test("Merged transcripts are found, the new ones and the better ones")
    func merged() throws {
        let other = Desk()
        try desk.mark(.transcribe, spoken(1, "agent", "apples"))
        try other.mark(.transcribe, spoken(2, "agent", "pears"))
        try other.mark(.transcribe, spoken(1, "agent", "plums"))
        for _ in 0..<2 {
            _ = try Merge(into: desk.open()).merge(other.path, goesOn: { true }) { _ in }
            #expect(try ids("pears") == ["rc:2"])
            #expect(try ids("apples OR plums") == ["rc:1"])
            #expect(try differences().isEmpty)
        }
    }

    @Test("An index of before is told as unfinished until it is made anew")
    func rebuilt() throws {
        let old = try Checkpoint(desk.path, schema: Schema(steps: [Schema.current.steps[0]]))
        _ = old
        _ = try desk.sqlite3(
            """
            INSERT INTO calls(id, source, start_time, seen_at, updated_at, record)
              VALUES ('rc:1', 'rc', '2026-01-11T09:00:00.000Z', '', '',
                '\(spoken(1, "agent", "apples"))')
            """)
        let checkpoint = try desk.open()
        let search = try Search(SearchQuestion("apples"), in: checkpoint)
        #expect(try !search.isComplete())
        #expect(try ids("apples").isEmpty)
        #expect(try SearchUpkeep(checkpoint).rebuild { _ in } == 1)
        #expect(try search.isComplete())
        #expect(try ids("apples") == ["rc:1"])
    }

    @Test("A check sees what is missing in any part of the index")
    func checked() throws {
        try desk.mark(.transcribe, spoken(1, "agent", "apples"))
        func whats() throws -> [String] { try differences().map(\.what) }
        _ = try desk.sqlite3("INSERT INTO trigrams(trigrams) VALUES ('delete-all')")
        #expect(try whats() == ["indexed with other letters"])
        _ = try desk.sqlite3("INSERT INTO words(words) VALUES ('delete-all')")
        #expect(try whats() == ["indexed with other words"])
        _ = try SearchUpkeep(desk.open()).rebuild { _ in }
        #expect(try whats() == [])
        _ = try desk.sqlite3("DELETE FROM parties")
        #expect(try whats() == ["indexed with other parties"])
    }

    @Test("A record that cannot be read is told by a check, and the others are compared")
    func unreadable() throws {
        try desk.mark(.transcribe, spoken(1, "agent", "apples"), spoken(2, "agent", "pears"))
        _ = try desk.sqlite3("UPDATE calls SET record = '{' WHERE id = 'rc:1'")
        #expect(
            try differences().map { "\($0.id) \($0.what)" } == ["rc:1 its record cannot be read"])
    }

    @Test("A saved question is answered for what is new, and from the beginning when it changes")
    func saved() throws {
        try desk.mark(.transcribe, spoken(1, "agent", "apples"))
        let checkpoint = try desk.open()
        let saved = SavedSearches(checkpoint)
        try saved.keep(SearchQuestion("apples"), as: "fruit")
        #expect(try saved.find("fruit").seen == 0)
        try saved.note("fruit", answered: saved.last())
        try desk.mark(.transcribe, spoken(2, "agent", "apples"), spoken(1, "agent", "apples"))
        let (question, seen) = try saved.find("fruit")
        var ids: [String] = []
        try Search(question, in: checkpoint).forEach(.time, after: seen) {
            ids.append($0.record.id)
            return true
        }
        #expect(ids == ["rc:2"])
        let last = try saved.last()
        #expect(try SearchUpkeep(checkpoint).rebuild { _ in } == 2)
        #expect(try saved.last() == last)
        try desk.mark(.transcribe, spoken(3, "agent", "apples"))
        #expect(try saved.last() > last)
        try saved.keep(SearchQuestion("apples"), as: "fruit")
        #expect(try saved.find("fruit").seen == seen)
        try saved.keep(SearchQuestion("pears"), as: "fruit")
        #expect(try saved.find("fruit").seen == 0)
        #expect(throws: Failure.self) { try saved.find("vegetables") }
    }
}
