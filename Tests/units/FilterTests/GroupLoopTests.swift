// GroupLoopTests: lines leave only when their group is durable, and every input comes to an end.
import Foundation
import Glibc
import Records
import Testing

struct GroupLoopTests {
    private func groups(
        _ input: String, _ options: String = "", _ settings: [String: String] = [:]
    ) throws -> (outcome: Outcome, groups: [[String]], ids: [String]) {
        let outcome = try Place().run(
            "$TOOL \(options)", input, ["FILTER_TOOL": "groups"].merging(settings) { $1 })
        let records = outcome.records
        let groups = try records.filter { $0.id == "group" }.map {
            try $0.decode("ids", as: [String].self) ?? []
        }
        return (outcome, groups, records.map(\.id).filter { $0 != "group" })
    }

    private func lines(_ count: Int, _ more: String = "") -> String {
        (0..<count).map { #"{"id":"a:\#($0)"\#(more)}"# + "\n" }.joined()
    }

    @Test("Lines leave after the body has returned, not before")
    func durability() throws {
        let place = Place()
        let gate = place.gate()
        let talk = try place.start("", ["FILTER_TOOL": "groups", "GATE": gate.path])
        for round in 0..<3 {
            try talk.say(#"{"id":"a:\#(round)"}"#)
            let open = gate.meet()
            #expect(try !talk.hasSpoken())
            close(open)
            #expect(try talk.hearID() == "a:\(round)")
            #expect(try talk.hearID() == "group")
        }
        try talk.sayNoMore()
        #expect(try talk.end().status == 0)
    }

    @Test("An input without records makes no group", arguments: ["", "\n", "\n \r\n\t"])
    func empty(_ input: String) throws {
        let run = try groups(input)
        #expect(run.outcome.status == 0)
        #expect(run.groups.flatMap { $0 }.isEmpty)
        if input.isEmpty { #expect(run.groups.isEmpty) }
    }

    @Test("All that is ready is one group; the last line needs no end")
    func whole() throws {
        let run = try groups(lines(5) + #"{"id":"z"}"#)
        #expect(run.outcome.status == 0)
        #expect(run.groups == [["a:0", "a:1", "a:2", "a:3", "a:4", "z"]])
        #expect(run.ids == run.groups[0])
        // More than the reader holds at once.
        let long = try groups(lines(3000, #","x":"\#(String(repeating: "x", count: 500))""#))
        #expect(long.groups.count == 1)
        #expect(long.ids.count == 3000)
    }

    @Test("A group ends at its size")
    func size() throws {
        let run = try groups(lines(10), "", ["GROUP_BYTES": "35"])
        // Twelve bytes a line.
        #expect(run.groups.map(\.count) == [3, 3, 3, 1])
        #expect(run.ids == (0..<10).map { "a:\($0)" })
        #expect(try groups(lines(4), "", ["GROUP_BYTES": "1"]).groups.map(\.count) == [1, 1, 1, 1])
        #expect(try groups(lines(2), "", ["GROUP_BYTES": "24"]).groups.map(\.count) == [2])
    }

    @Test("A group ends at its time, but has a record")
    func time() throws {
        let run = try groups(lines(10), "", ["GROUP_MILLISECONDS": "0"])
        #expect(run.groups.map(\.count) == Array(repeating: 1, count: 10))
        #expect(run.ids == (0..<10).map { "a:\($0)" })
    }

    @Test("A limit ends the run, in the middle of a group or between two")
    func limit() throws {
        for (limit, bytes) in [(0, "9999"), (4, "9999"), (4, "24"), (3, "35"), (4, "1")] {
            let run = try groups(lines(10), "--limit \(limit)", ["GROUP_BYTES": bytes])
            #expect(run.outcome.status == 0)
            #expect(run.ids == (0..<limit).map { "a:\($0)" })
            #expect(run.groups.flatMap { $0 } == run.ids)
        }
    }

    @Test("Records in error are records; what is none is told")
    func mixed() throws {
        let run = try groups("x\n" + #"{"id":"a:1","error":{"x":1}}"# + "\n[]\n")
        #expect(run.outcome.status == 1)
        #expect(run.outcome.lines.first == #"{"id":"a:1","error":{"x":1}}"#)
        #expect(run.groups.flatMap { $0 } == ["a:1"])
        #expect(run.outcome.errors.contains("line 1: not a JSON object"))
        #expect(run.outcome.errors.contains("line 3: not a JSON object"))
    }

    @Test("A body that leaves records is a bug, not a loss that nobody sees")
    func left() throws {
        let run = try groups(lines(3), "--force")
        #expect(run.outcome.status == 70)
        #expect(run.outcome.output.isEmpty)
    }

    @Test("A refusal at the start ends before anything is read")
    func refused() throws {
        let run = try groups(lines(3), "", ["REFUSE": "storage"])
        #expect(run.outcome.status == 74)
        #expect(run.outcome.output.isEmpty)
    }

    @Test("A line that comes in pieces makes a group when it is whole, not before")
    func pieces() throws {
        let talk = try Place().start("", ["FILTER_TOOL": "groups"])
        for piece in [#"{"id""#, #": "#, #""a:1"}"#] { try talk.say(piece, end: "") }
        try talk.say("")
        #expect(try talk.hearID() == "a:1")
        #expect(try talk.hear() == #"{"id":"group","ids":["a:1"]}"#)
        try talk.sayNoMore()
        #expect(try talk.end().output.isEmpty)
    }
}
