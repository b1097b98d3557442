// LexiconTests: the mood of a text by its words.
import FoundationEssentials
import Testing
import TestSupport

@testable import Analysis

struct LexiconTests {
    private let directory = TemporaryDirectory()

    private func lexicon() throws -> Lexicon {
        let words = [
            "good", "great", "bad", "angry", "love", "hate", "fine", "poor", "nice", "awful",
        ]
        let moods = [2.0, 3, -2.5, -3, 3, -3, 1, -2, 2, -2]
        let lines = zip(words, moods).map { "\($0)\t\($1)\t0.5\t[1, 2]\n" }.joined()
        try Data(lines.utf8).write(to: URL(filePath: directory["words.txt"]))
        return try Lexicon(path: directory["words.txt"])
    }

    @Test("A word, a negation up to three words before it, and no word")
    func score() throws {
        let lexicon = try lexicon()
        func normal(_ sum: Double) -> Double { sum / (sum * sum + 15).squareRoot() }
        #expect(lexicon.score("That is GOOD.") == normal(2))
        #expect(lexicon.score("That isn\u{2019}t really very good.") == normal(2 * -0.74))
        #expect(lexicon.score("No, that was all and it is good.") == normal(2))
        #expect(lexicon.score("I am angry, it is bad.") == normal(-5.5))
        #expect(lexicon.score("The table has four legs.") == 0)
        #expect(lexicon.score("") == 0)
    }

    @Test("A file that is no lexicon is refused")
    func refused() throws {
        try Data("hello\n".utf8).write(to: URL(filePath: directory["no.txt"]))
        #expect(throws: (any Error).self) { try Lexicon(path: directory["no.txt"]) }
        #expect(throws: (any Error).self) { try Lexicon(path: directory["missing"]) }
    }
}
