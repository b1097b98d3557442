// ManualExamplesTests: the examples of every manual page, run as they stand.
import Foundation
import Testing

/// A command of a page's EXAMPLES: a literal display, or a line that begins with `$`.
struct ManualExample {
    let page: String
    let command: String

    /// The examples of `man/<page>`, in their order.
    static func of(_ page: String) throws -> [ManualExample] {
        let text = try String(
            contentsOfFile: "\(Workplace.root)/man/\(page)", encoding: .utf8)
        let sections = text.components(separatedBy: "\n.Sh ")
        let lines =
            sections.first { $0.hasPrefix("EXAMPLES\n") }?
            .replacing("\\\n", with: "").components(separatedBy: "\n") ?? []
        var found: [String] = []
        var display: [String]?
        for line in lines {
            if line.hasPrefix(".Bd -literal") {
                display = []
            } else if line == ".Ed", let body = display {
                found.append(body.joined(separator: "\n"))
                display = nil
            } else if display != nil {
                display?.append(line)
            } else if line.hasPrefix(".Dl ") {
                found.append(String(line.dropFirst(4)))
            }
        }
        return found.map { ManualExample(page: page, command: plain($0)) }
    }

    /// The text as a reader sees it, without the prompt.
    private static func plain(_ text: String) -> String {
        var text = text
        for (escape, character) in [
            ("\\&", ""), ("\\-", "-"), ("\\(dq", "\""), ("\\(aq", "'"), ("\\e", "\\"),
        ] {
            text = text.replacing(escape, with: character)
        }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("$ ") ? String($0.dropFirst(2)) : String($0) }
            .joined(separator: "\n")
    }
}

/// A checkpoint with recordings in every state, and the services that they came from.
///
/// `rc:401234567008` is stored, as are two more; others are fetched, listed, failed or unknown. The
/// files that examples read are there too. It is made once, and copied for each page.
private final class ManualScene {
    let place: Workplace

    init() throws {
        place = try Workplace()
        _ = try place.startRingCentral("--heavy-limit", "1000")
        _ = try place.startDrive()
        try place.startEngine()
        let speech = try place.start("transcription.py", ["--dialect", "speaches"])
        place["OPENAI_BASE_URL"] = speech.ready["base"] as? String
        let outcome = try place.run(
            #"""
            rc-list --days 30 --http-log http.log | jq -c 'if input_line_number == 1 then .id = "rc:401234567008"
                else . end' >calls.ndjson
            head -n 3 calls.ndjson | state-todo upload |
                rc-fetch | state-mark fetch | tee fetched.ndjson |
                transcribe | state-mark transcribe |
                drive-reserve | state-mark reserve |
                drive-upload | state-mark upload >uploaded.ndjson
            sed -n 4,6p calls.ndjson | state-todo upload | rc-fetch | state-mark fetch |
                state-mark transcribe --status queued >/dev/null
            sed -n 7,8p calls.ndjson | jq -c '.error = {stage: "fetch", class: "item", kind: "gone",
                message: "download the recording: it is gone", at: "2026-01-15T10:00:00.000Z"}' |
                state-mark fetch >/dev/null
            sed -n 9,10p calls.ndjson | state-todo upload >/dev/null
            mkdir -p calls in var/spool/asterisk/monitor
            for name in 6505550100_6505550123_20260304-050607 101_102_20260304-060708; do
                file=$(find data/audio -name '*.wav' | head -n 1)
                cp "$file" calls/$name.wav
                cp "$file" in/$name.wav
                cp "$file" var/spool/asterisk/monitor/$name.wav
            done
            while read -r file; do
                mkdir -p "var/${file%/*}"
                cp "$(find data/audio -name '*.wav' | head -n 1)" "var/$file"
            done <<<'spool/asterisk/monitorDONE/20240115-143311_5550100-all.wav
            lib/3cxpbx/Instance1/Data/Recordings/100/[Jo Doe]_100-5550100_20240115143311(2).wav
            lib/miarec/20240115/20240115143311_2.mp3'
            find calls in var -type f -exec touch -d '1 hour ago' {} +
            echo 'RINGCENTRAL_MIN_INTERVAL=0' >.env
            [ "$(wc -l <uploaded.ndjson)" = 3 ]
            """#)
        guard outcome.status == 0 else { throw Unprepared(errors: outcome.errors) }
    }

    /// A copy of it, with a Drive of its own that holds the same files.
    init(of model: ManualScene) throws {
        place = try Workplace()
        for (name, value) in model.place.environment
        where name.hasPrefix("RINGCENTRAL") || name.hasPrefix("OPENAI") {
            place[name] = value
        }
        _ = try place.run(
            "cp -a '\(model.place.path)'/[!c]* '\(model.place.path)'/c[!o]* '\(model.place.path)'/.env ."
        )
        _ = try place.startDrive()
        try place.startEngine()
    }

    struct Unprepared: Error { let errors: String }
}

@Suite struct ManualExamplesTests {
    static let pages =
        ((try? FileManager.default.contentsOfDirectory(
            atPath: "\(Workplace.root)/man")) ?? [])
        .filter {
            $0.hasSuffix(".1") || ["callpipe-state.5", "callpipe-transcript.5"].contains($0)
        }.sorted()

    /// Examples that cannot run here: the page, how the command begins, and why.
    static let exceptions = [
        ("call-status.1", "call-status --watch", "it takes 15 minutes"),
        ("drive-reserve.1", "...", "it shows a place in a pipe"),
    ]

    @Test("every page has examples, and they do as they stand")
    func examples() throws {
        let model = try ManualScene()
        for page in ManualExamplesTests.pages {
            let examples = try ManualExample.of(page)
            #expect(!examples.isEmpty, "\(page)")
            let place = try ManualScene(of: model).place
            for example in examples where !isExcepted(example) {
                let command = example.command
                    .replacing(" /var/", with: " \(place.path)/var/")
                    .replacing("pipelines/", with: "\(Workplace.root)/pipelines/")
                let outcome = try place.run(command)
                let told = "\(page): \(example.command)\n\(outcome.status) \(outcome.errors)"
                // Our programs end with 1 when they tell of records that failed; sqlite3 on an error.
                // Those that tell how an archive is end as a monitoring plugin does.
                let isPlugin = command.contains("call-health") || command.contains("call-status")
                let most: Int32 = command.hasPrefix("sqlite3") ? 0 : isPlugin ? 3 : 1
                #expect(outcome.status <= most && !outcome.errors.contains("unable to"), "\(told)")
            }
        }
    }

    private func isExcepted(_ example: ManualExample) -> Bool {
        ManualExamplesTests.exceptions.contains {
            $0.0 == example.page && example.command.hasPrefix($0.1)
        }
    }

    @Test("an exception is for an example that is there")
    func exceptionsAreNeeded() throws {
        for (page, start, _) in ManualExamplesTests.exceptions {
            #expect(try ManualExample.of(page).contains { $0.command.hasPrefix(start) })
        }
    }
}
