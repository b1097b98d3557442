// Reading: conversions of bytes in memory, for tests.
import Formats
import Foundation
import Records
import TestSupport
import Testing

/// The bytes that a conversion wrote.
final class Output {
    var bytes: [UInt8] = []
    var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Converts through a file.
func converted(
    _ bytes: [UInt8], from: DocumentFormat?, to: DocumentFormat, speakers: [String] = []
) throws -> [UInt8] {
    try conversion(bytes, from: from, to: to, speakers: speakers).bytes
}

func converted(_ text: String, from: DocumentFormat? = nil, to: DocumentFormat) throws -> String {
    String(decoding: try converted(Array(text.utf8), from: from, to: to), as: UTF8.self)
}

func conversion(
    _ bytes: [UInt8], from: DocumentFormat?, to: DocumentFormat, speakers: [String] = []
) throws -> (bytes: [UInt8], remarks: [Remark]) {
    let place = TemporaryDirectory()
    let file = URL(filePath: place["in"])
    try Data(bytes).write(to: file)
    let handle = try FileHandle(forReadingFrom: file)
    let output = Output()
    let remarks = try Conversion(from: from, to: to, parties: PartyNames(speakers)).convert(
        handle.fileDescriptor, name: "in", id: "in"
    ) { output.bytes += $0 }
    return (output.bytes, remarks)
}

/// callpipe's own JSON, read by other means than the converter's.
enum Reading {
    private struct Own: Decodable {
        struct Segment: Decodable {
            let start, end: Double
            let channel: Int
            let speaker: String?
            let text: String
            let confidence: Double?
            let words: [Word]
        }
        struct Word: Decodable {
            let word: String
            let start, end, score: Double?
        }
        let id: String
        let language: String?
        let duration: Double?
        let engine: String
        let model: String?
        let segments: [Segment]
    }

    static func document(_ bytes: [UInt8]) throws -> Document? {
        let own = try JSONDecoder().decode(Own.self, from: Data(bytes))
        var facts = Facts(id: own.id)
        (facts.language, facts.seconds, facts.engine) = (own.language, own.duration, own.engine)
        facts.model = own.model
        return Document(
            facts,
            own.segments.map { segment in
                Spoken(
                    Transcript.Segment(
                        start: segment.start, end: segment.end, channel: segment.channel,
                        speaker: segment.speaker, text: segment.text,
                        confidence: segment.confidence),
                    words: segment.words.map {
                        Transcript.Word(
                            $0.word, start: $0.start, end: $0.end, confidence: $0.score)
                    })
            })
    }

    /// The utterances as `START-END SPEAKER: TEXT`, for short expectations.
    static func lines(
        _ text: String, from: DocumentFormat? = nil, speakers: [String] = []
    ) throws -> [String] {
        let ours = try converted(Array(text.utf8), from: from, to: .json, speakers: speakers)
        return try document(ours)?.spoken.map { spoken in
            let segment = spoken.segment
            return "\(segment.start)-\(segment.end) \(segment.speaker ?? "\(segment.channel)"): "
                + segment.text
        } ?? []
    }
}
