// SourceLoopTests: a tool that lists.
import Records
import Testing

struct SourceLoopTests {
    @Test("What is listed comes out; a limit ends the listing")
    func listing() throws {
        for (options, count, status) in [
            ("", 1, 1), ("--count 7", 7, 1), ("-c7 --limit 3", 3, 0), ("-c3 --limit 3", 3, 0),
            ("--limit 0", 0, 0), ("-c20000", 20_000, 1),
        ] {
            let outcome = try Place().run("$TOOL \(options)", "", ["FILTER_TOOL": "source"])
            #expect(outcome.records.map(\.id) == (0..<count).map { "test:\($0 + 1)" })
            #expect(outcome.status == Int32(status))
        }
    }

    @Test("A record leaves while the source looks for the next one")
    func prompt() throws {
        let place = Place()
        let talk = try place.start("-c 3", ["FILTER_TOOL": "source", "GATE": place.gate().path])
        for number in 1...3 {
            #expect(try talk.hearID() == "test:\(number)")
            let gate = place.gate()
            gate.pass()
        }
        #expect(try talk.end().status == 1)
    }

    @Test("A wrong value of its own option is a wrong command line")
    func usage() throws {
        #expect(try Place().run("$TOOL -c0", "", ["FILTER_TOOL": "source"]).status == 64)
        #expect(try Place().run("$TOOL --jobs 2", "", ["FILTER_TOOL": "source"]).status == 64)
    }
}
