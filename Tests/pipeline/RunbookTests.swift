// RunbookTests: every command of callpipe-operations(7), run as it stands.
import Foundation
import Testing

@Suite struct RunbookTests {
    private static let page = "callpipe-operations.7"

    /// Commands that cannot run here: how they begin, and why.
    private static let exceptions = [
        ("sudo ", "it changes the user"),
        ("cd /var/lib/callpipe", "it is the place of an installation"),
        ("systemctl ", "no systemd runs in a test"),
        ("systemd-run ", "no systemd runs in a test"),
        ("journalctl ", "no systemd runs in a test"),
        ("logrotate ", "the installation is tested with logrotate itself"),
        ("install ", "it needs a key and root"),
        ("make upgrade", "it builds; the installation is tested for it"),
        ("make rollback", "OperateTests change versions"),
    ]

    /// All commands of the page, a line each; a display is a list of commands.
    private static func commands() throws -> [String] {
        try ManualExample.of(page, in: ManualExample.text(of: page)).flatMap {
            $0.command.split(separator: "\n").map(String.init)
        }
    }

    @Test("every command of the runbook does as it stands")
    func commands() throws {
        let model = try ManualScene()
        let place = try ManualScene(of: model).place
        place["CALLPIPE_PIPELINES"] = "\(Workplace.root)/pipelines"
        let ready = try place.run(
            """
            state-backup backups >/dev/null && cp -r "$CALLPIPE_PIPELINES" pipelines
            echo model >models/ggml-tiny.en.bin
            printf 'RECORDINGS=calls\\n' >>.env
            """)
        #expect(ready.status == 0, "\(ready.errors)")
        let services = try place.start("alert_services.py", [])
        place["CALLPIPE_ALERT_TO"] = "slack:"
        place["SLACK_WEBHOOK_URL"] = services.ready["slack"] as? String
        place["CALLPIPE_PING_URL"] = services.ready["ping"] as? String
        for command in try RunbookTests.commands() where !isExcepted(command) {
            let outcome = try place.run(
                "make() { command make --no-print-directory -f pipelines/operate.mk \"$@\"; }; "
                    + command)
            let told = "\(command)\n\(outcome.status) \(outcome.output) \(outcome.errors)"
            #expect(outcome.status <= most(command), "\(told)")
            #expect(!outcome.errors.contains("command not found"), "\(told)")
            #expect(!outcome.errors.contains("unknown option"), "\(told)")
        }
        withExtendedLifetime(model) {}
    }

    /// The worst status that tells what was found, and not that the command is wrong.
    private func most(_ command: String) -> Int32 {
        // call-* answer as monitors expect: 1 warns, 2 is critical, 3 is unknown; make ends with 2.
        if command.hasPrefix("call-") { return 3 }
        return command.hasPrefix("make") ? 2 : 1
    }

    private func isExcepted(_ command: String) -> Bool {
        RunbookTests.exceptions.contains { command.hasPrefix($0.0) } || command.hasPrefix("#")
    }

    @Test("an exception is for a command that is there")
    func exceptionsAreNeeded() throws {
        let commands = try RunbookTests.commands()
        for (start, _) in RunbookTests.exceptions {
            #expect(commands.contains { $0.hasPrefix(start) }, "\(start)")
        }
    }

    @Test("a command in the remedy of a check or an alert is understood")
    func remedies() throws {
        let place = try Workplace()
        place["ROOT"] = Workplace.root
        // A value is a number, a list or a word of these; another word goes on with the sentence.
        let words = "table|pending|failed|upload|transcribe|engine"
        let value = "(?:-|[0-9][0-9a-z]*|[a-z]+,[a-z,]+|\(words))"
        let found = try place.run(
            """
            state-todo upload </dev/null
            grep -rhoE 'remedy"?: ?.*' "$ROOT/Sources/engines/watch" \
                "$ROOT/pipelines/prometheus/callpipe.rules.yml" | grep -v '{{' |
                grep -oP '(?:state|call)-[a-z]+(?: --?[a-z-]+(?: \(value)(?![a-z-]))?)+' | sort -u
            """)
        let commands = found.output.split(separator: "\n")
        #expect(commands.contains("state-prune --audio --older-than 7d"), "\(found.output)")
        for command in commands {
            let outcome = try place.run("\(command) </dev/null")
            #expect(outcome.status != 64 && outcome.status != 127, "\(command): \(outcome.errors)")
        }
    }
}
