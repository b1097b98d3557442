// KeptTranscript: the JSON file of a transcript, read again.
internal import Files
internal import FoundationEssentials
package import Records
internal import System

/// The members of the JSON file, as callpipe-transcript(5) describes them.
package struct KeptTranscript: Decodable {
    package let id: String
    package let language: String?
    package let duration: Double?
    package let engine: String
    package let model: String?
    package let key: String?
    private let segments: [Segment]
    package let provenance: Transcript.Provenance?

    private struct Segment: Decodable {
        let start: Double
        let end: Double
        let channel: Int
        let speaker: String?
        let text: String
        let confidence: Double?
        let doubts: [String]?
        let words: [Word]?
    }

    private struct Word: Decodable {
        let word: String
        let start: Double?
        let end: Double?
        let score: Double?
    }

    /// Reads a file; `nil` when it is cut off or has another form.
    package init?(_ bytes: [UInt8]) {
        guard let file = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else { return nil }
        self = file
    }

    private static let longestFile = 64 << 20

    /// Reads the JSON file of a record.
    ///
    /// - Returns: The transcript and the bytes; `nil` when the file is missing, is another record's,
    ///   or when the transcript would be written with other bytes, so that the file is damaged.
    /// - Throws: `Failure` of kind `input` for a path that could leave the directory.
    static func read(
        _ path: String, id: String, in directory: DataDirectory
    ) throws(Failure) -> (KeptTranscript, [UInt8])? {
        let absolute = try directory.absolutePath(of: path)
        guard let bytes = try? Descriptor.contents(of: absolute, atMost: longestFile),
            let kept = KeptTranscript(bytes), kept.id == id,
            TranscriptContents(kept.transcript(at: path), kept).bytes(of: .json) == bytes
        else { return nil }
        return (kept, bytes)
    }

    /// The transcript as the record has it, without the hashes of its files.
    func transcript(at path: String) -> Transcript {
        Transcript(
            path: path, spoken: spoken, language: language, engine: engine, model: model, key: key,
            provenance: provenance)
    }

    /// The segments as the record has them.
    package var spoken: [Transcript.Segment] {
        segments.map {
            Transcript.Segment(
                start: $0.start, end: $0.end, channel: $0.channel, speaker: $0.speaker,
                text: $0.text, confidence: $0.confidence, doubts: $0.doubts)
        }
    }

    /// The words of each segment.
    package var words: [[Transcript.Word]] {
        segments.map { segment in
            (segment.words ?? []).map {
                Transcript.Word($0.word, start: $0.start, end: $0.end, confidence: $0.score)
            }
        }
    }
}
