// ReportTests: a tool that reads no records and tells something.
import Testing

struct ReportTests {
    private func outcome(_ command: String, _ more: [String: String] = [:]) throws -> Outcome {
        try Place().run(command, "", more.merging(["FILTER_TOOL": "report"]) { more, _ in more })
    }

    @Test("Programs get objects; people get columns below each other, and no colours from outside")
    func forms() throws {
        for command in ["$TOOL", "$TOOL --format json"] {
            #expect(try outcome(command).output == #"{"what":"calls","count":12}"# + "\n")
        }
        let table = "what                 count\ncalls                   12\n"
        #expect(
            try outcome("$TOOL --format table").output
                == table + "a name \u{FFFD}[31m in red      7\n")
    }

    @Test("On a terminal the table needs no asking")
    func terminal() throws {
        let outcome = try outcome("script -qec \"$TOOL\" /dev/null")
        #expect(outcome.output.hasPrefix("what  "))
    }

    @Test("What is not as it should be ends with 1, a failure with its own status")
    func statuses() throws {
        #expect(try outcome("$TOOL").status == 0)
        #expect(try outcome("$TOOL --force").status == 1)
        #expect(try outcome("$TOOL --format xml").status == 64)
        #expect(try outcome("$TOOL word").status == 64)
        #expect(try outcome("$TOOL", ["REFUSE": "storage"]).status == 74)
        #expect(try outcome("$TOOL >/dev/full").status == 74)
        #expect(try outcome("$TOOL | true; exit ${PIPESTATUS[0]}").status != 70)
    }
}
