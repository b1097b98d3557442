// TranscribeTests: transcribe as a process, by stand-ins for whisper.cpp.
import Foundation
import Testing

@Suite struct TranscribeTests {
    /// A stereo call, a mono one, one whose channels are the same, silence, and what is no audio.
    private func prepare(_ place: Workplace) throws -> String {
        let outcome = try place.run(
            """
            sounds=/usr/share/asterisk/sounds/en_US_f_Allison
            mkdir -p data/audio
            cd data/audio
            ffmpeg -nostdin -v error -i $sounds/ss-noservice.wav -i $sounds/goodbye.wav \
                -filter_complex '[1]adelay=3000[b];[0][b]join' -b:a 32k stereo.mp3
            cp $sounds/goodbye.wav mono.wav
            ffmpeg -nostdin -v error -i mono.wav -ac 2 dual.wav
            cp $sounds/silence/2.wav silence.wav
            echo 'no audio at all' > text.mp3
            for file in *; do
                jq -nc --arg file $file --arg sha $(sha256sum $file | cut -d' ' -f1) \
                    --argjson bytes $(stat -c %s $file) '{id: "t:\\($file)",
                    start: "2024-01-15T14:03:11Z", audio: {path: "audio/\\($file)", bytes: $bytes,
                    sha256: $sha, type: "audio/mpeg"}, note: 1.5}'
            done
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output
    }

    @Test("both parties are written down in three files, once")
    func parties() throws {
        let place = try Workplace()
        try place.startToneEngine()
        let outcome = try place.run("transcribe", input: try prepare(place))
        #expect(outcome.status == 1, "the text is no recording")
        #expect(outcome.errors.components(separatedBy: "unable to").count == 2)
        var transcripts: [String: [String: Any]] = [:]
        for record in outcome.records {
            let id = record["id"] as? String ?? ""
            if let transcript = record["transcript"] as? [String: Any] {
                transcripts[id] = transcript
            } else {
                #expect(id == "t:text.mp3")
                #expect((record["error"] as? [String: Any])?["kind"] as? String == "audio")
            }
        }
        #expect(outcome.output.components(separatedBy: "\"note\":1.5").count == 6)

        func speakers(_ id: String) -> Set<String?> {
            let segments = transcripts[id]?["segments"] as? [[String: Any]] ?? []
            return Set(segments.map { $0["speaker"] as? String })
        }
        #expect(speakers("t:stereo.mp3") == ["agent", "customer"])
        #expect(speakers("t:mono.wav") == [nil])
        #expect(speakers("t:dual.wav") == [nil], "two channels of the same are one party or a mix")
        #expect(transcripts["t:silence.wav"]?["text"] as? String == "")
        let files = try place.run("cd data/transcripts/2024/01/15 && ls && cat t-stereo.mp3.txt")
        #expect(files.output.contains("t-silence.wav.vtt\n"))
        #expect(files.output.contains("\nAgent: ") && files.output.contains("\nCustomer: "))
        let document = try place.run("jq -c . data/transcripts/2024/01/15/t-stereo.mp3.json")
        #expect(document.records.first?["duration"] is Double)
        #expect(document.output.contains("\"words\":[{\"word\":\""))

        // What is done passes byte for byte, until its files or what it depends on change.
        let done = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.contains("\"error\"") }.joined(separator: "\n")
        #expect(
            try place.run("rm data/audio/*; transcribe --jobs 1", input: done).output == done,
            "not even the audio is read")
        #expect(try place.run("transcribe --force", input: done).status == 1)
        #expect(try place.run("transcribe --channels mix", input: done).status == 1)
    }

    @Test("a recording that is cut off is no transcript, unless what is there will do")
    func cutOff() throws {
        let place = try Workplace()
        try place.startEngine()
        let records = try place.run(
            """
            sounds=/usr/share/asterisk/sounds/en_US_f_Allison
            mkdir -p data/audio
            cp $sounds/goodbye.wav data/audio/whole.wav
            head -c $(($(stat -c %s $sounds/ss-noservice.wav) / 2)) $sounds/ss-noservice.wav \
                >data/audio/half.wav
            cd data/audio
            for name in half whole; do
                jq -nc --arg name $name --arg sha $(sha256sum $name.wav | cut -d' ' -f1) \
                    --argjson bytes $(stat -c %s $name.wav) '{id: "t:\\($name)",
                    start: "2024-01-15T14:03:11Z", audio: {path: "audio/\\($name).wav",
                    bytes: $bytes, sha256: $sha, type: "audio/wav"}}'
            done
            """
        ).output
        let outcome = try place.run("transcribe", input: records)
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(outcome.records.count == 2)
        for record in outcome.records {
            let isHalf = record["id"] as? String == "t:half"
            let error = record["error"] as? [String: Any]
            #expect((record["transcript"] != nil) == !isHalf)
            #expect(error?["class"] as? String == (isHalf ? "item" : nil))
            #expect(error?["kind"] as? String == (isHalf ? "audio" : nil))
        }
        #expect(outcome.errors.contains("it is cut off, "))
        #expect(outcome.errors.contains("--accept-truncated"))
        let taken = try place.run("transcribe --accept-truncated", input: records)
        #expect(taken.status == 0, "\(taken.errors)")
        #expect(taken.records.allSatisfy { $0["transcript"] != nil })
        #expect(taken.errors.contains("t:half: it is cut off, "))
    }

    @Test("whisper.cpp is used where WHISPER_MODEL is set, and loaded once for many")
    func whisper() throws {
        let place = try Workplace()
        let records = try prepare(place)
        let program = """
            #!/bin/bash
            echo run >> \(place.path)/runs
            while [ $# -gt 0 ]; do
                [ "$1" = -f ] && printf '{"result":{"language":"en"},"transcription":[{"offsets":
                    {"from":0,"to":2000},"text":" Hello <there>.","tokens":[{"text":" Hello","p":0.5,
                    "offsets":{"from":0,"to":900}}]}]}' > "$2.json"
                shift
            done
            """
        try Data(program.utf8).write(to: URL(filePath: "\(place.path)/whisper-cli"))
        place["WHISPER_MODEL"] = "\(place.path)/ggml-base.en.bin"
        place["PATH_FIRST"] = "1"
        place["PATH"] = "\(place.path):\(place["PATH"] ?? "")"
        let outcome = try place.run(
            "chmod +x whisper-cli; echo model > ggml-base.en.bin; transcribe", input: records)
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(outcome.errors.components(separatedBy: "\n").count == 2, "one line for the text")
        #expect(try place.run("wc -l < runs").output.contains { "123".contains($0) })
        let captions = try place.run("cat data/transcripts/2024/01/15/t-stereo.mp3.vtt").output
        #expect(captions.hasPrefix("WEBVTT\n\n00:00:00.100 --> 00:00:00.900\n<v Agent>Hello &lt;"))
        let transcript = outcome.records.compactMap { $0["transcript"] as? [String: Any] }.first
        #expect(transcript?["engine"] as? String == "whisper.cpp")
        #expect(transcript?["model"] as? String == "base.en")
    }

    @Test(
        "a wrong setting ends the tool before it reads anything",
        arguments: [
            ("transcribe --engine dictation", 64), ("transcribe --channels left", 64),
            ("transcribe --model base-q9_9 --whisper-cli /bin/true", 78),
            ("transcribe --model /nowhere.bin --whisper-cli /bin/true", 78),
            ("transcribe --whisper-cli /nowhere/whisper-cli", 78),
            ("WHISPER_MODEL=/nowhere.bin transcribe --whisper-cli /bin/true", 78),
        ] as [(String, Int32)])
    func settings(_ command: String, _ status: Int32) throws {
        let outcome = try Workplace().run(command, input: "{\"id\":\"t:1\"}\n")
        #expect(outcome.status == status, "\(outcome.errors)")
        #expect(outcome.output == "")
    }

    @Test("without a program or a model the tool ends, and says what installs them")
    func uninstalled() throws {
        let place = try Workplace()
        place["PATH"] = "/usr/bin:/bin"
        let bare = try place.run(
            "mkdir bin; cp \(Workplace.programs)/transcribe bin; bin/transcribe", input: "")
        #expect(bare.status == 78)
        #expect(bare.errors.contains("make whisper"), "\(bare.errors)")
        let half = try place.run("bin/transcribe --whisper-cli /bin/true", input: "")
        #expect(half.status == 78)
        #expect(half.errors.contains("callpipe-model tiny.en"), "\(half.errors)")
        let other = try place.run("WHISPER_CLI=true bin/transcribe --model small-q5_1", input: "")
        #expect(other.status == 78)
        #expect(other.errors.contains("callpipe-model small-q5_1"), "\(other.errors)")
    }

    @Test("a dry run says what it would do, and does nothing")
    func dryRun() throws {
        let place = try Workplace()
        try place.startEngine()
        let records = try prepare(place)
        let outcome = try place.run("transcribe --dry-run --jobs 1", input: records)
        #expect(outcome.status == 0 && outcome.output == records)
        #expect(outcome.errors.contains("would transcribe t:mono.wav by whisper.cpp base.en"))
        #expect(try place.run("ls data").output == "audio\n")
    }

    @Test(
        "a quarter of an hour of silence is a call without words; an hour is a failure, or accepted"
    )
    func silence() throws {
        let place = try Workplace()
        try place.startEngine()
        let call = try place.call([], seconds: 900, channels: 1)
        let quiet = try place.run("transcribe", input: call)
        #expect(quiet.status == 0, "\(quiet.errors)")
        let long = try place.call([], seconds: 3600, channels: 1)
        let refused = try place.run("transcribe", input: long)
        refused.expectFailure("item", "audio", "no speech in 1 h")
        let taken = try place.run("transcribe --accept-empty", input: long)
        #expect(taken.status == 0, "\(taken.errors)")
        let transcript = taken.records.first?["transcript"] as? [String: Any]
        #expect(transcript?["text"] as? String == "")
    }
}
