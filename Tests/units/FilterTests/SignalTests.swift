// SignalTests: SIGINT and SIGTERM end a tool in order, a second one at once.
import Foundation
import Glibc
import Records
import Testing

struct SignalTests {
    @Test(
        "A tool that waits for input ends when it is told to",
        arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)],
        ["", "--jobs 4", "groups"])
    func waiting(_ signal: (number: Int32, status: Int32), _ kind: String) throws {
        let isGroups = kind == "groups"
        let talk = try Place().start(isGroups ? "" : kind, isGroups ? ["FILTER_TOOL": kind] : [:])
        try talk.say(#"{"id":"a:1"}"#)
        // Its answer says that it is past its start.
        #expect(try talk.hearID() == "a:1")
        if isGroups { #expect(try talk.hearID() == "group") }
        talk.signal(signal.number)
        let outcome = try talk.end()
        #expect(outcome.status == signal.status)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors == (isGroups ? "filter-tool: the groups have ended\n" : ""))
    }

    @Test("The record in work is finished, when its work does not mind", arguments: [1, 4])
    func finished(_ jobs: Int) throws {
        let place = Place()
        let gate = place.gate()
        let talk = try place.start("--jobs \(jobs)")
        try talk.say(
            #"{"id":"a:1","gate":"\#(gate.path)","do":"add"}"# + "\n" + #"{"id":"a:2"}"#)
        let inWork = gate.meet()
        if jobs == 4 { #expect(try talk.hearID() == "a:2") }
        talk.signal(SIGTERM)
        // The signal is taken before the work can go on: it comes to a process that waits.
        close(inWork)
        let outcome = try talk.end()
        #expect(outcome.status == 143)
        #expect(outcome.records.first?.id == "a:1")
        #expect(outcome.records.count <= (jobs == 1 ? 2 : 1))
    }

    @Test(
        "Work that is cut short leaves its record out, not in error", arguments: ["", "--jobs 4"])
    func cutShort(_ options: String) throws {
        let place = Place()
        let gate = place.gate()
        let talk = try place.start(options)
        try talk.say(#"{"id":"a:1"}"# + "\n" + #"{"id":"a:2","gate":"\#(gate.path)","do":"wait"}"#)
        #expect(try talk.hearID() == "a:1")
        gate.pass()
        talk.signal(SIGINT)
        let outcome = try talk.end()
        #expect(outcome.status == 130)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.isEmpty)
    }

    @Test("A failure that stops the line cuts the other records short")
    func stopCutsShort() throws {
        let place = Place()
        let gates = [place.gate("1"), place.gate("2")]
        let talk = try place.start("--jobs 4")
        try talk.say(#"{"id":"a:1","gate":"\#(gates[0].path)","do":"wait"}"#)
        gates[0].pass()
        try talk.say(#"{"id":"a:2","gate":"\#(gates[1].path)","do":"stop","kind":"auth"}"#)
        gates[1].pass()
        let outcome = try talk.end()
        #expect(outcome.status == 77)
        #expect(outcome.output.isEmpty)
    }

    @Test("A second signal ends at once, whatever is in work", arguments: ["", "--jobs 4"])
    func second(_ options: String) throws {
        let place = Place()
        let gate = place.gate()
        let talk = try place.start(options)
        try talk.say(#"{"id":"a:1","gate":"\#(gate.path)"}"#)
        let inWork = gate.meet()
        talk.signal(SIGINT)
        talk.signal(SIGTERM)
        // The gate stays shut: nothing but the second signal can end it.
        let outcome = try talk.end()
        close(inWork)
        #expect([130, 143].contains(outcome.status))
        #expect(outcome.output.isEmpty)
    }

    @Test("A source is cut short and keeps what it listed")
    func source() throws {
        let talk = try Place().start("--count 3", ["FILTER_TOOL": "source", "WAIT": "2"])
        #expect(try talk.hearID() == "test:1")
        #expect(try talk.hearID() == "test:2")
        talk.signal(SIGTERM)
        let outcome = try talk.end()
        #expect(outcome.status == 143)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.isEmpty)
    }

    @Test("A signal that the caller has ignored stays ignored")
    func ignored() throws {
        let place = Place()
        let gate = place.gate()
        let outcome = try place.run(
            """
            trap '' INT
            (exec $TOOL <<<'{"id":"a:1","gate":"\(gate.path)"}') & pid=$!
            exec 3>\(gate.path); kill -INT $pid; exec 3>&-; wait $pid
            """)
        #expect(outcome.status == 0)
        #expect(outcome.records.map(\.id) == ["a:1"])
    }
}
