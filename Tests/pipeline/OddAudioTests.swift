// OddAudioTests: recordings as recorders, browsers and meeting rooms leave them, heard whole by
// transcribe.
import Foundation
import Testing

@Suite struct OddAudioTests {
    private let place: Workplace
    private let fake: Fake

    init() throws {
        place = try Workplace()
        fake = try place.start("deepgram.py", ["--key", "dg-right"])
        place["DEEPGRAM_URL"] = fake.url
        place["DEEPGRAM_API_KEY"] = "dg-right"
    }

    /// Runs a script that makes the file `audio` in a directory with the tones of a call, and gives
    /// its record.
    private func record(
        _ tones: [Tone] = Tone.call, channels: Int = 2, by script: String
    ) throws -> String {
        _ = try place.call(tones, channels: channels)
        let outcome = try place.run(
            """
            cd data/audio && mv t-1.wav call.wav && { \(script)
            } && jq -nc --arg sha $(sha256sum audio | cut -d' ' -f1) '{id: "t:1",
                start: "2024-01-15T14:03:11Z", audio: {path: "audio/audio", bytes: 1, sha256: $sha,
                type: "audio/wav"}}'
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output
    }

    private func transcribe(_ record: String, _ options: String = "") throws -> Outcome {
        try place.run("transcribe --engine deepgram \(options)", input: record)
    }

    private static let mono = Tone.call.filter { $0.channel == 0 }

    @Test(
        "a track for each party is a channel for each party",
        arguments: ["-c:a aac -f mp4", "-c:a libopus -f matroska"])
    func tracks(_ codec: String) throws {
        let tones = [
            Tone(channel: 0, start: 1, end: 3, hertz: 400),
            Tone(channel: 1, start: 5, end: 7, hertz: 800),
        ]
        let record = try record(
            tones,
            by: """
                ffmpeg -nostdin -v error -i call.wav -filter_complex \
                    '[0]asplit[l][r]; [l]pan=mono|c0=c0[a]; [r]pan=mono|c0=c1[b]' \
                    -map '[a]' -map '[b]' \(codec) audio
                """)
        try transcribe(record).expectTones(tones)
        #expect(try fake.count("requests") == 2, "the file itself would be heard in part")
        try transcribe(record, "--channels mix --force").expectTones(
            tones.map { Tone(channel: 0, start: $0.start, end: $0.end, hertz: $0.hertz) })
    }

    @Test("a track without a decoder is told")
    func strangeTrack() throws {
        let record = try record(
            by: """
                ffmpeg -nostdin -v error -i call.wav -filter_complex \
                    '[0]asplit[l][r]; [l]pan=mono|c0=c0[a]; [r]pan=mono|c0=c1[b]' \
                    -map '[a]' -map '[b]' -c:a:0 flac -c:a:1 ac3 -f matroska audio
                """)
        let outcome = try transcribe(record)
        outcome.expectTones(OddAudioTests.mono)
        #expect(outcome.errors.contains("t:1: 1 of 2 audio tracks are left out"))
    }

    @Test(
        "a channel that is a copy of the other puts no sentence into both mouths",
        arguments: [-1, 0.5, -0.5])
    func copies(_ level: Double) throws {
        let record = try record(
            OddAudioTests.mono, channels: 1,
            by: """
                ffmpeg -nostdin -v error -i call.wav -filter_complex \
                    'aeval=val(0)|val(0)*\(level):c=stereo' -f wav audio
                """)
        for options in ["", "--channels mix --force"] {
            let outcome = try transcribe(record, options)
            outcome.expectTones(OddAudioTests.mono)
            let transcript = outcome.records.first?["transcript"] as? [String: Any]
            let segments = transcript?["segments"] as? [[String: Any]] ?? []
            #expect(segments.allSatisfy { $0["speaker"] == nil })
        }
        #expect(try fake.count("channels") == 2, "one for each request")
    }

    @Test(
        "sound that the header does not count is heard",
        arguments: [
            // The size of the samples, in the header of a WAV, states the first second only.
            "printf '\\200\\076\\0\\0' | dd of=audio bs=1 seek=40 conv=notrunc status=none",
            // A header of one sample, and the whole file behind it.
            "{ head -c 40 call.wav; printf '\\2\\0\\0\\0\\1\\1'; cat call.wav; } > audio",
        ])
    func behind(_ script: String) throws {
        let record = try record(
            OddAudioTests.mono, channels: 1, by: "cp call.wav audio; \(script)")
        try transcribe(record).expectTones(OddAudioTests.mono)
    }

    @Test("two files in one are one call")
    func appended() throws {
        let record = try record(
            Tone.brief, channels: 1,
            by: """
                ffmpeg -nostdin -v error -t 10 -i call.wav -c:a alac part.m4a
                cat part.m4a part.m4a > audio
                """)
        let later = Tone.brief.map {
            Tone(channel: 0, start: $0.start + 10, end: $0.end + 10, hertz: $0.hertz)
        }
        try transcribe(record).expectTones(Tone.brief + later)
    }

    @Test("Opus in WebM, as browsers leave it, goes to a service as it is")
    func webm() throws {
        let record = try record(
            by: "ffmpeg -nostdin -v error -i call.wav -c:a libopus -b:a 64k -live 1 -f webm audio")
        try transcribe(record).expectTones()
        #expect(try fake.count("requests") == 1)
    }

    @Test(
        "a call that nobody took has an empty transcript, which costs nothing",
        arguments: [
            "head -c 40 call.wav >audio; printf '\\0\\0\\0\\0' >>audio; "
                + "printf '\\x24\\0\\0\\0' | dd of=audio bs=1 seek=4 conv=notrunc status=none",
            "ffmpeg -nostdin -v error -f s16le -i /dev/null -c:a libopus -f ogg audio",
            "ffmpeg -nostdin -v error -f s16le -i /dev/null -c:a aac -f mp4 audio",
        ])
    func nothing(_ script: String) throws {
        let record = try record(by: script)
        for options in ["", "--price 1 --budget 0 --force"] {
            let outcome = try transcribe(record, options)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let transcript = outcome.records.first?["transcript"] as? [String: Any]
            #expect(transcript?["text"] as? String == "")
            #expect((transcript?["segments"] as? [Any])?.isEmpty == true)
        }
        #expect(try fake.count("requests") == 0)
        let file = try place.run("jq -c '[.duration, .text]' data/transcripts/2024/01/15/t-1.json")
        #expect(file.output == "[0,\"\"]\n")
    }

    @Test("a recording of which only the header came is a failure, not a call without words")
    func onlyHeader() throws {
        let outcome = try transcribe(try record(by: "head -c 44 call.wav >audio"))
        outcome.expectFailure("item", "audio", "no sound")
    }
}
