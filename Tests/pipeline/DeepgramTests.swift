// DeepgramTests: transcribe with Deepgram, as it answers and as it fails.
import Foundation
import Testing

@Suite struct DeepgramTests {
    private func start(_ place: Workplace, _ options: String...) throws -> Fake {
        let fake = try place.start("deepgram.py", ["--key", "dg-right"] + options)
        place["DEEPGRAM_URL"] = fake.url
        place["DEEPGRAM_API_KEY"] = "dg-right"
        return fake
    }

    @Test("each party has its words, at the right time, for one request with the file as it is")
    func stereo() throws {
        let place = try Workplace()
        let fake = try start(place)
        let outcome = try place.run("transcribe --engine deepgram", input: try place.call())
        outcome.expectTones()
        #expect(try fake.count("requests") == 1)
        #expect(try fake.count("channels") == 2)
        let transcript = outcome.records.first?["transcript"] as? [String: Any]
        #expect(transcript?["engine"] as? String == "deepgram")
        #expect(transcript?["model"] as? String == "general-nova-3")
        let provenance = transcript?["provenance"] as? [String: Any]
        #expect(provenance?["seconds"] as? Double == 90, "each channel is charged for")
        #expect(provenance?["version"] as? String == "2026-01-09.1")
        #expect((provenance?["request"] as? String)?.count == 36)
        let files = try place.run(
            """
            cat data/transcripts/2024/01/15/*.vtt
            jq -c '.segments[0].words' data/transcripts/2024/01/15/*.json
            """
        ).output
        #expect(files.contains("<v Agent>Tone 400.") && files.contains("<v Customer>Tone 800."))
        #expect(files.contains(#"[{"word":"Tone","start""#) && files.contains(#""word":"400.""#))
    }

