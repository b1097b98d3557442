// ManualScene: the commands of a manual, and a place where they can run.
import Foundation

/// A command of a page's EXAMPLES: a literal display, or a line that begins with `$`.
struct ManualExample {
    let page: String
    let command: String

    /// The examples of `man/<page>`, in their order.
    static func of(_ page: String) throws -> [ManualExample] {
        let sections = try text(of: page).components(separatedBy: "\n.Sh ")
        return of(page, in: sections.first { $0.hasPrefix("EXAMPLES\n") } ?? "")
    }

    /// The source of `man/<page>`.
    static func text(of page: String) throws -> String {
        try String(contentsOfFile: "\(Workplace.root)/man/\(page)", encoding: .utf8)
    }

    /// The commands in a part of a page, in their order.
    static func of(_ page: String, in section: String) -> [ManualExample] {
        let lines = section.replacing("\\\n", with: "").components(separatedBy: "\n")
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
final class ManualScene {
    let place: Workplace

    init() throws {
        place = try Workplace()
        _ = try place.startRingCentral("--heavy-limit", "1000")
        _ = try place.startDrive()
        try place.startEngine()
        let speech = try place.start("transcription.py", ["--dialect", "speaches"])
        place["OPENAI_BASE_URL"] = speech.ready["base"] as? String
        let chat = try place.start("chat.py", [])
        place["OPENAI_CHAT_URL"] = chat.ready["base"] as? String
        place["OPENAI_API_KEY"] = "sk-manual"
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
