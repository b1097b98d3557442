// RedactTests: no word of a redacted call in the checkpoint, the files, the Drive or a log.
import Foundation
import Testing

struct RedactTests {
    private let place: Workplace
    private static let card = "4111 1111 1111 1111"
    private static let secrets = ["4111", "1111 1111", "smith@example.com", "219-09-9999"]

    init() throws { place = try Workplace() }

    /// Ten seconds of two tones, a transcript with its files, and the record of both.
    private func record(_ id: String = "dir:1") throws -> String {
        try place.run(
            """
            mkdir -p data/audio/2026/03/14
            ffmpeg -v error -y -f lavfi \
                -i 'aevalsrc=0.5*sin(880*PI*t)|0.4*sin(600*PI*t):s=8000:d=10' \
                data/audio/2026/03/14/\(id.replacingOccurrences(of: ":", with: "-")).wav
            """
        ).expectSuccess()
        let path = "audio/2026/03/14/\(id.replacingOccurrences(of: ":", with: "-")).wav"
        let facts = try place.run("stat -c %s data/\(path); sha256sum data/\(path) | cut -c1-64")
            .output
            .split(separator: "\n")
        return
            #"{"id":"\#(id)","start":"2026-03-14T10:00:00Z","duration":10,"direction":"inbound","#
            + #""from":{"phone":"+16505550100"},"to":{"phone":"+16505550199"},"recording":{"id":"1"},"#
            + #""audio":{"path":"\#(path)","bytes":\#(facts[0]),"sha256":"\#(facts[1])","#
            + #""type":"audio/wav","seconds":10,"rate":8000,"channels":2,"codec":"pcm_s16le"}}"#
    }

    /// A program that hears a card number, by its words, and takes the place of an engine.
    private func startEngine() throws {
        let words = [
            "Sure,", "4111", "1111", "1111", "1111", "and", "smith@example.com", "219-09-9999",
        ]
        let times = words.enumerated().map {
            #"{"word":"\#($1)","start":\#(Double($0) + 1),"end":\#(Double($0) + 1.5)}"#
        }
        let reply =
            #"{"segments":[{"start":1,"end":9,"text":"\#(words.joined(separator: " "))","words":[\#(times.joined(separator: ","))]}]}"#
        try place.run(
            "mkdir -p bin; cat >bin/hear; chmod +x bin/hear",
            input: "#!/bin/sh\necho >>heard\necho '\(reply)'\n"
        )
        .expectSuccess()
    }

