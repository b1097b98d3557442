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
    static let hasWhisper = [
        "lib/callpipe/callpipe-hear", "share/callpipe/models/ggml-tiny.en.bin",
    ]
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

    /// Expects each utterance at its place, in order, within 0.3 s, with most of its words.
    ///
    /// The smallest model takes one word for another now and then; it does not leave one out. A server
    /// may make two segments of an utterance of two sentences.
    func expectSpoken(_ truth: [SpokenUtterance], maySplit: Bool = false) throws {
        #expect(status == 0, "\(errors)")
        let heard = try spoken()
        #expect(heard.count == truth.count || maySplit && heard.count > truth.count, "\(heard)")
        #expect(heard.map(\.start) == heard.map(\.start).sorted())
        var rest = heard
        for said in truth {
            let parts = rest.filter {
                $0.channel == said.channel
                    && (said.start..<said.end).contains(($0.start + $0.end) / 2)
            }
            rest.removeAll { part in parts.contains { $0.start == part.start } }
            let words = parts.flatMap(\.words)
            #expect(abs((parts.first?.start ?? -1) - said.start) < 0.3, "\(parts) for \(said)")
            #expect(abs((parts.last?.end ?? -1) - said.end) < 0.3, "\(parts) for \(said)")
            let missing = said.words.filter { !words.contains($0) }
            #expect(missing.count * 3 <= said.words.count, "\(words) for \(said.words)")
            #expect(abs(words.count - said.words.count) <= 2, "\(words) for \(said.words)")
        }
        #expect(rest.isEmpty, "\(rest)")
    }
}
