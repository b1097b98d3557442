// PocketSphinxTests: real speech, by Debian's model and prompts.
import Foundation
import Records
import Testing

@testable import Speech

@Suite(
    .enabled(
        if: Prompt.areInstalled,
        "needs Debian's packages pocketsphinx-en-us and asterisk-core-sounds-en-wav"))
struct PocketSphinxTests {
    @Test("words have times within the sound and a confidence")
    func words() async throws {
        let samples = try Prompt.samples("ss-noservice")
        let engine = try PocketSphinx(decoders: 1)
        let heard = try await engine.transcribe(Sound([samples], rate: 8000))
        let words = heard.utterances.flatMap(\.words)
        let said = "the number you have dialed is not in service please check"
        let expected = Set(said.split(separator: " "))
        #expect(heard.language == "en")
        #expect(words.count { expected.contains(Substring($0.text)) } >= 6)
        #expect(words.allSatisfy { !$0.text.contains(where: { "<>[]()".contains($0) }) })
        #expect(words.allSatisfy { (0...1).contains($0.confidence ?? -1) })
        for utterance in heard.utterances {
            #expect(utterance.start < utterance.end && utterance.end <= 4.96)
            #expect(
                utterance.words.allSatisfy {
                    ($0.start ?? -1) >= utterance.start && ($0.end ?? 99) <= utterance.end
                })
        }
    }

    @Test("each party is heard on its own channel, at its own time, overlap and all")
    func channels() async throws {
        let agent = try Prompt.samples("ss-noservice")
        let customer = try Prompt.samples("goodbye")
        let length = 12 * 8000
        var channels = [[Int16]](repeating: .init(repeating: 0, count: length), count: 2)
        channels[0].replaceSubrange(8000..<(8000 + agent.count), with: agent)
        channels[1].replaceSubrange(40000..<(40000 + customer.count), with: customer)
        let heard = try await PocketSphinx(decoders: 1).transcribe(Sound(channels, rate: 8000))
        let first = heard.utterances.filter { $0.channel == 0 }
        let second = heard.utterances.filter { $0.channel == 1 }
        #expect(abs((first.first?.start ?? 0) - 1) < 0.3)
        #expect(abs((first.last?.end ?? 0) - 1 - Double(agent.count) / 8000) < 0.5)
        #expect(second.count == 1)
        #expect(abs((second.first?.start ?? 0) - 5) < 0.3)
        #expect(heard.utterances.map(\.start) == heard.utterances.map(\.start).sorted())
    }

    @Test("what was heard before does not change what is heard now")
    func repeatable() async throws {
        let engine = try PocketSphinx(decoders: 1)
        let sound = Sound([try Prompt.samples("agent-incorrect")], rate: 8000)
        let alone = try await engine.transcribe(sound)
        _ = try await engine.transcribe(Sound([try Prompt.samples("goodbye")], rate: 8000))
        #expect(try await engine.transcribe(sound) == alone)
        #expect(!alone.utterances.isEmpty)
    }

    @Test("silence, hiss and hum are empty transcripts")
    func silence() async throws {
        let engine = try PocketSphinx(decoders: 1)
        for samples in [
            try Prompt.samples("silence/5"), [Int16](repeating: 0, count: 8000),
            Noise.hiss(30, seconds: 3), Noise.tone(50, seconds: 0.02),
        ] {
            let heard = try await engine.transcribe(Sound([samples], rate: 8000))
            #expect(heard.utterances == [])
        }
    }

    @Test("a task that is cancelled ends as cancelled")
    func cancelled() async throws {
        let engine = try PocketSphinx(decoders: 1)
        let sound = Sound([try Prompt.samples("ss-noservice")], rate: 8000)
        let task = Task { try await engine.transcribe(sound) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("a directory without a model says what to install")
    func noModel() {
        let error = #expect(throws: Failure.self) {
            try PocketSphinx(model: "/usr/share/nothing-here", decoders: 1)
        }
        #expect(error?.scope == .stop)
        #expect(error?.remedy.contains("pocketsphinx-en-us") == true)
    }
}

struct DictionaryEntryTests {
    @Test(
        "entries become words, fillers do not",
        arguments: [
            ("the", "the"), ("the(2)", "the"), ("a(12)", "a"), ("don't", "don't"), ("<sil>", nil),
            ("</s>", nil), ("[NOISE]", nil), ("++BREATH++", nil), ("odd(x)", "odd(x)"), ("", nil),
        ] as [(String, String?)])
    func spoken(_ entry: String, _ word: String?) {
        #expect(PocketSphinxDecoder.spoken(entry) == word)
    }
}
