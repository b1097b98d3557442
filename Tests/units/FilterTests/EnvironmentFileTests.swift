// EnvironmentFileTests: settings from a file, as the shell and the dotenv libraries read them.
import Records
import Testing

@testable import Filter

struct EnvironmentFileTests {
    private func read(_ text: String) throws -> [String: String] {
        try EnvironmentFile.variables(in: Array(text.utf8), "f")
    }

    @Test(
        "Each way to write a value",
        arguments: [
            ("A=1", "1"), ("A=", ""), ("A=\"\"", ""), (" A = b c \t", "b c"), ("export A=1", "1"),
            ("export\tA=1", "1"), ("A=a=b", "a=b"), ("A='x # \"y\" \\n'", "x # \"y\" \\n"),
            ("A=\"a\\nb\\\"c\\\\d\\$e\\`f\\x\"", "a\nb\"c\\d$e`f\\x"), ("A=x # remark", "x"),
            ("A=x#y", "x#y"), ("A=#y", "#y"), ("A= # remark", ""), ("A='x' # remark", "x"),
            ("A=\"one\ntwo\"\nB=1", "one\ntwo"), ("A=1\r\nB=2\r\n", "1"), ("\u{FEFF}A=1", "1"),
            ("# A=0\n; A=0\n\n  # x\nA=1", "1"), ("A=0\nA=1", "1"), ("A=größe", "größe"),
            ("A=a'b\"c", "a'b\"c"), ("A=$B ${B}", "$B ${B}"), ("A=1\n#", "1"),
            ("A=\u{301}x", "\u{301}x"), ("A=\"é\"", "é"),
        ])
    func value(_ text: String, _ value: String) throws {
        #expect(try read(text)["A"].map { Array($0.utf8) } == Array(value.utf8))
    }

    @Test("Lines that end with CR LF are lines")
    func carriageReturns() throws {
        #expect(try read("A=1\r\n\r\n# x\r\nB=\"2\"\r\n") == ["A": "1", "B": "2"])
    }

    @Test(
        "What is no setting is told by the number of its line, never by its text",
        arguments: [
            ("A=1\nsecret\n", "line 2 is not NAME=value"), ("=secret", "line 1 is not NAME=value"),
            ("A B=secret", "line 1 is not NAME=value"), ("\n\nA='secret", "line 3 has a quotation"),
            ("A=\"a\nb\nc\"\nsecret", "line 4 is not"), ("A='x'secret", "line 1 has a quotation"),
            ("export", "line 1 is not"), ("A=\"secret\\\"", "line 1 has a quotation"),
        ])
    func wrong(_ text: String, _ message: String) throws {
        let failure = #expect(throws: Failure.self) { try read(text) }
        #expect(failure?.message.hasPrefix("read f: \(message)") == true)
        #expect(failure?.description.contains("secret") == false)
        #expect(failure?.kind == .configuration)
    }

    @Test("Bytes that are not UTF-8 are told")
    func invalid() {
        #expect(throws: Failure.self) {
            try EnvironmentFile.variables(in: [0x41, 0x3D, 0xFF], "f")
        }
    }

    @Test("Environment goes before the file; the file may be missing unless it is named")
    func precedence() throws {
        let place = Place()
        func value(_ options: String, _ settings: [String: String] = [:]) throws -> String? {
            try place.run("$TOOL \(options)", #"{"id":"a:1","do":"setting"}"#, settings)
                .records.first?.string("value")
        }
        #expect(try value("") == nil)
        _ = try place.file(".env", "SETTING=default".utf8)
        _ = try place.file("other", "SETTING='named'".utf8)
        #expect(try value("") == "default")
        #expect(try value("--env-file other") == "named")
        #expect(try value("--env-file=other", ["SETTING": "environment"]) == "environment")
        #expect(try value("--env-file=other", ["SETTING": ""]) == nil)
        for (options, status) in [("--env-file missing", 78), ("--env-file .", 78)] {
            let outcome = try place.run("$TOOL \(options)")
            #expect(outcome.status == Int32(status))
            #expect(outcome.errors.hasPrefix("filter-tool: unable to read "))
        }
        _ = try place.file(".env", "secret".utf8)
        #expect(try place.run("$TOOL").status == 78)
        // A virtual environment of Python is sometimes called that.
        #expect(try place.run("rm .env; mkdir .env; $TOOL").status == 0)
    }

    @Test("Settings of replaced systems are told with what to use, once in a pipe")
    func replaced() throws {
        let place = Place()
        let names = ReplacedSettings.advice.map(\.key)
        #expect(names.count == 4)
        let text = names.map { "\($0)=1\n" }.joined() + "MAX_WORKERS=2\nSETTING=1\n"
        _ = try place.file(".env", text.utf8)
        #expect(try place.run("chmod 600 .env").status == 0)
        // One tool of a pipe is at work while the others start.
        let first = try place.start()
        try first.say(#"{"id":"a:1"}"#)
        #expect(try first.hearID() == "a:1")
        #expect(try Place().run("cd \(place.path) && $TOOL | $TOOL").errors.isEmpty)
        try first.sayNoMore()
        let outcome = try first.end()
        #expect(outcome.status == 0)
        let lines = outcome.errors.split(separator: "\n")
        #expect(lines.count == names.count)
        for name in names {
            #expect(
                lines.filter { $0.hasPrefix("filter-tool: .env: \(name) is not read; ") }.count == 1
            )
        }
        #expect(outcome.errors.contains("BATCH_SIZE is not read; records are not worked on in"))
        #expect(try place.run("$TOOL --quiet").errors.isEmpty)
        #expect(try place.run("rm .env; $TOOL", "", ["BATCH_SIZE": "25"]).errors.isEmpty)
    }

    @Test(
        "A secret in a file that all users can read is told",
        arguments: [
            ("RINGCENTRAL_JWT_TOKEN=x", "644", "RINGCENTRAL_JWT_TOKEN"),
            ("B_API_KEY=x\nA_PASSWORD=x", "604", "A_PASSWORD"),
            ("SLACK_WEBHOOK_URL=x", "644", "SLACK_WEBHOOK_URL"),
            ("RINGCENTRAL_JWT_TOKEN=x", "640", nil), ("RINGCENTRAL_JWT_TOKEN=", "644", nil),
            ("OPENAI_API_KEY_FILE=x\nWHISPER_MODEL=base.en", "644", nil),
        ] as [(String, String, String?)])
    func openSecrets(_ text: String, _ mode: String, _ name: String?) throws {
        let place = Place()
        _ = try place.file("settings", text.utf8)
        let outcome = try place.run("chmod \(mode) settings; $TOOL --env-file settings")
        #expect(outcome.status == 0)
        let sentence = name.map {
            "filter-tool: settings: it holds \($0), and all users of this machine can read it;"
                + " run chmod 600 settings\n"
        }
        #expect(outcome.errors == sentence ?? "")
    }
}
