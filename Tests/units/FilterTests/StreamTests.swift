// StreamTests: descriptors that are full, closed or no streams; what is said on standard error.
import Foundation
import Records
import Testing

struct StreamTests {
    private let record = #"{"id":"a:1","do":"add"}"#

    @Test(
        "Output that cannot be written ends with 74, whoever writes it",
        arguments: [
            "", "--limit 1", "--jobs 4", "--jobs 4 --keep-order", "--help", "--version",
            "--completion bash",
        ], ["filter", "source", "groups"])
    func fullDisk(_ options: String, _ kind: String) throws {
        if kind != "filter", options.hasPrefix("--jobs") { return }
        // A limit that is reached must not hide the loss either.
        let limit = options.isEmpty ? "--limit 1" : ""
        #expect(
            try Place().run("$TOOL \(options) \(limit) >/dev/full", record, ["FILTER_TOOL": kind])
                .status == 74)
        let outcome = try Place().run(
            "$TOOL \(options) >/dev/full", record, ["FILTER_TOOL": kind])
        #expect(outcome.status == 74)
        #expect(
            outcome.errors.contains(
                "unable to write standard output: No space left on device; make room"))
    }

    @Test("A full disk is never missed, whichever thread finds it first")
    func fullDiskAgain() throws {
        let outcome = try Place().run(
            """
            for n in {1..60}; do
                printf '%s\\n' '\(record)' | $TOOL >/dev/full 2>&1 || [ $? = 74 ] || echo $?
                printf '%s\\n' '\(record)'{,} | $TOOL -j2 >/dev/full 2>/dev/null && echo 0
            done; true
            """)
        #expect(outcome.output.isEmpty)
    }

    @Test(
        "A reader that has seen enough ends the tool quietly",
        arguments: ["filter", "source", "groups"])
    func closedPipe(_ kind: String) throws {
        let lines = (1...20_000).map { #"{"id":"a:\#($0)"}"# }.joined(separator: "\n")
        for trap in ["", "trap '' PIPE; "] {
            let outcome = try Place().run(
                "\(trap)$TOOL \(kind == "source" ? "--count 20000" : "") | head -n 1; echo ${PIPESTATUS[0]}",
                lines, ["FILTER_TOOL": kind])
            #expect(outcome.lines.last == "141")
            #expect(outcome.errors.isEmpty)
        }
        let help = try Place().run("{ sleep 0; $TOOL --help; echo $? >&2; } | true")
        #expect(["0\n", "141\n"].contains(help.errors))
    }

    @Test("A source whose reader is gone does not look for its next record")
    func abandonedSource() throws {
        let place = Place()
        let gate = place.gate()
        let talk = try place.start(
            "--count 5", ["FILTER_TOOL": "source", "GATE": gate.path, "WAIT": "2"])
        #expect(try talk.hearID() == "test:1")
        try talk.stopListening()
        // The second record finds nobody; then the source would wait for ever.
        gate.pass()
        #expect(talk.status() == 141)
    }

    @Test("Descriptors that the caller has closed stay closed")
    func closedDescriptors() throws {
        let place = Place()
        func status(_ script: String, _ input: String = "") throws -> Int32 {
            try place.run(script, input).status
        }
        #expect(try status("$TOOL <&-") == 74)
        #expect(try status("$TOOL >&-") == 0)
        #expect(try status("$TOOL >&-", record) == 74)
        #expect(try status("$TOOL --help >&-") == 74)
        #expect(try status("$TOOL 2>&-", record) == 0)
        #expect(try status("$TOOL 2>&-", "x") == 1)
        // The file of the rejects must not become standard output.
        #expect(try status("$TOOL --rejects r >&-", record + "\nx\n") == 74)
        #expect(try place.text("r") == "x\n")
        #expect(try status("$TOOL --rejects r <&- >&- 2>&-") == 74)
    }

    @Test("What cannot be read or created says so")
    func unusableFiles() throws {
        let directory = try Place().run("$TOOL </")
        #expect(directory.status == 74)
        #expect(
            directory.errors == "filter-tool: unable to read standard input: Is a directory\n")
        let rejects = try Place().run("$TOOL --rejects /nowhere/r", record)
        #expect(rejects.status == 73)
        #expect(rejects.output.isEmpty)
        #expect(rejects.errors.hasPrefix("filter-tool: unable to create /nowhere/r: "))
        let full = try Place().run("$TOOL --rejects /dev/full", "x")
        #expect(full.status == 74)
    }

    @Test("Log lines in JSON are objects; in text nothing steers the terminal")
    func log() throws {
        let input =
            #"{"id":"a:\u001b[31m","do":"events"}"# + "\nx\n"
            + #"{"id":"a:\u001b]0;\u009b\u202e","do":"item"}"#
        let json = try Place().run("$TOOL --log-format json --verbose", input)
        let lines = json.errors.split(separator: "\n")
        #expect(lines.count == 6)
        for line in lines {
            let object =
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            #expect(object["tool"] as? String == "filter-tool")
            #expect(["error", "warning", "info", "debug"].contains(object["level"] as? String))
            #expect((object["time"] as? String).flatMap { Timestamp($0) } != nil)
            #expect((object["message"] as? String)?.isEmpty == false)
        }
        #expect(json.errors.contains(#""id":"a:"#))
        #expect(
            json.errors.contains(
                #""level":"error","severity":"MEDIUM","kind":"input","category":"VALIDATION""#))
        let text = try Place().run("$TOOL", input)
        #expect(text.errors.split(separator: "\n").count == 5)
        #expect(
            text.errors.unicodeScalars.allSatisfy {
                $0 == "\n" || $0.properties.generalCategory != .control
            })
        #expect(try Place().run("$TOOL --quiet", input).errors.split(separator: "\n").count == 2)
        let stop = try Place().run("$TOOL --log-format json --nope=1 || $TOOL --log-format=json x")
        #expect(stop.errors.contains(": unexpected word "))
    }

    @Test(
        "A line about a failure has its kind, its category and a severity",
        arguments: [
            (#"{"id":"a:1","do":"item","kind":"not_found"}"#, "not_found", "MEDIUM API"),
            (#"{"id":"a:1","do":"temporary","kind":"network"}"#, "network", "LOW NETWORK"),
            (#"{"id":"a:1","do":"stop","kind":"auth"}"#, "auth", "CRITICAL AUTHENTICATION"),
            (#"{"id":"a:1","do":"bug"}"#, "internal", "CRITICAL SYSTEM"),
            ("x", "input", "MEDIUM VALIDATION"),
        ])
    func kinds(_ record: String, _ kind: String, _ sort: String) throws {
        let outcome = try Place().run("$TOOL --log-format json", record)
        let object =
            try JSONSerialization.jsonObject(with: Data(outcome.errors.utf8)) as? [String: Any]
        #expect(object?["kind"] as? String == kind)
        let told = [object?["severity"], object?["category"]].compactMap { $0 as? String }
        #expect(told.joined(separator: " ") == sort)
        #expect(object?["level"] as? String == "error")
        // A failure that stops the line, and a line that is no record, are on no record.
        guard record != "x", told.first != "CRITICAL" else { return }
        let member = #""kind":"\#(kind)","severity":"\#(told[0])","category":"\#(told[1])""#
        #expect(outcome.output.contains(member))
    }

    @Test("--log FILE gets the lines of all programs, with time and severity, also under --quiet")
    func logFile() throws {
        let place = Place()
        let input = #"{"id":"a:1","do":"item","kind":"gone"}"#
        let outcome = try place.run(
            "$TOOL --log app.log | CALLPIPE_LOG=app.log $TOOL --quiet --nope=1; $TOOL x", input,
            ["CALLPIPE_LOG": "app.log"])
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("filter-tool: a:1: unable to do as told"))
        _ = try place.run("$TOOL --log app.log --log-format json --quiet", input)
        let lines = try place.text("app.log").split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.contains("Z ERROR filter-tool: a:1: unable to do as told") == true)
        #expect(lines.first?.first == "2")
        #expect(lines.last?.contains(#""severity":"HIGH","kind":"gone""#) == true)
        #expect(try place.run("stat -c %a app.log").output == "600\n")
        let missing = try place.run("$TOOL --log missing/app.log")
        #expect(missing.status == 73)
        #expect(missing.errors.contains("unable to create the log missing/app.log: No such file"))
    }

    @Test("On a terminal the progress line comes and is wiped; NO_COLOR or not, there is no colour")
    func terminal() throws {
        guard try Place().run("command -v script").status == 0 else { return }
        let lines = (1...3).map { #"{"id":"a:\#($0)"}"# }.joined(separator: "\n") + "\n"
        func session(_ options: String, _ settings: [String: String]) throws -> String {
            let place = Place()
            _ = try place.file("records", lines.utf8)
            return try place.run(
                "script -qec '$TOOL \(options) <records >out' /dev/null", "", settings
            ).output
        }
        let shown = try session("", ["TERM": "xterm"])
        #expect(shown.contains("\r\u{1B}[K"))
        #expect(shown.contains("3 records in "))
        #expect(!shown.contains("\u{1B}[3"))
        #expect(try !session("", ["TERM": "dumb"]).contains("\u{1B}"))
        #expect(try session("--quiet", ["TERM": "xterm"]).isEmpty)
    }
}
