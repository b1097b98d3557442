// KeptTranscript: the JSON file of a transcript, read again.
internal import FoundationEssentials
internal import Records

/// The members of the JSON file, as callpipe-transcript(5) describes them.
struct KeptTranscript: Decodable {
    let id: String
    let language: String?
    let duration: Double?
    let engine: String
    let model: String?
    let key: String?
    let segments: [Segment]
    let provenance: Transcript.Provenance?

    struct Segment: Decodable {
        let start: Double
        let end: Double
        let channel: Int
        let speaker: String?
        let text: String
        let confidence: Double?
        let doubts: [String]?
        let words: [Word]
    }

    struct Word: Decodable {
        let word: String
        let start: Double?
        let end: Double?
        let score: Double?
    }

    /// Reads a file; `nil` when it is cut off or has another form.
    init?(_ bytes: [UInt8]) {
        guard let file = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else { return nil }
        self = file
    }

    /// The segments as the record has them.
    var spoken: [Transcript.Segment] {
        segments.map {
            Transcript.Segment(
                start: $0.start, end: $0.end, channel: $0.channel, speaker: $0.speaker,
                text: $0.text, confidence: $0.confidence, doubts: $0.doubts)
        }
    }

    /// The words of each segment.
    var words: [[Transcript.Word]] {
        segments.map { segment in
            segment.words.map {
                Transcript.Word($0.word, start: $0.start, end: $0.end, confidence: $0.score)
            }
        }
    }
}
