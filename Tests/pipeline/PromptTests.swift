// PromptTests: the names and words that each recording's engine is to expect.
import Foundation
import Testing

@Suite struct PromptTests {
    /// Adds the member `prompt` to a record, as the JSON that is given.
    private func with(_ prompt: String, _ record: String, _ place: Workplace) throws -> String {
        try place.run("jq -c --argjson p '\(prompt)' '.prompt = $p'", input: record).output
    }

    private func key(_ outcome: Outcome) -> String? {
        (outcome.records.first?["transcript"] as? [String: Any])?["key"] as? String
    }

    @Test("the option's words come first, then the record's; another prompt is another transcript")
    func both() throws {
        let place = try Workplace()
        try place.startToneEngine()
        let bare = try place.call()
        let named = try with(#""Pipkin, Waldo""#, bare, place)
        let prompts = "cat ggml-base.en.bin.prompts; rm -f ggml-base.en.bin.prompts"
        let plain = try place.run("transcribe", input: bare)
        plain.expectTones()
        #expect(try place.run(prompts).output == "\n")
        let own = try place.run("transcribe", input: named)
        #expect(try place.run(prompts).output == "Pipkin, Waldo\n")
        let all = try place.run("transcribe --prompt ' Mr  Miller '", input: named)
        #expect(try place.run(prompts).output == "Mr Miller, Pipkin, Waldo\n")
        #expect(Set([key(plain), key(own), key(all)]).count == 3)
        // What is done with the same words passes without a run.
        let again = try place.run("transcribe --prompt 'Mr Miller'", input: all.output)
        #expect(again.output == all.output && again.status == 0)
        #expect(try place.run("ls *.prompts").output == "")
        let document = try place.run(
            "jq -r .provenance.settings data/transcripts/2024/01/15/*.json")
        #expect(document.output.hasSuffix(" Mr Miller, Pipkin, Waldo\n"))
    }

    @Test(
        "a prompt that cannot be used fails its own record, and nothing of it is shown",
        arguments: [
            #"["Pipkin"]"#, "7", #""Pipkin\u0000""#,
            "\"\(String(repeating: "Pipkin ", count: 300))\"",
        ])
    func unusable(_ prompt: String) throws {
        let place = try Workplace()
        try place.startToneEngine()
        let input = try with(prompt, place.call(id: "t:1"), place) + place.call(id: "t:2")
        let outcome = try place.run("transcribe --keep-order", input: input)
        #expect(outcome.status == 1 && outcome.records.count == 2)
        let error = try #require(outcome.records.first?["error"] as? [String: Any])
        #expect(error["kind"] as? String == "input" && error["class"] as? String == "item")
        #expect(!outcome.errors.contains("Pipkin"), "\(outcome.errors)")
        #expect(outcome.records.last?["transcript"] != nil)
    }

    @Test(
        "an option that cannot be used ends the tool",
        arguments: [
            ("--prompt \"$(printf '%2001s' | tr ' ' a)\"", 64, "2000 bytes"),
            ("--command 'cat {wav}' --prompt Pipkin", 78, "takes none"),
        ] as [(String, Int32, String)])
    func refused(_ options: String, _ status: Int32, _ words: String) throws {
        let outcome = try Workplace().run("transcribe \(options)", input: "{\"id\":\"t:1\"}\n")
        #expect(outcome.status == status && outcome.errors.contains(words), "\(outcome.errors)")
        #expect(outcome.output == "")
    }

    @Test("a command gets it at its place, and one without a place makes no difference of it")
    func command() throws {
        let place = try Workplace()
        let program = """
            #!/bin/bash
            echo "$2" >> \(place.path)/heard
            echo Hello.
            """
        try Data(program.utf8).write(to: URL(filePath: "\(place.path)/program"))
        let record = try with(#""Pipkin""#, place.call(Tone.brief, seconds: 10, channels: 1), place)
        let outcome = try place.run(
            "chmod +x program; transcribe --command './program {wav} {prompt}' --prompt Miller",
            input: record)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try place.run("cat heard").output == "Miller, Pipkin\n")
        let deaf = "transcribe --command './program {wav}'"
        let first = try place.run(deaf, input: record)
        let second = try place.run(
            "\(deaf)", input: with(#""Waldo""#, first.output, place))
        #expect(key(first) != nil && key(first) == key(second))
    }

    @Test("OpenAI's interface has a field for it; a model without one is not asked")
    func openAI() throws {
        let place = try Workplace()
        let fake = try place.start(
            "transcription.py", ["--dialect", "openai", "--key", "sk-right"])
        place["OPENAI_API_KEY"] = "sk-right"
        place["OPENAI_BASE_URL"] = fake.ready["base"] as? String
        let record = try with(#""Pipkin, Waldo""#, place.call(), place)
        let outcome = try place.run("transcribe --engine openai", input: record)
        outcome.expectTones()
        #expect(try fake.count("prompt Pipkin, Waldo") > 0)
        let voices = try place.run(
            "transcribe --engine openai --model gpt-4o-transcribe-diarize", input: record)
        #expect(voices.status == 0, "\(voices.errors)")
    }

    @Test("Deepgram gets each word or name by itself")
    func deepgram() throws {
        let place = try Workplace()
        let fake = try place.start("deepgram.py", ["--key", "right"])
        place["DEEPGRAM_API_KEY"] = "right"
        place["DEEPGRAM_URL"] = fake.url
        let record = try with(#""Pipkin, Waldo""#, place.call(), place)
        let outcome = try place.run("transcribe --engine deepgram --prompt Miller", input: record)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try fake.log().contains("keyterm=Miller&keyterm=Pipkin&keyterm=Waldo"))
    }

    @Test("WhisperX gets it with each channel", arguments: ["asr-webservice", "fastapi"])
    func whisperX(_ dialect: String) throws {
        let place = try Workplace()
        let fake = try place.start("whisperx.py", ["--dialect", dialect])
        place["WHISPERX_URL"] = fake.url
        place["WHISPERX_DIALECT"] = dialect
        let record = try with(#""Pipkin""#, place.call(), place)
        let outcome = try place.run("transcribe --engine whisperx", input: record)
        outcome.expectTones()
        let requests = try fake.log().split(separator: "\n").filter { $0.contains("POST") }
        #expect(requests.count >= 2, "two channels")
        #expect(requests.allSatisfy { $0.contains("initial_prompt=Pipkin") })
    }
}
