// LostRecordTests: what was heard is taken from the disk when the record comes back without it.
import Foundation
import Testing

/// A run was killed between transcribe and state-mark, or a worker's line was lost.
@Suite struct LostRecordTests {
    private let place: Workplace
    private let record: String

    init() throws {
        place = try Workplace()
        record = try place.call(Tone.brief, seconds: 10, channels: 1)
        // The program notes each call that it hears.
        let program = """
            #!/bin/bash
            echo heard >>"\(place.path)/heard"
            echo "Good afternoon ${2:-there}."
            """
        try Data(program.utf8).write(to: URL(filePath: "\(place.path)/program"))
        _ = try place.run("chmod +x program")
    }

    private func transcribe(_ options: String = "", command: String = "{wav}") throws -> Outcome {
        try place.run("transcribe --command './program \(command)' \(options)", input: record)
    }

    private func times() throws -> Int {
        Int(try place.run("grep -c . heard").output.dropLast()) ?? 0
    }

    @Test("a transcript on the disk is taken, told in the count, and heard again with --force")
    func taken() throws {
        let first = try transcribe()
        let second = try transcribe()
        #expect(first.status == 0 && second.status == 0, "\(first.errors)\(second.errors)")
        #expect(try times() == 1)
        #expect(second.errors.contains("1 record, 1 taken from the disk"), "\(second.errors)")
        #expect(!first.errors.contains("taken"))
        let texts = [first, second].map { $0.records.first?["transcript"] as? [String: Any] }
        for member in ["text", "key", "path", "engine", "model"] {
            #expect(texts[0]?[member] as? String == texts[1]?[member] as? String)
        }
        #expect(
            (texts[0]?["files"] as? [String: String]) == (texts[1]?["files"] as? [String: String]))
        #expect(try transcribe("--quiet").errors.isEmpty)
        #expect(try transcribe("--dry-run").errors.contains("would take the transcript of t:1"))
        #expect(try transcribe("--force").status == 0)
        #expect(try times() == 2)
    }

    @Test(
        "a transcript of other settings, of another record, or damaged, is not taken",
        arguments: [
            "cut -c -200 $t.json >cut; mv cut $t.json", "sed -i s/after/be/ $t.txt",
            "sed -i s/after/be/ $t.vtt",
            "sed -i s/t:1/t:2/ $t.json", "sed -i 's/\"key\":\"./\"key\":\"x/' $t.json",
        ])
    func notTaken(_ script: String) throws {
        #expect(try transcribe().status == 0)
        _ = try place.run("t=data/transcripts/2024/01/15/t-1; \(script)")
        let again = try transcribe()
        #expect(again.status == 0)
        #expect(try times() == 2)
        #expect(!again.errors.contains("taken"))
        // It is whole again.
        #expect(try transcribe().errors.contains("1 taken from the disk"))
    }

    @Test("a file that is missing, or is asked for as well, is written without hearing again")
    func completed() throws {
        let sums = "cd data/transcripts/2024/01/15 && sha256sum t-1.*"
        let first = try transcribe()
        let whole = try place.run(sums).output
        for script in ["rm $t.txt", "rm $t.vtt $t.txt"] {
            _ = try place.run("t=data/transcripts/2024/01/15/t-1; \(script)")
            #expect(try transcribe().errors.contains("1 taken from the disk"))
            #expect(try place.run(sums).output == whole)
        }
        // With its record, a file that was changed is written from the JSON as well.
        _ = try place.run("sed -i s/after/be/ data/transcripts/2024/01/15/t-1.txt")
        let command = "transcribe --command './program {wav}'"
        let mended = try place.run(command, input: first.output)
        #expect(mended.output == first.output)
        #expect(try place.run(sums).output == whole)

        let more = try place.run("\(command) --write json,srt,md", input: first.output)
        let files = more.records.first.flatMap { $0["transcript"] as? [String: Any] }?["files"]
        #expect((files as? [String: String])?.keys.sorted() == ["json", "md", "srt", "txt", "vtt"])
        #expect(try place.run(sums).output.hasPrefix(whole.prefix { $0 != "\n" }))
        #expect(
            try place.run("cat data/transcripts/2024/01/15/t-1.srt").output
                .hasSuffix("\nGood afternoon there.\n\n"))
        // What the record lists stays whole, whatever is asked for later.
        _ = try place.run("rm data/transcripts/2024/01/15/t-1.md")
        #expect(try place.run(command, input: more.output).output == more.output)
        #expect(try place.run("ls data/transcripts/2024/01/15/t-1.md").status == 0)
        #expect(try times() == 1)
        let wrong = try place.run("\(command) --write txt,doc", input: first.output)
        #expect(wrong.status == 64 && wrong.errors.contains("--write needs a list of json"))
    }

    @Test("another line, another model and other audio have another key")
    func otherKey() throws {
        for (options, command) in [("", "{wav}"), ("", "{wav} you"), ("--speakers b,a", "{wav}")] {
            #expect(try transcribe(options, command: command).status == 0)
        }
        #expect(try times() == 3)
        let other = try place.call(
            [Tone(channel: 0, start: 2, end: 5, hertz: 700)], seconds: 10, channels: 1)
        let outcome = try place.run(
            "transcribe --speakers b,a --command './program {wav}'", input: other)
        #expect(outcome.status == 0)
        #expect(try times() == 4)
    }

    @Test("files with other hashes than the record tells were changed, and are made again")
    func changed() throws {
        let first = try transcribe()
        let again = try place.run(
            """
            sed -i s/after/be/ data/transcripts/2024/01/15/t-1.*
            transcribe --command './program {wav}'
            """, input: first.output)
        #expect(again.status == 0)
        #expect(try times() == 2)
        let transcript = again.records.first?["transcript"] as? [String: Any]
        #expect(transcript?["text"] as? String == "Good afternoon there.")
    }

    @Test("beside a recording of a folder lie its text files, and no other file is replaced")
    func beside() throws {
        let outcome = try place.run(
            """
            mkdir in; cp data/$(jq -r .audio.path) in/a.wav; cp in/a.wav in/b.wav; echo >>in/b.wav
            echo mine >in/b.txt; touch -d '1 hour ago' in/*.wav
            dir-list --settle 0s in >listed
            transcribe --beside --write txt,md --command './program {wav}' <listed >heard
            ls in; cat in/a.txt in/b.txt
            """, input: record)
        #expect(
            outcome.output
                == "a.md\na.txt\na.wav\nb.md\nb.txt\nb.wav\nGood afternoon there.\nmine\n",
            "\(outcome.errors)")
        #expect(outcome.errors.contains("in/b.txt alone: it is not of this tool"))
        // Other words replace its own file, and a file that its owner has changed stays.
        let again = try place.run(
            """
            echo changed >in/a.md
            transcribe --beside --write txt,md --command './program {wav} you' <heard >/dev/null
            cat in/a.txt in/a.md in/b.txt
            """)
        #expect(again.output == "Good afternoon you.\nchanged\nmine\n", "\(again.errors)")
        #expect(again.errors.contains("in/a.md alone"))
        let copied = try place.run(
            """
            dir-list --settle 0s --copy --data other in | head -1 |
                transcribe --data other --beside --command './program {wav}' >/dev/null
            """)
        #expect(copied.errors.contains("its folder is not known"))
    }
}
