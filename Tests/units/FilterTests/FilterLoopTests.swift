// FilterLoopTests: one line in, one line out, whatever becomes of the record.
import Foundation
import Records
import Testing

struct FilterLoopTests {
    private static func lines(_ count: Int, _ more: String = #","do":"add""#) -> [String] {
        (1...count).map { #"{"id":"a:\#($0)"\#(more)}"# }
    }

    @Test(
        "Every line comes out once, with its result", arguments: ["", "-j4", "-j 4 --keep-order"])
    func oneToOne(_ options: String) throws {
        let lines = Self.lines(500)
        let outcome = try Place().run("$TOOL \(options)", lines.joined(separator: "\n"))
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty)
        let expected = lines.map { String($0.dropLast()) + #","added":true}"# }
        if options == "-j4" {
            #expect(outcome.lines.sorted() == expected.sorted())
        } else {
            #expect(outcome.lines == expected)
        }
    }

    @Test("What is no record is told, kept and counted; the rest goes on", arguments: [1, 4])
    func rejects(_ jobs: Int) throws {
        let place = Place()
        let bad = [
            "x", #"{"id":1}"#, #"{"id":"a:1""#, "\u{FEFF}{}", "{\"id\":\"a:1\",\"x\":\"\t\"}\r",
        ]
        let good = #"{"id":"a:1"}"#
        let input = "\u{FEFF}\(good)\r\n\r\n \t\n" + bad.joined(separator: "\n") + "\n\(good)"
        let outcome = try place.run("echo before >r; $TOOL --jobs \(jobs) --rejects r", input)
        #expect(outcome.status == 1)
        #expect(outcome.output == "\(good)\n\(good)\n")
        #expect(try place.text("r") == "before\n" + bad.joined(separator: "\n") + "\n")
        let told = outcome.errors.split(separator: "\n")
        #expect(told.count == bad.count)
        for (number, line) in told.enumerated() {
            #expect(line.hasPrefix("filter-tool: unable to read line \(number + 4): "))
        }
    }

    @Test("A line over 16 MiB goes to the rejects in little memory")
    func longLine() throws {
        let place = Place()
        let outcome = try place.run(
            """
            ulimit -Sv 600000
            { echo '{"id":"a:1"}'; head -c 300000000 /dev/zero | tr '\\0' x; echo;
              echo '{"id":"a:2"}'; } | $TOOL --rejects r; echo $? >status; wc -c <r >size
            """)
        #expect(outcome.records.map(\.id) == ["a:1", "a:2"])
        #expect(try place.text("status") == "1\n")
        #expect(try place.text("size") == "300000001\n")
        #expect(outcome.errors.contains("unable to read line 2: longer than 16 MiB"))
    }

    @Test("A failure becomes the record's error", arguments: ["", "--jobs 4"])
    func errorMember(_ options: String) throws {
        let input = """
            {"id":"a:1","do":"item","kind":"not_found","n":1E+2}
            {"id":"a:2","do":"temporary","kind":"rate_limit","error":null}

            """
        let outcome = try Place().run("$TOOL \(options) | sort", input)
        let records = outcome.records
        try #require(records.count == 2)
        struct Error: Decodable, Equatable {
            let stage, `class`, kind, message, at: String
            let status: Int
            let retry_after: Double
        }
        for (record, names) in zip(records, [("item", "not_found"), ("temporary", "rate_limit")]) {
            let error = try #require(try record.decode("error", as: Error.self))
            #expect(error.stage == "test")
            #expect((error.class, error.kind) == names)
            #expect(
                error.message
                    == "unable to do as told: it is told to fail; tell it something else")
            #expect(error.status == 418)
            #expect(error.retry_after == 2.5)
            #expect(Timestamp(error.at) != nil)
        }
        #expect(
            outcome.lines[0].hasPrefix(#"{"id":"a:1","do":"item","kind":"not_found","n":1E+2,"#))
        // What was found out before the failure stays.
        #expect(records[1].number("partial") == 1)
        #expect(outcome.errors.contains("filter-tool: a:1: unable to do as told"))
        #expect(try Place().run("$TOOL \(options)", input).status == 1)
    }

    @Test(
        "A record that failed before passes untouched", arguments: ["", "-j4", "-j4 --keep-order"])
    func passedOn(_ options: String) throws {
        var lines = Self.lines(40)
        for number in stride(from: 0, to: 40, by: 3) {
            lines[number] = #" { "id":"b:\#(number)","do":"bug", "\u0065rror":{"x":1E0} }"#
        }
        let outcome = try Place().run("$TOOL \(options)", lines.joined(separator: "\n"))
        #expect(outcome.status == 0)
        let expected = lines.map { line in
            line.hasPrefix(" ") ? line : line.dropLast() + #","added":true}"#
        }
        if options == "-j4" {
            #expect(outcome.lines.sorted() == expected.sorted())
        } else {
            #expect(outcome.lines == expected)
        }
    }

    @Test("A result that makes the record too long for the next program is an error")
    func tooLongResult() throws {
        let outcome = try Place().run("$TOOL", #"{"id":"a:1","do":"grow"}"#)
        #expect(outcome.status == 1)
        #expect(outcome.records.first?.has("added") == false)
        #expect(outcome.records.first?.hasError == true)
    }

    @Test(
        "A failure that stops the line ends with its status; what was done stands",
        arguments: [
            ("auth", 77), ("permission", 77), ("configuration", 78), ("network", 69),
            ("server", 69), ("rate_limit", 75), ("quota", 75), ("timeout", 75), ("storage", 74),
            ("input", 65), ("integrity", 65), ("internal", 70),
        ] as [(String, Int32)])
    func stop(_ kind: String, _ status: Int32) throws {
        let input =
            Self.lines(3).joined(separator: "\n")
            + "\n{\"id\":\"a:4\",\"do\":\"stop\",\"kind\":\"\(kind)\"}\n{\"id\":\"a:5\"}\n"
        let outcome = try Place().run("$TOOL", input)
        #expect(outcome.status == status)
        #expect(outcome.records.map(\.id) == ["a:1", "a:2", "a:3"])
        #expect(
            outcome.errors
                == "filter-tool: unable to do as told: it is told to fail; tell it something else\n"
        )
        let parallel = try Place().run("$TOOL --jobs 4", input)
        #expect(parallel.status == status)
        #expect(!parallel.records.contains { $0.id == "a:4" || $0.hasError })
        #expect(try Place().run("$TOOL", input, ["REFUSE": kind]).status == status)
        #expect(try Place().run("$TOOL", input, ["REFUSE": kind]).output.isEmpty)
    }

    @Test("What nobody foresaw is a bug", arguments: ["bug", "cancel"], ["", "-j4"])
    func bug(_ kind: String, _ options: String) throws {
        let outcome = try Place().run("$TOOL \(options)", #"{"id":"a:1","do":"\#(kind)"}"#)
        #expect(outcome.status == 70)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("please report this as a bug"))
    }

    @Test("A limit ends the run after so many records, in work or not", arguments: [1, 4])
    func limit(_ jobs: Int) throws {
        for (limit, count) in [(0, 0), (1, 1), (7, 7), (10, 10), (99, 10)] {
            let outcome = try Place().run(
                "$TOOL --jobs \(jobs) --keep-order --limit \(limit)",
                "\nx\n" + Self.lines(10).joined(separator: "\n"))
            #expect(outcome.records.count == count)
            #expect(outcome.status == (limit == 0 ? 0 : 1))
        }
        // It does not wait for more input than it needs.
        let talk = try Place().start("--jobs \(jobs) --limit 1")
        try talk.say(#"{"id":"a:1"}"#)
        #expect(try talk.hearID() == "a:1")
        #expect(try talk.end().status == 0)
    }

    @Test(
        "An answer leaves before the next line is read", arguments: ["", "-j4", "-j4 --keep-order"])
    func conversation(_ options: String) throws {
        let talk = try Place().start(options)
        for number in 1...20 {
            try talk.say(#"{"id":"a:\#(number)","do":"add"}"#)
            #expect(try talk.hear() == #"{"id":"a:\#(number)","do":"add","added":true}"#)
        }
        try talk.say(#"{"id":"b:1","error":{}}"#)
        #expect(try talk.hearID() == "b:1")
        try talk.sayNoMore()
        #expect(try talk.end().status == 0)
    }

    @Test("A finished record is not held back while the next one works", arguments: [1, 4])
    func notHeldBack(_ jobs: Int) throws {
        let place = Place()
        let gates = (2...5).map { place.gate("\($0)") }
        let talk = try place.start("--jobs \(jobs)")
        // All are in hand at once, so nothing but the frame's own care makes the first ones leave.
        let last = gates.indices.map { #"{"id":"a:\#($0)","gate":"\#(gates[$0].path)"}"# }
        try talk.say(
            ([#"{"id":"e:0","error":1}"#, #"{"id":"b:1"}"#] + last).joined(separator: "\n"))
        #expect(Set([try talk.hearID(), try talk.hearID()]) == ["e:0", "b:1"])
        for (number, gate) in gates.enumerated() {
            gate.pass()
            #expect(try talk.hearID() == "a:\(number)")
        }
        try talk.sayNoMore()
        #expect(try talk.end().status == 0)
    }

    @Test("So many records are in work at once as are asked for, and no more")
    func jobs() throws {
        let place = Place()
        let gates = (0..<4).map { place.gate("\($0)") }
        let talk = try place.start("", ["MAX_WORKERS": "3"])
        for (number, gate) in gates.enumerated() {
            try talk.say(#"{"id":"a:\#(number)","gate":"\#(gate.path)"}"#)
        }
        // Each of these returns when its record is in work.
        let inWork = gates[..<3].map { $0.meet() }
        #expect(unsafe open(gates[3].path, O_WRONLY | O_NONBLOCK) == -1)
        for number in [1, 2, 0] {
            close(inWork[number])
            #expect(try talk.hearID() == "a:\(number)")
            if number == 1 {
                gates[3].pass()
                #expect(try talk.hearID() == "a:3")
            }
        }
        try talk.sayNoMore()
        #expect(try talk.end().status == 0)
    }

    @Test("Where order is kept, lines wait for those before them")
    func keepOrder() throws {
        let place = Place()
        let gate = place.gate()
        let talk = try place.start("--jobs 2 --keep-order")
        try talk.say(#"{"id":"a:0","gate":"\#(gate.path)"}"#)
        let first = gate.meet()
        for number in 1...50 { try talk.say(#"{"id":"a:\#(number)"}"#) }
        try talk.sayNoMore()
        #expect(try !talk.hasSpoken())
        close(first)
        #expect(try talk.end().records.map(\.id) == (0...50).map { "a:\($0)" })
    }
}
