// RoundTripTests: ours in every format and back again keeps all that the format can hold.
import Formats
import Foundation
import Records
import TestSupport
import Testing

/// SplitMix64, so that a failure can be seen again.
private struct Chance: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}

struct RoundTripTests {
    private static let words = [
        "Good", "morning.", "2266", "£13.60", "R&D", "<b>", "a<b", "**", "[x]", "#1", "_", "`",
        "\\",
        "&amp;", "naïve", "שלום", "日本", "Well:", "--", ">", "|", "~", "1.", "\"so\"", "it's",
    ]

    /// A transcript of random utterances; `plain` leaves out what SubRip and OpenAI cannot hold.
    private func document(_ chance: inout Chance, speakers: [String?]) -> Document {
        var facts = Facts(id: "rc:401")
        (facts.language, facts.engine, facts.model) = ("en", "e", "m")
        facts.seconds = 7200
        var at = 0
        let spoken = (0..<chance.number(0...40)).map { _ -> Spoken in
            at += chance.number(0...9000)
            let length = chance.number(1...8000)
            let texts = (0...chance.number(0...8)).map { _ in
                RoundTripTests.words.randomElement(using: &chance) ?? ""
            }
            var start = at
            let words = texts.map { text -> Transcript.Word in
                let end = start + length / texts.count
                defer { start = end }
                return Transcript.Word(
                    text, start: Double(start) / 1000, end: Double(end) / 1000,
                    confidence: Double(chance.number(0...1000)) / 1000)
            }
            let segment = Transcript.Segment(
                start: Double(at) / 1000, end: Double(at + length) / 1000,
                channel: chance.number(0...1),
                speaker: speakers.randomElement(using: &chance) ?? nil,
                text: texts.joined(separator: " "), confidence: 0.5)
            return Spoken(segment, words: words)
        }
        return Document(facts, spoken)
    }

    private func written(_ document: Document, as format: DocumentFormat) throws -> [UInt8] {
        let output = Output()
        try Conversion(from: nil, to: format).write(document, CallFacts()) { output.bytes += $0 }
        return output.bytes
    }

    private func again(_ document: Document, through format: DocumentFormat) throws -> Document {
        let there = try written(document, as: format)
        let ours = try converted(there, from: format, to: .json)
        return try #require(try Reading.document(ours))
    }

    @Test("every format keeps what it can hold", arguments: DocumentFormat.allCases, 1...12)
    func roundTrip(_ format: DocumentFormat, _ seed: Int) throws {
        var chance = Chance(state: UInt64(seed))
        let numbered: [String?] = ["SPEAKER_00", "SPEAKER_11", nil]
        let speakers: [String?] =
            format == .deepgram ? numbered : ["agent", "customer"] + numbered
        let first = document(&chance, speakers: speakers)
        let second = try again(first, through: format)
        #expect(second.spoken.count == first.spoken.count)
        for (before, after) in zip(first.spoken, second.spoken) {
            let kept = Held.of(format)
            #expect(after.segment.text == before.segment.text)
            if kept.contains(.times) {
                #expect(after.segment.start == before.segment.start)
                #expect(after.segment.end == before.segment.end)
            }
            if kept.contains(.seconds) {
                #expect(after.segment.start == before.segment.start.rounded(.down))
            }
            if kept.contains(.speaker) { #expect(after.segment.speaker == before.segment.speaker) }
            if kept.contains(.channel) { #expect(after.segment.channel == before.segment.channel) }
            if kept.contains(.words) {
                #expect(after.words.map(\.text) == before.words.map(\.text))
                #expect(after.words.map(\.start) == before.words.map(\.start))
                #expect(after.words.map(\.end) == before.words.map(\.end))
            }
            if kept.contains(.scores) {
                #expect(after.words.map(\.confidence) == before.words.map(\.confidence))
            }
            if kept.contains(.confidence) { #expect(after.segment.confidence == 0.5) }
        }
        if format != .json, format != .md, format != .vcon { return }
        #expect(second.facts.language == "en" && second.facts.engine == "e")
        #expect(second.facts.model == "m" && second.facts.seconds == 7200)
    }

    /// What a format can hold of an utterance.
    private struct Held: OptionSet {
        let rawValue: Int
        static let times = Held(rawValue: 1)
        static let seconds = Held(rawValue: 2)
        static let speaker = Held(rawValue: 4)
        static let channel = Held(rawValue: 8)
        static let words = Held(rawValue: 16)
        static let scores = Held(rawValue: 32)
        static let confidence = Held(rawValue: 64)

        static func of(_ format: DocumentFormat) -> Held {
            switch format {
            case .json, .vcon: [.times, .speaker, .channel, .words, .scores, .confidence]
            case .txt: [.speaker]
            case .srt, .vtt: [.times, .speaker]
            case .md: [.seconds, .speaker]
            case .whisper: [.times, .channel, .words, .scores]
            case .whisperx: [.times, .speaker, .words, .scores, .confidence]
            case .openai: [.times, .words, .confidence]
            case .deepgram: [.times, .speaker, .channel, .words, .scores, .confidence]
            }
        }
    }

    @Test(
        "the format of what is written is found by the content", arguments: DocumentFormat.allCases)
    func detection(_ format: DocumentFormat) throws {
        var chance = Chance(state: 5)
        var first = document(&chance, speakers: ["agent", nil])
        first.spoken = first.spoken.filter { $0.segment.text.contains("Good") }
        try #require(!first.spoken.isEmpty)
        let there = try written(first, as: format)
        let named = try converted(there, from: format, to: .json)
        #expect(try converted(there, from: nil, to: .json) == named)
    }
}
