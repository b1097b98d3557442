// RealCall: calls of real speech with known words and times, and what is heard in them.
import Foundation
import Testing

/// Something that a party says.
struct SpokenUtterance: Decodable {
    let channel: Int
    let start: Double
    let end: Double
    let text: String

    /// The words without case and marks.
    var words: [Substring] {
        text.lowercased().filter { !"?!.,\"".contains($0) }.split { " -".contains($0) }
    }
}

/// The calls that `two_party.py` makes.
enum RealCall: String, CaseIterable {
    /// Two parties on two channels, who speak at once for a while.
    case stereo
    /// One channel with pauses of 0.4 s to 12 s.
    case mono
}

extension Workplace {
    /// Where `make whisper`, `make model` and `make links` put the real program and its model.
    static let installed = "\(programs)/.."

    /// True when the real whisper.cpp and its model are here.
    static let hasWhisper = ["lib/callpipe/whisper-cli", "share/callpipe/models/ggml-tiny.en.bin"]
        .allSatisfy { FileManager.default.fileExists(atPath: "\(installed)/\($0)") }

    /// Makes a call in `calls`, and tells what is said in it.
    func make(_ call: RealCall) throws -> [SpokenUtterance] {
        let outcome = try run(
            """
            "\(Workplace.root)/Tests/bench/speech/two_party.py" calls \(call.rawValue)
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try JSONDecoder().decode(
            [SpokenUtterance].self, from: Data(contentsOf: URL(filePath: "\(path)/calls/call.json"))
        )
    }
}

extension Outcome {
    /// The utterances of the first record's transcript.
    func spoken() throws -> [SpokenUtterance] {
        let transcript = records.first?["transcript"] as? [String: Any]
        return try JSONDecoder().decode(
            [SpokenUtterance].self,
            from: JSONSerialization.data(withJSONObject: transcript?["segments"] ?? []))
    }

    /// Expects each utterance at its place, in order, within 0.3 s, and most of its words.
    ///
    /// The smallest model takes one word for another now and then; it does not leave one out.
    func expectSpoken(_ truth: [SpokenUtterance]) throws {
        #expect(status == 0, "\(errors)")
        let heard = try spoken()
        try #require(heard.count == truth.count, "\(heard)")
        for (heard, said) in zip(heard, truth) {
            #expect(heard.channel == said.channel)
            #expect(abs(heard.start - said.start) < 0.3, "\(heard) for \(said)")
            #expect(abs(heard.end - said.end) < 0.3, "\(heard) for \(said)")
            let missing = said.words.filter { !heard.words.contains($0) }
            #expect(missing.count * 3 <= said.words.count, "\(heard) for \(said)")
            #expect(abs(heard.words.count - said.words.count) <= 2, "\(heard) for \(said)")
        }
    }
}