    @Test("a mix is one channel; voices in it are told apart on request")
    func voices() throws {
        let place = try Workplace()
        let fake = try start(place)
        let tones = Tone.call.filter { $0.channel == 0 }
        let call = try place.call(tones, channels: 1)
        var outcome = try place.run("transcribe --engine deepgram", input: call)
        outcome.expectTones(tones)
        func speakers() -> [String?] {
            let transcript = outcome.records.first?["transcript"] as? [String: Any]
            let segments = transcript?["segments"] as? [[String: Any]] ?? []
            return segments.map { $0["speaker"] as? String }
        }
        #expect(speakers() == [nil, nil, nil])
        outcome = try place.run("transcribe --engine deepgram --diarize", input: call)
        #expect(speakers() == ["SPEAKER_00", "SPEAKER_01", "SPEAKER_00"])
        outcome = try place.run(
            "transcribe --engine deepgram --channels mix --language auto", input: try place.call())
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try fake.count("channels") == 3, "one for each request")
        let log = try fake.log()
        #expect(log.contains("diarize_model=latest") && log.contains("detect_language=true"))
        #expect(!log.contains("multichannel"))
    }

    @Test("what is to be redacted is written as a tag, in the words too")
    func redaction() throws {
        let place = try Workplace()
        let fake = try start(place)
        let outcome = try place.run(
            "transcribe --engine deepgram --redact pci,ssn --prompt 'Mr Miller, callpipe'",
            input: try place.call())
        #expect(outcome.status == 0, "\(outcome.errors)")
        let texts = try place.run("cat data/transcripts/2024/01/15/*").output
        #expect(texts.contains("[CREDIT_CARD_1]") && !texts.contains("Tone 500"))
        let log = try fake.log()
        #expect(log.contains("redact=pci&redact=ssn"))
        #expect(log.contains("keyterm=Mr%20Miller&keyterm=callpipe"))
    }

    @Test("a silent call is done without a request")
    func silence() throws {
        let place = try Workplace()
        let fake = try start(place)
        let outcome = try place.run("transcribe --engine deepgram", input: try place.call([]))
        outcome.expectTones([])
        #expect(try fake.count("requests") == 0)
    }

    @Test("what takes too long is asked for once again, then in ever smaller pieces")
    func cuts() throws {
        let place = try Workplace()
        let fake = try start(place, "--longest", "25")
        var outcome = try place.run("transcribe --engine deepgram", input: try place.call())
        outcome.expectTones()
        #expect(try fake.count("too_long") == 2)
        let tones = (0..<10).map { number in
            let start = Double(number) * 12 + 1
            return Tone(channel: 0, start: start, end: start + 11.3, hertz: 400 + 50 * number)
        }
        let long = try place.call(tones, seconds: 121, channels: 1)
        outcome = try place.run("transcribe --engine deepgram", input: long)
        outcome.expectTones(tones)
        place.end(fake)
        // It ends: nothing is cut for ever.
        let stubborn = try start(place, "--longest", "5")
        outcome = try place.run("transcribe --engine deepgram --force", input: long)
        outcome.expectFailure("temporary", "timeout", "its own time limit")
        #expect(try stubborn.count("requests") < 20)
    }

    @Test(
        "what passes is tried again, and then it is done",
        arguments: [
            #"{"kind":"500"}"#, #"{"kind":"503"}"#, #"{"kind":"429","penalty":0}"#,
            #"{"kind":"status","status":408}"#, #"{"kind":"status","status":504}"#,
            #"{"kind":"reset"}"#, #"{"kind":"truncate","after":20}"#, #"{"kind":"drop_reply"}"#,
            #"{"kind":"slow","chunk":64,"delay":0.005}"#,
        ])
    func passing(_ fault: String) throws {
        let place = try Workplace()
        let fake = try start(place)
        try fake.fault("{\"action\":\(fault)}")
        try place.run("transcribe --engine deepgram", input: try place.call()).expectTones()
        #expect(try fake.hasStruck())
    }

    @Test(
        "what does not pass is the record's failure",
        arguments: [
            (#"{"kind":"500"}"#, "temporary", "server", "has a failure (500"),
            (#"{"kind":"429"}"#, "temporary", "rate_limit", "fewer requests (429"),
            (#"{"kind":"status","status":408}"#, "temporary", "timeout", "too slowly (408"),
            (#"{"kind":"status","status":504}"#, "temporary", "timeout", "its own time limit"),
            (#"{"kind":"reset"}"#, "temporary", "network", "talk to 127.0.0.1"),
            (#"{"kind":"wrong_type"}"#, "temporary", "bad_response", "HTML"),
            (
                #"{"kind":"wrong_type","body":"{\"results\":{\"cha","type":"application/json"}"#,
                "temporary", "bad_response", "no whole JSON"
            ),
            (
                #"{"kind":"wrong_type","body":"{\"request_id\":\"a\"}","type":"application/json"}"#,
                "temporary", "bad_response", "without \"results\""
            ),
            (
                #"{"kind":"wrong_type","body":"{\"results\":{\"channels\":[{}]}}"}"#,
                "temporary", "bad_response", "for 1 channels, not 2"
            ),
            (
                #"{"kind":"wrong_type","body":"{\"results\":{\"channels\":[{},{}]}}"}"#,
                "temporary", "bad_response", "no word for 7 s of sound"
            ),
            (
                #"{"kind":"wrong_type","body":"{\"metadata\":{\"duration\":5},\"results\":{\"channels\":[{},{}]}}"}"#,
                "temporary", "bad_response", "for 5 of 10 seconds"
            ),
            (
                #"{"kind":"status","status":400,"message":"corrupt or unsupported data"}"#,
                "item", "audio", "cannot read the sound (400"
            ),
            (#"{"kind":"status","status":413}"#, "item", "audio", "too large for it (413"),
            (#"{"kind":"status","status":415}"#, "item", "audio", "cannot read the sound (415"),
        ])
    func failing(_ fault: String, _ scope: String, _ kind: String, _ words: String) throws {
        let place = try Workplace()
        let fake = try start(place)
        try fake.fault("{\"action\":\(fault),\"times\":0}")
        let outcome = try place.run(
            "transcribe --engine deepgram", input: try place.call(Tone.brief, seconds: 10))
        outcome.expectFailure(scope, kind, words)
        #expect(try fake.hasStruck())
    }

    @Test(
        "what no record can escape stops the line, whatever shape the error has",
        arguments: [
            (402, 75, "credit is used up (402"), (403, 77, "may not use model nova-3 (403"),
            (414, 78, "does not arrive complete (414"), (404, 78, "no such service"),
        ] as [(Int, Int32, String)], ["err_code", "category", "text"])
    func stopping(_ expected: (Int, Int32, String), _ shape: String) throws {
        let place = try Workplace()
        let fake = try start(place, "--errors", shape)
        try fake.fault(
            #"{"action":{"kind":"status","status":\#(expected.0)},"times":0}"#)
        let outcome = try place.run(
            "transcribe --engine deepgram", input: try place.call(Tone.brief, seconds: 10))
        #expect(outcome.status == expected.1, "\(outcome.errors)")
        #expect(outcome.output == "" && outcome.errors.contains(expected.2))
        #expect(try fake.count("requests") == 1)
    }

    @Test(
        "a setting that the service does not take stops the line", arguments: ["err_code", "text"])
    func wrongModel(_ shape: String) throws {
        let place = try Workplace()
        _ = try start(place, "--errors", shape)
        for options in ["--model nova-33", "--redact everything"] {
            let outcome = try place.run(
                "transcribe --engine deepgram \(options)",
                input: try place.call(Tone.brief, seconds: 10))
            #expect(outcome.status == 78, "\(outcome.errors)")
            #expect(outcome.errors.contains("does not take the settings"))
        }
    }

    @Test("a wrong key is not shown, nor half of it; a right one may lie in a file")
    func key() throws {
        let place = try Workplace()
        let fake = try start(place)
        place["DEEPGRAM_API_KEY"] = "dg-wrong-and-secret"
        var outcome = try place.run(
            "transcribe --engine deepgram", input: try place.call(Tone.brief, seconds: 10))
        #expect(outcome.status == 77, "\(outcome.errors)")
        #expect(outcome.errors.contains("does not accept the key"))
        #expect(!outcome.errors.contains("dg-") && outcome.output == "")
        place["DEEPGRAM_API_KEY"] = nil
        place["DEEPGRAM_API_KEY_FILE"] = "\(place.path)/key"
        place["DEEPGRAM_MIP_OPT_OUT"] = "true"
        try Data("dg-right\n".utf8).write(to: URL(filePath: "\(place.path)/key"))
        outcome = try place.run(
            "transcribe --engine deepgram", input: try place.call(Tone.brief, seconds: 10))
        outcome.expectTones(Tone.brief)
        #expect(try fake.count("opted_out") == 1)
    }

    @Test("the key goes nowhere else, wherever the service points")
    func redirect() throws {
        let place = try Workplace()
        let other = try start(place)
        let fake = try start(place)
        try fake.fault(
            #"{"action":{"kind":"status","status":307,"headers":{"Location":"\#(other.url)/v1/listen"}}}"#
        )
        let outcome = try place.run(
            "transcribe --engine deepgram", input: try place.call(Tone.brief, seconds: 10))
        #expect(outcome.status == 78 && outcome.errors.contains("no such service at the address"))
        #expect(try fake.hasStruck() && other.count("requests") == 0)
        let office = try place.run(
            "CALLPIPE_HTTP_HOSTS=office.test transcribe --engine deepgram --url http://office.test",
            input: try place.call(Tone.brief, seconds: 10))
        #expect(office.status == 78 && office.errors.contains("everybody on the way can read"))
    }

    @Test("no word may be an answer when one says so")
    func empty() throws {
        let place = try Workplace()
        let fake = try start(place)
        try fake.fault(
            #"{"action":{"kind":"wrong_type","body":"{\"results\":{\"channels\":[{},{}]}}"}}"#)
        try place.run(
            "transcribe --engine deepgram --accept-empty",
            input: try place.call(Tone.brief, seconds: 10)
        )
        .expectTones([])
    }

    @Test(
        "a setting that cannot be used ends the tool before it reads anything",
        arguments: [
            ("transcribe --engine deepgram", 78, "DEEPGRAM_API_KEY"),
            ("DEEPGRAM_API_KEY='a b' transcribe --engine deepgram", 78, "it is no key"),
            (
                "DEEPGRAM_API_KEY=k transcribe --engine deepgram --url http://u:secret@127.0.0.1",
                78, "not the address of a service"
            ),
            ("DEEPGRAM_API_KEY=k transcribe --engine deepgram --language 'x y'", 78, "no such"),
            ("DEEPGRAM_API_KEY=k transcribe --engine deepgram --redact 'p&i'", 78, "no such group"),
        ] as [(String, Int32, String)])
    func wrong(_ command: String, _ status: Int32, _ words: String) throws {
        let outcome = try Workplace().run(command, input: "{\"id\":\"t:1\"}\n")
        #expect(outcome.status == status, "\(outcome.errors)")
        #expect(outcome.output == "" && outcome.errors.contains(words))
        #expect(!outcome.errors.contains("secret"))
    }
}
