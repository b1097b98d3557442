// DoubtsTests: what is doubted, and that people's own repetitions are not.
import Speech
import Testing

@Suite("Doubts")
struct DoubtsTests {
    private func doubts(
        _ text: String, confidence: Double? = 0.9, _ evidence: Utterance.Evidence = .init()
    ) -> [Doubt] {
        Doubts().about([
            Utterance(
                start: 0, end: 1, channel: 0, text: text, confidence: confidence,
                evidence: evidence)
        ])[0]
    }

    private func said(_ texts: [String], channels: [Int]? = nil) -> [[Doubt]] {
        Doubts().about(
            texts.enumerated().map { index, text in
                Utterance(
                    start: Double(index), end: Double(index) + 1, channel: channels?[index] ?? 0,
                    text: text, confidence: 0.9)
            })
    }

    @Test("plain speech is not doubted, nor somebody who says no four times")
    func plain() {
        #expect(doubts("Your call is now first in line.") == [])
        #expect(doubts("No, no, no, no, that is not it at all.") == [])
        #expect(doubts("Thank you.") == [])
        #expect(doubts("") == [])
    }

    @Test(
        "a loop is doubted, of one word or of several",
        arguments: [
            "the the the the the the the the the", "I'm sorry. I'm sorry. I'm sorry. I'm sorry.",
            "and then you go to the and then you go to the and then you go to the and then you go to the",
        ])
    func loop(_ text: String) {
        #expect(doubts(text) == [.repeated])
    }

    @Test("text that compresses too well is a loop")
    func compression() {
        #expect(doubts("La la land.", .init(compression: 2.5)) == [.repeated])
        #expect(doubts("La la land.", .init(compression: 2.3)) == [])
    }

    @Test("the same three times in a row is doubted each time, on its own channel only")
    func repeatedUtterances() {
        #expect(said(["Okay.", "okay", "OKAY!"]) == [[.repeated], [.repeated], [.repeated]])
        #expect(said(["Okay.", "Okay.", "Well.", "Okay."]) == [[], [], [], []])
        #expect(
            said(["Yes.", "Yes.", "Yes.", "No.", "Yes."], channels: [0, 1, 0, 0, 1])
                == [[], [], [], [], []])
        #expect(
            said(["Yes.", "Well.", "Yes.", "Yes."], channels: [0, 1, 0, 0])
                == [[.repeated], [], [.repeated], [.repeated]])
    }

    @Test("the same again is doubted when it is too fast to have been said")
    func tooFast() {
        func doubts(_ second: Double, _ text: String = "Is it so?") -> [[Doubt]] {
            Doubts().about([
                Utterance(start: 0, end: 2, channel: 0, text: "Is it so?", confidence: 0.9),
                Utterance(start: 2, end: 2 + second, channel: 0, text: text, confidence: 0.9),
            ])
        }
        #expect(doubts(0.15) == [[], [.repeated]])
        #expect(doubts(0.5) == [[], []])
        #expect(doubts(0.15, "It is so.") == [[], []])
    }

    @Test("captions' closing words are doubted always, courtesies where the engine is not sure")
    func stock() {
        #expect(doubts("Thanks for watching!") == [.stock])
        #expect(doubts("Subtitles by the Amara.org community") == [.stock])
        #expect(doubts("Thank you.", confidence: 0.2) == [.stock, .unsure])
        #expect(
            doubts("Thank you.", .init(noSpeech: 0.7, logProbability: -1.2)) == [.stock, .noSpeech])
    }

    @Test("the engine's own doubt takes both of its signs")
    func noSpeech() {
        #expect(doubts("Hello there.", .init(noSpeech: 0.9, logProbability: -0.2)) == [])
        #expect(doubts("Hello there.", .init(noSpeech: 0.5, logProbability: -2)) == [])
        #expect(doubts("Hello there.", .init(noSpeech: 0.61, logProbability: -1.1)) == [.noSpeech])
    }

    @Test("words below the bound are unsure; without a confidence nothing is known")
    func unsure() {
        #expect(doubts("Hello there.", confidence: 0.34) == [.unsure])
        #expect(doubts("Hello there.", confidence: 0.35) == [])
        #expect(doubts("Hello there.", confidence: nil) == [])
    }
}
