// BadInputTests: what every tool says when it is not given what it needs.
import Foundation
import Testing

@Suite struct BadInputTests {
    /// Every tool that has a folder; `callpipe-decode` is none and `callpipe.cgi` is for web servers:
    /// they have no options.
    static let tools: [String] = {
        let families = URL(filePath: "\(Workplace.root)/Sources/tools")
        func names(_ folder: URL) -> [String] {
            (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        }
        let tools = names(families).filter { $0 != "inner" }
            .flatMap { names(families.appending(path: $0)) }.filter { !$0.hasSuffix(".cgi") }
        precondition(tools.contains("rc-list"), "Sources/tools has no tools")
        return tools.sorted()
    }()

    @Test("help and version need nothing", arguments: tools)
    func help(_ tool: String) throws {
        let place = try Workplace()
        let help = try place.run("\(tool) --help")
        #expect(help.status == 0)
        #expect(help.output.hasPrefix("usage: \(tool) "))
        #expect(try place.run("\(tool) --version").output.hasPrefix("\(tool) (callpipe) "))
        #expect(try place.run("\(tool) --help > /dev/full").status == 74)
        #expect(try place.run("\(tool) --completion bash | bash -n").status == 0)
    }

    @Test("an unknown option is a wrong command line", arguments: tools)
    func unknownOption(_ tool: String) throws {
        let outcome = try Workplace().run("\(tool) --nonsense")
        #expect(outcome.status == 64)
        #expect(
            outcome.errors.hasPrefix("\(tool): unable to understand the command line: unknown "))
    }

    @Test(
        "a missing setting is named",
        arguments: [
            ("rc-list --days 1", "RINGCENTRAL_CLIENT_ID"),
            ("rc-fetch", "RINGCENTRAL_CLIENT_ID"),
            ("drive-reserve", "GOOGLE_"), ("drive-upload", "GOOGLE_"), ("drive-delete", "GOOGLE_"),
        ])
    func missingSetting(_ command: String, _ name: String) throws {
        let outcome = try Workplace().run(command)
        #expect(outcome.status == 78, "\(outcome.errors)")
        #expect(outcome.errors.contains("unable to"))
        #expect(outcome.errors.contains(name))
    }

    @Test(
        "a wrong range is a wrong command line",
        arguments: [
            "rc-list", "rc-list --days x", "rc-list --days 0", "rc-list --from 2024-13-01",
            "rc-list --days 1 --from 2024-01-01", "rc-list --from 2024-02-01 --to 2024-01-01",
            "state-todo", "state-todo nonsense", "state-mark", "dir-list",
        ])
    func wrongUse(_ command: String) throws {
        let outcome = try Workplace().run(command)
        #expect(outcome.status == 64, "\(command): \(outcome.status) \(outcome.errors)")
    }

    @Test("nothing in a record can leave the data directory")
    func escape() throws {
        let place = try Workplace()
        let lines = [
            #"{"id":"rc:../../../x","audio":{"path":"../secret.wav","bytes":1,"sha256":"","type":""}}"#,
            #"{"id":"rc:1","audio":{"path":"/etc/passwd","bytes":1,"sha256":"","type":""}}"#,
            #"{"id":"rc:2","audio":{"path":"a/../../b","bytes":1,"sha256":"","type":""}}"#,
        ]
        try Data("secret".utf8).write(to: URL(filePath: "\(place.path)/secret.wav"))
        try place.startEngine()
        let outcome = try place.run("transcribe", input: lines.joined(separator: "\n") + "\n")
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(outcome.records.count == 3)
        for record in outcome.records {
            let error = record["error"] as? [String: Any]
            #expect(error?["class"] as? String == "item")
            #expect(error?["kind"] as? String == "input")
        }
    }

    @Test("lines that are no records are told by number and left out")
    func noRecords() throws {
        let place = try Workplace()
        let input =
            "{\"id\":\"x:1\"}\nnot json\n[]\n{\"no\":\"id\"}\n\n{\"id\":\"x:2\"}\r\n{\"id\":\"x:3\""
        let outcome = try place.run("state-todo fetch --rejects rejected", input: input)
        #expect(outcome.status == 1)
        #expect(outcome.output == "{\"id\":\"x:1\"}\n{\"id\":\"x:2\"}\n")
        for number in [2, 3, 4, 7] {
            #expect(outcome.errors.contains("state-todo: unable to read line \(number): "))
        }
        #expect(
            try place.run("cat rejected").output
                == "not json\n[]\n{\"no\":\"id\"}\n{\"id\":\"x:3\"\n")
    }

    @Test("a file whose name no record can hold is told and the others are listed")
    func names() throws {
        let place = try Workplace()
        let outcome = try place.run(
            #"""
            mkdir in
            for name in $'a\nb' $'c\xff' $'d\x1b' e; do echo "$name" >in/"$name.wav"; done
            dir-list --settle 0s in
            """#)
        #expect(outcome.status == 1)
        #expect(outcome.records.count == 3)
        #expect(
            outcome.errors == """
                dir-list: unable to read c\u{FFFD}.wav: its name is not UTF-8; rename it
                dir-list: the start of 3 recordings is when the file was written to, since no \
                --pattern says what the names mean

                """)
    }
}
