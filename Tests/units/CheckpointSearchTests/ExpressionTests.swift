// ExpressionTests: the text of a question, whatever a person writes, as a question of FTS5.
import Checkpoint
import CheckpointSearch
import CheckpointSupport
import Testing

@Suite struct ExpressionTests {
    @Test(
        "Operators, phrases and prefixes are read; everything else is a word",
        arguments: [
            ("refund", #""refund""#),
            ("refund please", #"("refund" AND "please")"#),
            ("refund AND please", #"("refund" AND "please")"#),
            ("refund OR \"money back\"", #"("refund" OR "money back")"#),
            ("a b OR c", #"(("a" AND "b") OR "c")"#),
            ("cancel NOT refund", #"("cancel" NOT "refund")"#),
            ("cancel NOT (refund OR money)", #"("cancel" NOT ("refund" OR "money"))"#),
            ("reserv*", #""reserv" *"#),
            ("\"call me ba\"*", #""call me ba" *"#),
            ("NEAR(cancel refund, 5)", #"NEAR("cancel" "refund", 5)"#),
            ("NEAR(cancel refund)", #"NEAR("cancel" "refund", 10)"#),
            (
                "NEAR(cancel refund, 99999999999999999999)", #"NEAR("cancel" "refund", 1000)"#
            ),
            (")refund(", #""refund""#),
            ("can't", #""can't""#), ("555-0100", #""555-0100""#), ("a:b", #""a:b""#),
            ("and or not", #"("and" AND "or" AND "not")"#),
            ("refund ! -- ...", #""refund""#), ("\"refund", #""refund""#),
            ("(refund", #""refund""#), ("refund) please", #"("refund" AND "please")"#),
            ("OR refund", #""refund""#), ("refund AND", #""refund""#), ("é, ü", #"("é" AND "ü")"#),
        ])
    func match(_ text: String, _ wanted: String) throws {
        #expect(try SearchExpression(text).match == wanted)
    }

    @Test(
        "A text without words is refused", arguments: ["", " ", "\"\"", "*", "()", ")(", "- ' ."])
    func wordless(_ text: String) {
        #expect(throws: SearchExpression.Malformed.self) { try SearchExpression(text) }
        #expect(throws: SearchExpression.Malformed.self) {
            try SearchExpression(text, isPhrase: true)
        }
    }

    @Test("NOT alone is refused, and so are too many words and parentheses")
    func refused() {
        for text in [
            "NOT refund", "a NOT", String(repeating: "a ", count: 500),
            String(repeating: "(", count: 200) + "a",
        ] {
            #expect(throws: SearchExpression.Malformed.self) { try SearchExpression(text) }
        }
    }

    @Test("A phrase has no operators")
    func phrase() throws {
        #expect(
            try SearchExpression("say \"NOT\" AND go", isPhrase: true).match
                == #""say ""NOT"" AND go""#)
    }

    @Test("No text is an error of SQLite")
    func anyText() throws {
        let desk = Desk()
        try desk.mark(.transcribe, spoken(1, "agent", "I want a refund"))
        let parts = [
            "refund", "\"", "(", ")", "*", "AND", "OR", "NOT", "NEAR(", ",", "5", "'", ":", "^",
            "{agent}", "-", "+", "é", "\u{0}", "\u{202E}", "a", " ", "\n", "\\", ";",
        ]
        var random = SystemRandomNumberGenerator()
        let checkpoint = try desk.open()
        for _ in 0..<500 {
            let count = Int.random(in: 1...12, using: &random)
            let text = (0..<count).compactMap { _ in parts.randomElement(using: &random) }
                .joined(separator: Bool.random(using: &random) ? " " : "")
            for kind in [SearchQuestion.Kind.words, .phrase, .substring] {
                var question = SearchQuestion(text)
                question.kind = kind
                do {
                    try Search(question, in: checkpoint).forEach(.time) { _ in true }
                } catch is SearchExpression.Malformed {
                    continue
                }
            }
        }
    }
}

/// A line whose transcript has one utterance a side and text.
func spoken(_ number: Int, _ pairs: String...) -> String {
    var segments: [String] = []
    for index in stride(from: 0, to: pairs.count - 1, by: 2) {
        segments.append(
            #"{"start":\#(index),"end":\#(index + 1),"channel":0,"speaker":"\#(pairs[index])","#
                + #""text":"\#(pairs[index + 1])"}"#)
    }
    return #"{"id":"rc:\#(number)","start":"2026-01-\#(10 + number)T09:00:00.000Z","#
        + #""from":{"phone":"+1650555010\#(number)"},"to":{"extension":"10\#(number)"},"#
        + #""transcript":{"path":"t/\#(number).json","engine":"whisper.cpp","text":"x","#
        + #""segments":[\#(segments.joined(separator: ","))]}}"#
}