    @Test(
        "A transcript that is redacted before its mark leaves its words nowhere, and the sound is silent"
    )
    func before() throws {
        let fake = try place.startDrive()
        try startEngine()
        let line = try record()
        let pipe = """
            transcribe --command "$PWD/bin/hear {wav}" --channels mix --log log | redact --audio --replace --log log |
            state-mark transcribe | state-mark redact | drive-reserve --log log | state-mark reserve |
            drive-upload --log log | state-mark upload
            """
        let first = try place.run(pipe, input: line + "\n")
        #expect(first.status == 0, "\(first.errors)")
        let done = try #require(first.records.first)
        let redaction = try #require(done["redaction"] as? [String: Any])
        #expect(redaction["counts"] as? [String: Int] == ["card": 1, "email": 1, "ssn": 1])
        #expect(
            (done["audio"] as? [String: Any])?["path"] as? String == "redacted/2026/03/14/dir-1.wav"
        )
        #expect(try place.run("ls data/audio/2026/03/14").output == "")
        for secret in Self.secrets {
            let found = try place.run("grep -rlaF '\(secret)' data state.db* drive log; true")
                .output
            #expect(found == "", "\(secret)")
            #expect(try place.run("state-search --substring '\(secret)'").records.isEmpty)
        }
        #expect(try fake.files().count >= 2)
        try expectSilence(from: 1.8, to: 5.7, 7.8)
        // Again, nothing is done twice.
        let heard = try place.run(
            #"transcribe --command "$PWD/bin/hear {wav}" --channels mix; wc -l <heard"#,
            input: first.output)
        #expect(heard.output == first.output + "1\n", "\(heard.errors)")
        let again = try place.run("redact --audio --replace", input: first.output)
        #expect(again.output == first.output)
    }

    /// The times of the words with a fifth of a second around them, and no sample else.
    private func expectSilence(from start: Double, to end: Double, _ later: Double) throws {
        let bytes = try Data(
            contentsOf: URL(filePath: "\(place.path)/data/redacted/2026/03/14/dir-1.wav"))
        let samples = bytes.dropFirst(bytes.count - 10 * 8000 * 4)
        func isSilent(_ second: Double) -> Bool {
            let first = samples.startIndex + Int(second * 8000) * 4
            return samples[first..<(first + 400)].allSatisfy { $0 == 0 }
        }
        for second in [1.85, 2.0, 3.7, 5.6, 6.85, 7.0, 8.6] {
            #expect(isSilent(second), "\(second)")
        }
        for second in [0.1, 1.7, 5.8, 6.6, 8.8, 9.5] { #expect(!isSilent(second), "\(second)") }
    }

    @Test("A stored transcript is redacted in the checkpoint, its index and its files")
    func later() throws {
        try startEngine()
        let line = try record()
        let stored = try place.run(
            #"transcribe --command "$PWD/bin/hear {wav}" --channels mix | state-mark transcribe"#,
            input: line + "\n")
        #expect(stored.status == 0, "\(stored.errors)")
        #expect(try place.run("state-search --substring 'smith@example'").records.count == 1)
        let outcome = try place.run(
            """
            state-show --stage transcribe --status completed | redact | state-mark redact >/dev/null &&
            sqlite3 state.db "INSERT INTO words(words) VALUES ('optimize');
                INSERT INTO trigrams(trigrams) VALUES ('optimize'); PRAGMA wal_checkpoint(TRUNCATE)"
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try place.run("state-search --check").status == 0)
        for secret in Self.secrets {
            #expect(
                try place.run("grep -rlaF '\(secret)' data/transcripts state.db*; true").output
                    == "")
            #expect(try place.run("state-search --substring '\(secret)'").records.isEmpty)
        }
        #expect(try place.run("state-search Sure").records.count == 1)
        // The transcript is not made again.
        let passed = try place.run(
            #"state-show | transcribe --command "$PWD/bin/hear {wav}" --channels mix; wc -l <heard"#
        )
        #expect(passed.output.hasSuffix("\n1\n"), "\(passed.errors)")
        #expect(passed.output.contains("[CARD]"))
    }

    @Test("A recording whose silent copy is not its audio is not uploaded")
    func original() throws {
        _ = try place.startDrive()
        try startEngine()
        let line = try record()
        let pipe = #"transcribe --command "$PWD/bin/hear {wav}" --channels mix | redact --audio"#
        let redacted = try #require(try place.run(pipe, input: line + "\n").records.first)
        let copy = try #require(redacted["redaction"] as? [String: Any])
        let text = String(decoding: try JSONSerialization.data(withJSONObject: copy), as: UTF8.self)
        let back = line.dropLast() + #","redaction":\#(text)}"#
        let outcome = try place.run("drive-reserve | drive-upload", input: back + "\n")
        let error = outcome.records.first?["error"] as? [String: Any]
        #expect((error?["message"] as? String)?.contains("silent in a copy") == true)
    }

    @Test("A run after one that was killed between any two of its files ends with the same record")
    func killed() throws {
        try startEngine()
        let line = try place.run(
            #"transcribe --command "$PWD/bin/hear {wav}" --channels mix"#,
            input: try record() + "\n"
        ).output
        try place.run("cp -r data saved").expectSuccess()
        let whole = try place.run("redact --audio --replace", input: line).output
        #expect(whole.contains("[CARD]"))
        try place.run("mv data done").expectSuccess()
        let note = "2026/03/14/dir-1.json"
        // The files are changed in this order: the note, the copy, the recording, the transcript.
        for left in [
            "cp -r saved data; mkdir -p data/redacted/2026/03/14; cp done/redacted/\(note) data/redacted/\(note)",
            "cp -r saved data; cp -r done/redacted data",
            "cp -r saved data; cp -r done/redacted data; rm -r data/audio",
            "cp -r done data; cp -r saved/audio data",
            "cp -r done data; rm data/transcripts/2026/03/14/dir-1.txt",
            "cp -r done data",
        ] {
            try place.run("rm -rf data; \(left)").expectSuccess()
            let after = try place.run("redact --audio --replace", input: line)
            #expect(after.status == 0, "\(left): \(after.errors)")
            #expect(after.output == whole, "\(left)")
            // Empty folders may stay.
            let files = try place.run("diff -r data done | grep -v '^Only in done: audio$'")
            #expect(files.output == "", "\(left)")
        }
    }
}

extension Outcome {
    /// Fails when the command did.
    @discardableResult
    func expectSuccess(sourceLocation: SourceLocation = #_sourceLocation) -> Outcome {
        #expect(status == 0, "\(errors)", sourceLocation: sourceLocation)
        return self
    }
}
