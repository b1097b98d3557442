// ComparisonTests: what counts as another word, and how many there are.
import Comparison
import Foundation
import Records
import TestSupport
import Testing

@Suite struct ComparisonTests {
    private func transcript(_ lines: [String], cost: Double? = nil) throws -> ComparedTranscript {
        let segments = lines.enumerated().map { index, line in
            JSON.members([
                "start": .double(Double(index) * 2), "end": .double(Double(index) * 2 + 1),
                "channel": .int(0), "text": .string(line),
            ])
        }
        let record = try Record([
            "id": .string("x:1"),
            "transcript": .members([
                "text": .string(""), "segments": .array(segments),
                "provenance": .members(["cost": .number(cost), "seconds": .double(120)]),
            ]),
        ])
        return try #require(ComparedTranscript(record))
    }

    private func compare(_ a: [String], _ b: [String]) throws -> CallComparison {
        try CallComparison(transcript(a), transcript(b))
    }

    @Test(arguments: [
        ("Hello, World!", "hello world"), ("I can't, uh, come.", "i can not come"),
        ("We're late", "we are late"), ("won\u{2019}t", "will not"), ("Café", "cafe"),
        ("[music] so (laughs) it goes", "so it goes"), ("1,250 of them", "1250 of them"),
        ("forty two", "42"), ("one hundred and five", "105"), ("two thousand three", "2003"),
        ("four one five", "415"), ("It's 3.5", "it is 3.5"),
    ])
    func theseAreTheSame(_ a: String, _ b: String) throws {
        let comparison = try compare([a], [b])
        #expect(comparison.agreement.errors == 0, "\(comparison.differences)")
    }

    @Test func changesAreCountedByKind() throws {
        let comparison = try compare(
            ["the quick brown fox", "jumps over"], ["the quack brown", "fox jumps right over"])
        let counts = comparison.agreement
        #expect(counts.words == 6 && counts.otherWords == 7)
        #expect((counts.substitutions, counts.deletions, counts.insertions) == (1, 0, 1))
        #expect(counts.rate == 2.0 / 6 && counts.disagreement == 2.0 / 7)
        #expect(comparison.differences.map(\.first) == ["quick", ""])
        #expect(comparison.differences.map(\.second) == ["quack", "right"])
        #expect(comparison.differences.map(\.start) == [0, 2])
    }

    @Test func aTranscriptWithoutWordsHasNoRate() throws {
        let comparison = try compare([], ["hello there"])
        #expect(comparison.agreement.rate == nil && comparison.agreement.disagreement == 1)
        #expect(try compare(["hello"], []).agreement.deletions == 1)
        #expect(try compare([], []).agreement.disagreement == nil)
    }

    @Test func theCountIsTheFewestChanges() throws {
        var seed: UInt64 = 7
        func next(_ limit: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % limit
        }
        let words = ["red", "green", "blue"]
        for _ in 0..<200 {
            let a = (0..<next(9)).map { _ in words[next(3)] }
            let b = (0..<next(9)).map { _ in words[next(3)] }
            let counts = try compare([a.joined(separator: " ")], [b.joined(separator: " ")])
                .agreement
            #expect(counts.errors == distance(a, b))
            #expect(counts.words - counts.deletions + counts.insertions == counts.otherWords)
        }
    }

    /// The distance by its definition.
    private func distance(_ a: [String], _ b: [String]) -> Int {
        guard let first = a.first else { return b.count }
        guard let second = b.first else { return a.count }
        let (restA, restB) = (Array(a.dropFirst()), Array(b.dropFirst()))
        if first == second { return distance(restA, restB) }
        return 1 + min(distance(restA, restB), distance(restA, b), distance(a, restB))
    }

    @Test func longCallsAreComparedInPieces() throws {
        let lines = (0..<3000).map { "word number \($0) is here again" }
        var other = lines
        other[1500] = "word numbers 1500 is here again"
        other[2999] = "word number 2999 is here"
        let counts = try compare(lines, other).agreement
        #expect(counts.words > 15_000 && counts.errors == 2)
    }

    @Test func theCostIsByTheMinute() throws {
        let comparison = try CallComparison(
            transcript(["a"], cost: 0.012), transcript(["a"], cost: nil))
        #expect(comparison.agreement.prices == [0.006, nil])
        var sum = Agreement()
        sum.add(comparison.agreement)
        sum.add(comparison.agreement)
        #expect(sum.calls == 2 && sum.prices == [0.006, nil])
    }

    @Test func aSourceIsAFileOrAFolder() throws {
        let place = TemporaryDirectory()
        let line = #"{"id":"x:1","transcript":{"segments":[{"start":0,"text":"hello there"}]}}"#
        let file = #"{"id":"x:1","segments":[{"start":0,"text":"hello you"}]}"#
        try FileManager.default.createDirectory(
            atPath: place["a/b"], withIntermediateDirectories: true)
        try place.write(Array(file.utf8), "a/b/x-1.json")
        try place.write(Array((line + "\nnonsense\n\n").utf8), "a.ndjson")
        let first = try TranscriptSource(place["a.ndjson"])
        let second = try TranscriptSource(place["a"])
        #expect(first.ids == ["x:1"] && first.faults.count == 1 && second.ids == ["x:1"])
        let one = try #require(try first.transcript(of: "x:1"))
        let other = try #require(try second.transcript(of: "x:1"))
        #expect(CallComparison(one, other).agreement.substitutions == 1)
        #expect(try first.transcript(of: "x:2") == nil)
        #expect(throws: Failure.self) { try TranscriptSource(place["none"]) }
    }
}
