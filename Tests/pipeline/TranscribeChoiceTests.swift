// TranscribeChoiceTests: who speaks, what takes over, what it costs, and what is not done again.
import Foundation
import Testing

@Suite struct TranscribeChoiceTests {
    private let place: Workplace
    private let records: String

    /// A stereo call of 3 s and a mono one.
    init() throws {
        place = try Workplace()
        try place.startToneEngine()
        let outcome = try place.run(
            """
            sounds=/usr/share/asterisk/sounds/en_US_f_Allison
            mkdir -p data/audio
            cd data/audio
            ffmpeg -nostdin -v error -i $sounds/goodbye.wav -i $sounds/privacy-prompt.wav \
                -filter_complex '[0]adelay=2000,apad[a];[1]apad[b];[a][b]join' -t 3 stereo.wav
            ffmpeg -nostdin -v error -i $sounds/privacy-prompt.wav -t 3 mono.wav
            for file in *; do
                jq -nc --arg file $file --arg sha $(sha256sum $file | cut -d' ' -f1) \
                    --argjson bytes $(stat -c %s $file) '{id: "t:\\($file)", direction: "outbound",
                    start: "2024-01-15T14:03:11Z", audio: {path: "audio/\\($file)", bytes: $bytes,
                    sha256: $sha, type: "audio/wav"}}'
            done
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        records = outcome.output
    }

    private func transcript(_ outcome: Outcome, _ id: String) throws -> [String: Any] {
        let record = try #require(outcome.records.first { $0["id"] as? String == id })
        return try #require(record["transcript"] as? [String: Any], "\(outcome.errors)")
    }

    private func speakers(_ transcript: [String: Any]) -> Set<String?> {
        Set((transcript["segments"] as? [[String: Any]] ?? []).map { $0["speaker"] as? String })
    }

    @Test("from and to are the agent and the customer as the call's direction says")
    func direction() throws {
        let outbound = try place.run("transcribe --speakers to,from", input: records)
        let first = try transcript(outbound, "t:stereo.wav")
        #expect(speakers(first) == ["customer", "agent"])
        let segments = try #require(first["segments"] as? [[String: Any]])
        #expect(
            segments.allSatisfy {
                ($0["channel"] as? Int == 0) == ($0["speaker"] as? String == "customer")
            })
        let unknown = records.replacingOccurrences(of: #""direction":"outbound","#, with: "")
        let neither = try place.run("transcribe --speakers to,from", input: unknown)
        #expect(speakers(try transcript(neither, "t:stereo.wav")) == ["channel-0", "channel-1"])
    }

    @Test("exchanged sides are in the files, cost nothing, and stay when the call is heard again")
    func swapped() throws {
        let stereo = records.split(separator: "\n").first { $0.contains("t:stereo.wav") } ?? ""
        let heard = try place.run(
            "transcribe --speakers to,from | state-mark transcribe", input: String(stereo))
        let before = try transcript(heard, "t:stereo.wav")
        let swapped = try place.run(
            "state-show t:stereo.wav | call-measure --swap | state-mark measure")
        #expect(swapped.status == 0, "\(swapped.errors)")
        func agents(_ transcript: [String: Any]) -> Set<Int?> {
            let segments = transcript["segments"] as? [[String: Any]] ?? []
            return Set(
                segments.filter { $0["speaker"] as? String == "agent" }.map {
                    $0["channel"] as? Int
                })
        }
        let after = try transcript(swapped, "t:stereo.wav")
        #expect(agents(before) == [1])
        #expect(agents(after) == [0])
        #expect(before["key"] as? String == after["key"] as? String)
        let file = try place.run(
            "jq -c '[.segments[] | select(.speaker == \"agent\") | .channel] | unique' data/transcripts/*/*/*/*.json"
        )
        #expect(file.output == "[0]\n")
        // Nothing is heard again for it, and what is heard again has the new sides.
        let same = try place.run(
            """
            state-show t:stereo.wav >one && transcribe --speakers to,from <one >two && cmp one two
            """)
        #expect(same.status == 0, "\(same.errors)")
        let again = try place.run("state-show t:stereo.wav | transcribe --speakers to,from --force")
        #expect(agents(try transcript(again, "t:stereo.wav")) == [0])
        let measured = try place.run("state-show t:stereo.wav | call-measure")
        #expect(agents(try transcript(measured, "t:stereo.wav")) == [0])
        let back = try place.run("state-show t:stereo.wav | call-measure --swap")
        #expect(agents(try transcript(back, "t:stereo.wav")) == [1])
        let mono = records.split(separator: "\n").first { $0.contains("t:mono.wav") } ?? ""
        let none = try place.run("transcribe | call-measure --swap", input: String(mono))
        #expect(none.status == 1)
        #expect(none.errors.contains("it has no agent and customer"), "\(none.errors)")
    }

    @Test("a transcript says how it came about, and what it cost by the minute of each channel")
    func provenance() throws {
        let outcome = try place.run("transcribe --price 2", input: records)
        let provenance = try #require(
            try transcript(outcome, "t:stereo.wav")["provenance"] as? [String: Any])
        // Two channels of three seconds, without their long pauses.
        let seconds = try #require(provenance["seconds"] as? Double)
        #expect((4...6).contains(seconds))
        let cost = try #require(provenance["cost"] as? Double)
        #expect(abs(cost - 2 * seconds / 60) < 1e-4)
        #expect((provenance["identity"] as? String)?.hasPrefix("base.en sha256:") == true)
        #expect((provenance["at"] as? String)?.hasSuffix("Z") == true)
        let read = "sha256sum data/transcripts/2024/01/15/*"
        let files = try place.run(read).output
        let free = try place.run("transcribe --force", input: records)
        #expect(try place.run(read).output == files, "the same work gives the same files")
        let unpriced = try #require(
            try transcript(free, "t:mono.wav")["provenance"] as? [String: Any])
        #expect(unpriced["cost"] == nil, "what nobody named is not 0")
    }

    @Test("a budget stops the line with 75 before it is passed, and nothing is half done")
    func budget() throws {
        // The mono call costs 0.1, the stereo one 0.2.
        let outcome = try place.run(
            "transcribe --price whisper.cpp=2 --budget 0.25 --jobs 1", input: records)
        #expect(outcome.status == 75)
        #expect(outcome.records.count == 1)
        #expect(outcome.errors.contains("is left of the budget of 0.25"))
        #expect(try place.run("ls data/transcripts/2024/01/15 | wc -l").output == "3\n")
        let enough = try place.run("transcribe --price 2 --budget 0.3 --jobs 2", input: records)
        #expect(enough.status == 0, "\(enough.errors)")
    }

    @Test("what the first engine fails on goes to the other, and says so")
    func fallback() throws {
        let program = "#!/bin/sh\necho error: no memory on the device >&2\nexit 10\n"
        try Data(program.utf8).write(to: URL(filePath: "\(place.path)/whisper-cli"))
        let command = """
            chmod +x whisper-cli; echo model > ggml-tiny.bin
            transcribe --engine whisper.cpp --model ggml-tiny.bin --whisper-cli ./whisper-cli
            """
        let alone = try place.run(command, input: records)
        #expect(alone.status == 1 && alone.records.allSatisfy { $0["error"] != nil })
        let fallback = " --fallback command --command 'printf %.0shello {wav}'"
        let outcome = try place.run(command + fallback, input: records)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("command takes over"))
        let transcript = try transcript(outcome, "t:mono.wav")
        #expect(transcript["engine"] as? String == "command")
        let after = (transcript["provenance"] as? [String: Any])?["after"] as? String
        #expect(after?.hasPrefix("whisper.cpp: run whisper.cpp") == true, "\(after ?? "nothing")")
        let again = try place.run(command + fallback + " --keep-order", input: outcome.output)
        #expect(again.output == outcome.output, "what the other engine made is done")
    }

    @Test("a service that cannot be reached stops the line, unless another engine takes over")
    func unreachable() throws {
        // Nothing listens on the port 1.
        let command =
            "CALLPIPE_HTTP_ATTEMPTS=1 OPENAI_DIALECT=speaches OPENAI_BASE_URL=http://127.0.0.1:1/v1 "
            + "OPENAI_API_KEY=k transcribe --engine openai"
        #expect(try place.run(command, input: records).status == 69)
        let outcome = try place.run(
            command + " --fallback command --command 'printf %.0shello {wav}'", input: records)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("command takes over"))
    }

    @Test("settings choose the engine, the fallback and the language, and options win")
    func environment() throws {
        place["CALLPIPE_ENGINE"] = "command"
        place["CALLPIPE_COMMAND"] = "printf %.0shello {wav}"
        let chosen = try place.run("transcribe", input: records)
        let transcript = try transcript(chosen, "t:mono.wav")
        #expect(transcript["engine"] as? String == "command")
        #expect(transcript["text"] as? String == "hello")
        let option = try place.run("transcribe --engine whisper.cpp", input: records)
        #expect(option.records.allSatisfy { "\($0)".contains("whisper.cpp") }, "\(option.errors)")

        place["CALLPIPE_ENGINE"] = "whisper.cpp"
        place["CALLPIPE_ENGINE_FALLBACK"] = "command"
        place["CALLPIPE_LANGUAGE"] = "de"
        let whisper = try place.run("transcribe --force", input: records)
        #expect(whisper.status == 0, "\(whisper.errors)")
        #expect(try place.run("sort -u ggml-base.en.bin.log").output == "de\nen\n")
        place["WHISPER_CLI"] = "/bin/false"
        let fallen = try place.run("transcribe --force", input: records)
        #expect(fallen.errors.contains("command takes over"), "\(fallen.errors)")
    }

    @Test("an address of WhisperX chooses it, but not against a model of whisper.cpp")
    func whisperX() throws {
        place["WHISPERX_URL"] = "http://127.0.0.1:9"
        let both = try place.run("transcribe", input: records)
        #expect(both.status == 78, "\(both.errors)")
        #expect(both.errors.contains("CALLPIPE_ENGINE"))
        place["WHISPER_MODEL"] = nil
        place["WHISPERX_DIALECT"] = "fastapi"
        let dry = try place.run("transcribe --dry-run", input: records)
        #expect(dry.errors.contains("by whisperx large-v3"), "\(dry.errors)")
        place["CALLPIPE_ENGINE"] = "dictation"
        let wrong = try place.run("transcribe", input: records)
        #expect(wrong.status == 78 && wrong.errors.contains("CALLPIPE_ENGINE"), "\(wrong.errors)")
    }

    @Test("a transcript that another wrote stays, where it is asked for")
    func unlessTranscript() throws {
        let line =
            #"{"id":"t:1","transcript":{"path":"transcripts/t-1.json","text":"Hello.","#
            + #""engine":"ringcentral","segments":[]}}"# + "\n"
        let outcome = try place.run("transcribe --unless-transcript", input: line)
        #expect(outcome.status == 0 && outcome.output == line, "\(outcome.errors)")
        #expect(try place.run("transcribe", input: line).status == 1, "there is no audio")
    }

    @Test(
        "an option that the engine does not heed is refused, before anything is done",
        arguments: [
            "--redact pci", "--diarize", "--url http://[::1]",
            "--command 'cat {wav}' --vad-model x", "--command 'cat {wav}' --server",
            "--engine openai --redact pci", "--engine openai --memory 4G",
            "--engine deepgram --redact pci --fallback whisper.cpp",
            "--command 'cat {wav}' --dialect groq",
        ])
    func unheeded(_ options: String) throws {
        for name in ["OPENAI_API_KEY", "DEEPGRAM_API_KEY"] { place[name] = "k" }
        let outcome = try place.run("transcribe \(options)", input: records)
        #expect(outcome.status == 64, "\(outcome.errors)")
        #expect(outcome.output == "")
        #expect(outcome.errors.contains(" is not for "), "\(outcome.errors)")
    }

    @Test("an option that one of two engines heeds is for that one")
    func heeded() throws {
        let outcome = try place.run(
            "transcribe --engine whisper.cpp --fallback command --command 'cat {wav}' --memory 4G",
            input: records)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test(
        "audio that is missing, cut off or changed since it was made is named, to be fetched again",
        arguments: [
            ("printf x >>$f", "integrity"), ("truncate -s -100 $f", "integrity"),
            (": >$f", "integrity"), ("rm $f", "storage"), ("truncate -s 44 $f", "integrity"),
        ])
    func exchanged(_ script: String, _ kind: String) throws {
        _ = try place.run("f=data/audio/$(ls data/audio | head -1); \(script)")
        let outcome = try place.run("transcribe", input: records)
        #expect(outcome.status == 1)
        let errors = outcome.records.compactMap { $0["error"] as? [String: Any] }
        #expect(errors.count == 1)
        #expect(errors.first?["file"] as? String == "audio")
        #expect(errors.first?["class"] as? String == "temporary")
        #expect(errors.first?["kind"] as? String == kind)
    }

    @Test("audio that is as it was made, and no recording, is not to be fetched again")
    func unreadable() throws {
        let outcome = try place.run(
            """
            f=data/audio/$(ls data/audio | head -1); head -c 3000 $f >cut; mv cut $f
            jq -c --arg f ${f#data/} --arg sha $(sha256sum $f | cut -d' ' -f1) \
                'if .audio.path == $f then .audio.sha256 = $sha else . end' | transcribe
            """, input: records)
        let errors = outcome.records.compactMap { $0["error"] as? [String: Any] }
        #expect(errors.count == 1)
        #expect(errors.first?["kind"] as? String == "audio" && errors.first?["file"] == nil)
    }

    @Test("files of a transcript that were changed or are missing are made again, and else are not")
    func changed() throws {
        let first = try place.run("transcribe --keep-order", input: records)
        let files = "data/transcripts/2024/01/15"
        for change in [": >\(files)/t-mono.wav.txt", "sed -i s/a/b/ \(files)/*.vtt"] {
            let sums = try place.run("sha256sum \(files)/*").output
            _ = try place.run(change)
            let again = try place.run(
                "transcribe --keep-order -vv", input: first.output)
            #expect(again.status == 0, "\(again.errors)")
            #expect(try place.run("sha256sum \(files)/*").output == sums)
        }
        let inodes = try place.run("stat -c %i \(files)/*").output
        _ = try place.run("transcribe", input: first.output)
        #expect(try place.run("stat -c %i \(files)/*").output == inodes)
    }

    @Test(
        "amounts and bounds that are none are refused",
        arguments: [
            "--price cheap", "--price whisper.cpp=-1", "--budget 1", "--budget nan --price 1",
            "--doubt-below 2", "--doubt-below much", "--fallback dictation",
            "--engine whisper.cpp --price 1 --budget 1 --fallback command --command 'cat {wav}'",
        ])
    func refused(_ options: String) throws {
        let outcome = try place.run("transcribe \(options)", input: records)
        #expect(outcome.status == 64 || outcome.status == 78, "\(outcome.errors)")
        #expect(outcome.output == "")
    }

    @Test(
        "an empty entry of PATH is the working directory for --command, as POSIX says",
        arguments: [":$PATH", "$PATH:", "/nowhere::$PATH"])
    func emptyEntryOfPath(_ path: String) throws {
        let command = "transcribe --command 'spoken-here {wav}'"
        let outcome = try place.run(
            """
            printf '#!/bin/sh\necho hello\n' >spoken-here && chmod +x spoken-here
            PATH="\(path)" \(command)
            """, input: records)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try transcript(outcome, "t:mono.wav")["text"] as? String == "hello")
        #expect(try place.run(command, input: records).status == 78)
    }
}
