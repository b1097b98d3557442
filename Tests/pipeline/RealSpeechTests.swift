// RealSpeechTests: transcribe with the real whisper.cpp, on speech and on what is none.
import Foundation
import Testing

@Suite(
    "real speech", .serialized,
    .enabled(if: Workplace.hasWhisper, "needs whisper.cpp and a model: make whisper model"))
struct RealSpeechTests {
    @Test(
        "each utterance has its channel, its place in the order, and its times within 0.3 s",
        arguments: ["", "--server", "--whisper-cli \"$INSTALLED/lib/callpipe/whisper-cli\""],
        RealCall.allCases)
    func places(_ option: String, _ call: RealCall) throws {
        let place = try Workplace()
        place["INSTALLED"] = Workplace.installed
        let truth = try place.make(call)
        try place.run("dir-list calls --settle 0s | transcribe \(option)").expectSpoken(truth)
    }

    /// A minute of each sound, by FFmpeg's expressions.
    private static let sounds = [
        "silence": "anullsrc=r=8000:cl=mono",
        "ring-back": "aevalsrc='0.3*sin(2*PI*425*t)*lt(mod(t,5),1)':s=8000",
        "a tone": "sine=f=440:r=8000",
        // A note each quarter of a second, plucked.
        "music": """
        aevalsrc='0.4*exp(-5*mod(t,0.25))*(sin(2*PI*t*262*pow(2,mod(floor(t*4)*7,12)/12))\
        +0.5*sin(4*PI*t*262*pow(2,mod(floor(t*4)*7,12)/12)))':s=8000
        """,
        "DTMF": """
        aevalsrc='0.3*lt(mod(t,0.2),0.1)*(sin(2*PI*t*(697+73*mod(floor(t*5),4)))\
        +sin(2*PI*t*(1209+127*mod(floor(t*5)*3,4))))':s=8000
        """,
        "pink noise": "anoisesrc=c=pink:r=8000:a=0.3:seed=1",
        "white noise": "anoisesrc=c=white:r=8000:a=0.2:seed=2",
    ]

    @Test("no word is invented for a minute of silence, tones, music or noise, at once")
    func inventions() throws {
        let place = try Workplace()
        for (number, sound) in RealSpeechTests.sounds.values.enumerated() {
            let made = try place.run(
                """
                mkdir -p calls && ffmpeg -nostdin -v error -f lavfi -i "\(sound)" -t 60 \
                    -ar 8000 -ac 1 calls/\(number).wav
                """)
            #expect(made.status == 0, "\(made.errors)")
        }
        let outcome = try place.run("dir-list calls --settle 0s | transcribe")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.records.count == RealSpeechTests.sounds.count)
        for record in outcome.records {
            let transcript = try #require(record["transcript"] as? [String: Any])
            #expect(transcript["text"] as? String == "")
        }
    }

    @Test(
        "a prompt lets the engine expect a word, in its own recording alone",
        arguments: ["", "--server", "--whisper-cli \"$INSTALLED/lib/callpipe/whisper-cli\""])
    func prompt(_ option: String) throws {
        let place = try Workplace()
        place["INSTALLED"] = Workplace.installed
        // "I have a caller waiting, who introduces themselves as": heard as a colour or a collar.
        let outcome = try place.run(
            """
            mkdir calls && cp /usr/share/asterisk/sounds/en_US_f_Allison/priv-callpending.wav calls
            dir-list calls --settle 0s |
                jq -c '., (.id += "-2" | .prompt = "caller, agent"), (.id += "-3")' |
                transcribe \(option) --keep-order | jq -r .transcript.text
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            outcome.output.split(separator: "\n").map { $0.contains("caller") }
                == [false, true, false], "\(outcome.output)")
    }

    @Test(
        "a model that is cut off or quantised in an unknown way stops the line, and nothing is left",
        arguments: ["", "--server", "--whisper-cli \"$INSTALLED/lib/callpipe/whisper-cli\""],
        [
            ("head -c 20", "cut off"), ("head -c 1000", "cut off"), ("head -c 30000000", "load"),
            ("perl -pe 'BEGIN { $/ = \\48 } substr($_, 44, 1) = \"c\" if $. == 1'", "quantised"),
        ])
    func brokenModel(_ option: String, _ change: (command: String, words: String)) throws {
        let place = try Workplace()
        place["INSTALLED"] = Workplace.installed
        place["TMPDIR"] = place.path
        let outcome = try place.run(
            """
            \(change.command) "$INSTALLED/share/callpipe/models/ggml-tiny.en.bin" > broken.bin
            mkdir calls && cp /usr/share/asterisk/sounds/en_US_f_Allison/goodbye.wav calls
            dir-list calls --settle 0s > listed
            transcribe --model ./broken.bin \(option) < listed
            """)
        #expect(outcome.status == 78 && outcome.output == "", "\(outcome.errors)")
        #expect(
            outcome.errors.contains(change.words) && outcome.errors.contains("WHISPER_MODEL"),
            "\(outcome.errors)")
        #expect(try place.run("ls data/transcripts").output == "")
    }

    @Test("the words do not depend on the recordings that come together")
    func batches() throws {
        let place = try Workplace()
        _ = try place.make(.stereo)
        _ = try place.run("cp -r calls calls2 && rm calls2/call.json")
        _ = try place.make(.mono)
        let words = "jq -c '[.id, .transcript.text]' | sort"
        let outcome = try place.run(
            """
            mv calls/call.wav calls2/mono.wav
            for number in 0 1 2; do
                ffmpeg -nostdin -v error -ss $((4 * number)) -i calls2/call.wav calls2/$number.wav
            done
            dir-list calls2 --settle 0s > listed
            for jobs in 1 5; do transcribe --force --jobs $jobs < listed | \(words) > heard.$jobs; done
            tac listed | transcribe --force | \(words) > heard.back
            cmp heard.1 heard.5 && cmp heard.1 heard.back && wc -l < heard.1
            """)
        #expect(outcome.status == 0 && outcome.output == "5\n", "\(outcome.errors)")
    }
}
