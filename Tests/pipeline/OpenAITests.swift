// OpenAITests: transcribe with servers that speak OpenAI's interface, in each dialect and fault.
import Foundation
import Testing

@Suite struct OpenAITests {
    static let dialects = ["openai", "whisper.cpp", "speaches", "localai", "vllm", "groq"]

    private func start(
        _ place: Workplace, _ dialect: String = "openai", _ options: String...
    ) throws -> Fake {
        let key = dialect == "whisper.cpp" ? [] : ["--key", "sk-right"]
        let fake = try place.start("transcription.py", ["--dialect", dialect] + key + options)
        place["OPENAI_BASE_URL"] = fake.ready["base"] as? String
        place["OPENAI_DIALECT"] = dialect
        place["OPENAI_API_KEY"] = "sk-right"
        return fake
    }

    @Test(
        "each dialect gives the right words to each party, at the right time", arguments: dialects)
    func dialect(_ dialect: String) throws {
        let place = try Workplace()
        let fake = try start(place, dialect)
        let outcome = try place.run("transcribe --engine openai", input: try place.call())
        #expect(outcome.status == 0, "\(outcome.errors)")
        outcome.expectTones()
        // Nearly all of 90 s is silence, and that is not sent.
        #expect(try fake.count("milliseconds") < 25_000)
        #expect(try fake.count("leaked") <= 0)
        #expect(try fake.count("language_passes") <= 0)
        let transcript = outcome.records.first?["transcript"] as? [String: Any]
        #expect(transcript?["engine"] as? String == "openai")
        #expect(transcript?["language"] as? String == "en")
        let captions = try place.run("cat data/transcripts/2024/01/15/*.vtt").output
        #expect(
            captions.contains("<v Agent>Tone 400.") && captions.contains("<v Customer>Tone 800."))
        let words = try place.run(
            "jq -c '[.segments[].words // [] | length]' data/transcripts/2024/01/15/*.json")
        let count = dialect == "vllm" ? 0 : 2
        #expect(words.output == "[\(count),\(count),\(count),\(count),\(count)]\n")
    }

    @Test(
        "models without word times still tell when, and with voices who",
        arguments: [
            "gpt-4o-transcribe", "gpt-4o-mini-transcribe", "gpt-transcribe",
            "gpt-4o-transcribe-diarize",
        ])
    func models(_ model: String) throws {
        let place = try Workplace()
        _ = try start(place)
        let outcome = try place.run(
            "transcribe --engine openai --model \(model)", input: try place.call())
        #expect(outcome.status == 0, "\(outcome.errors)")
        outcome.expectTones()
    }

    @Test("a silent call is done without a request")
    func silence() throws {
        let place = try Workplace()
        let fake = try start(place)
        let outcome = try place.run("transcribe --engine openai", input: try place.call([]))
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try fake.count("requests") == 0)
        let transcript = outcome.records.first?["transcript"] as? [String: Any]
        #expect(transcript?["text"] as? String == "")
    }

    @Test("what is too large or too long is cut where it is quiet, and put together again")
    func cuts() throws {
        let tones = (0..<60).map { number in
            let start = Double(number) * 30 + 1
            return Tone(channel: 0, start: start, end: start + 29.2, hertz: 400 + 50 * (number % 9))
        }
        let place = try Workplace()
        let call = try place.call(tones, seconds: 1802, channels: 1)
        // 1802 s are 28.8 MB: more than OpenAI takes at once.
        var fake = try start(place)
        var outcome = try place.run("transcribe --engine openai", input: call)
        #expect(outcome.status == 0, "\(outcome.errors)")
        outcome.expectTones(tones)
        #expect(try fake.count("requests") == 2 && fake.count("errors") == 0)
        // 1802 s are more than the model takes at once.
        outcome = try place.run(
            "transcribe --engine openai --model gpt-4o-transcribe-diarize", input: call)
        #expect(outcome.status == 0, "\(outcome.errors)")
        outcome.expectTones(tones)
        #expect(try fake.count("requests") == 4 && fake.count("errors") == 0)
        place.end(fake)
        // A server that takes less than it should is given less, once.
        fake = try start(place, "openai", "--largest", "15000000", "--longest", "800")
        outcome = try place.run("transcribe --engine openai", input: call)
        #expect(outcome.status == 0, "\(outcome.errors)")
        outcome.expectTones(tones)
        outcome = try place.run(
            "transcribe --engine openai --model gpt-4o-transcribe-diarize", input: call)
        #expect(outcome.status == 0, "\(outcome.errors)")
        outcome.expectTones(tones)
        place.end(fake)
        fake = try start(place, "openai", "--largest", "5000000")
        outcome = try place.run("transcribe --engine openai", input: call)
        #expect(outcome.status == 1)
        outcome.expectFailure("item", "audio", "too long for it, even in pieces (413 server_error)")
        #expect(try fake.count("requests") <= 6, "no 413 is tried again as it is")
    }

    @Test(
        "what passes is tried again, and then it is done",
        arguments: [
            #"{"kind":"500"}"#, #"{"kind":"503"}"#, #"{"kind":"429","penalty":0}"#,
            #"{"kind":"status","status":409}"#, #"{"kind":"status","status":408}"#,
            #"{"kind":"reset"}"#, #"{"kind":"truncate","after":20}"#, #"{"kind":"drop_reply"}"#,
            #"{"kind":"slow","chunk":64,"delay":0.005}"#,
            #"{"kind":"status","status":400,"headers":{"x-should-retry":"true"}}"#,
        ])
    func passing(_ fault: String) throws {
        let place = try Workplace()
        let fake = try start(place)
        try fake.fault("{\"action\":\(fault)}")
        let outcome = try place.run("transcribe --engine openai", input: try place.call())
        #expect(outcome.status == 0, "\(outcome.errors)")
        outcome.expectTones()
        #expect(try fake.hasStruck())
    }

    @Test(
        "what does not pass is the record's failure",
        arguments: [
            (#"{"kind":"500"}"#, "temporary", "server", "has a failure (500"),
            (#"{"kind":"429"}"#, "temporary", "rate_limit", "fewer requests (429"),
            (
                #"{"kind":"status","status":500,"headers":{"x-should-retry":"false"}}"#,
                "temporary", "server", "has a failure (500"
            ),
            (#"{"kind":"reset"}"#, "temporary", "network", "talk to 127.0.0.1"),
            (#"{"kind":"wrong_type"}"#, "temporary", "bad_response", "HTML"),
            (
                #"{"kind":"wrong_type","body":"{\"text\":\"Hel","type":"application/json"}"#,
                "temporary", "bad_response", "no whole JSON"
            ),
            (
                #"{"kind":"wrong_type","body":"{\"jobs\":[]}","type":"application/json"}"#,
                "temporary", "bad_response", "without \"text\""
            ),
            (
                #"{"kind":"wrong_type","body":"{\"text\":[1]}","type":"application/json"}"#,
                "temporary", "bad_response", "without \"text\""
            ),
            (
                #"{"kind":"wrong_type","body":"","type":"application/json"}"#,
                "temporary", "bad_response", "empty"
            ),
            (
                #"{"kind":"wrong_type","body":"{\"text\":\"\",\"segments\":[]}","type":"text/html"}"#,
                "temporary", "bad_response", "no word for 9 s of sound"
            ),
            (
                #"{"kind":"wrong_type","body":"{\"text\":\"...\",\"segments\":[{\"start\":0,\"end\":1,\"text\":\" ...\"}]}"}"#,
                "temporary", "bad_response", "no word for 9 s of sound"
            ),
            (
                #"{"kind":"status","status":400,"message":"Audio file might be corrupted"}"#,
                "item", "audio", "cannot read the sound (400"
            ),
            (#"{"kind":"status","status":413}"#, "item", "audio", "too long for it"),
        ])
    func failing(_ fault: String, _ scope: String, _ kind: String, _ words: String) throws {
        let place = try Workplace()
        let fake = try start(place)
        try fake.fault("{\"action\":\(fault),\"times\":0}")
        let outcome = try place.run("transcribe --engine openai", input: try place.call())
        #expect(outcome.status == 1, "\(outcome.errors)")
        outcome.expectFailure(scope, kind, words)
        #expect(try fake.hasStruck())
    }

    @Test(
        "what no record can escape stops the line",
        arguments: [
            (
                #"{"kind":"status","status":429,"code":"insufficient_quota"}"#, 75,
                "credit is used up"
            ),
            (#"{"kind":"status","status":429,"code":"credit_balance_exhausted"}"#, 75, "credit"),
            (#"{"kind":"status","status":403,"code":"unsupported_country"}"#, 77, "may not use it"),
            (#"{"kind":"status","status":404,"code":"model_not_found"}"#, 78, "no model whisper-1"),
        ])
    func stopping(_ fault: String, _ status: Int32, _ words: String) throws {
        let place = try Workplace()
        let fake = try start(place)
        try fake.fault("{\"action\":\(fault),\"times\":0}")
        let outcome = try place.run("transcribe --engine openai", input: try place.call())
        #expect(outcome.status == status, "\(outcome.errors)")
        #expect(outcome.output == "" && outcome.errors.contains(words))
        #expect(try fake.count("requests") <= 2, "nobody knocks again, for either party")
    }

    @Test("a wrong key is not shown, nor half of it", arguments: dialects)
    func key(_ dialect: String) throws {
        let place = try Workplace()
        let fake = try start(place, dialect)
        place["OPENAI_API_KEY"] = "sk-wrong-and-secret"
        let outcome = try place.run("transcribe --engine openai", input: try place.call())
        if dialect == "whisper.cpp" {
            #expect(outcome.status == 0, "it asks for none, and gets none")
            #expect(try fake.count("leaked") <= 0)
        } else {
            #expect(outcome.status == 77, "\(outcome.errors)")
            #expect(outcome.errors.contains("does not accept the key"))
            #expect(!outcome.errors.contains("sk-") && outcome.output == "")
        }
    }

    @Test("a key may lie in a file, and no word may be an answer when one says so")
    func settings() throws {
        let place = try Workplace()
        let fake = try start(place)
        place["OPENAI_API_KEY"] = nil
        place["OPENAI_API_KEY_FILE"] = "\(place.path)/key"
        try Data("sk-right\n".utf8).write(to: URL(filePath: "\(place.path)/key"))
        try fake.fault(
            #"{"action":{"kind":"wrong_type","body":"{\"text\":\"\"}"},"times":0}"#)
        let outcome = try place.run(
            "transcribe --engine openai --accept-empty --prompt 'Mr Miller' --language auto",
            input: try place.call())
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.tones.isEmpty)
    }

    @Test(
        "a setting that cannot be used ends the tool before it reads anything",
        arguments: [
            ("transcribe --engine openai", 78, "OPENAI_API_KEY"),
            ("OPENAI_API_KEY=k transcribe --engine openai --dialect groq", 78, "GROQ_API_KEY"),
            ("transcribe --engine openai --dialect azure", 64, "openai, whisper.cpp, speaches"),
            (
                "transcribe --engine openai --url http://user:secret@127.0.0.1/v1", 78,
                "not the address of a service"
            ),
            (
                "transcribe --engine openai --url ftp://127.0.0.1", 78,
                "not the address of a service"
            ),
            ("transcribe --engine openai --dialect vllm --language klingon", 78, "no such code"),
            ("OPENAI_API_KEY=$'sk-1\\r\\nX: y' transcribe --engine openai", 78, "it is no key"),
            ("transcribe --engine openai --dialect whisper.cpp --language xx", 78, "no such code"),
            (
                "OPENAI_API_KEY=k transcribe --engine openai --model gpt-4o-transcribe-diarize"
                    + " --prompt a", 78, "takes none"
            ),
        ])
    func wrong(_ command: String, _ status: Int32, _ words: String) throws {
        let outcome = try Workplace().run(command, input: "{\"id\":\"t:1\"}\n")
        #expect(outcome.status == status, "\(outcome.errors)")
        #expect(outcome.output == "" && outcome.errors.contains(words))
        #expect(!outcome.errors.contains("secret"))
    }
}
