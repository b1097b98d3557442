// AnswerTests: the answers of a model, read strictly.
import Records
import Testing

@testable import Analysis

struct AnswerTests {
    private let shape = Shape.object([
        .init("topic", .text(limit: 5)), .init("turn", .optional(.number)),
        .init("kind", .choice(["a", "b"])), .init("more", .list(.text(limit: 3), limit: 2)),
    ])

    @Test(
        "An object of the form, also in a fence and after reasoning",
        arguments: [
            #"{"topic":"x","turn":null,"kind":"a","more":[]}"#,
            "```json\n{\"topic\":\"x\",\"turn\":null,\"kind\":\"a\",\"more\":[]}\n```",
            "<think>{no}\n</think>\n\n{\"topic\":\"x\",\"turn\":null,\"kind\":\"a\",\"more\":[]}  ",
        ])
    func good(_ text: String) throws {
        let value = try AnswerText.value(text, of: shape)
        #expect(value["topic"].text == "x" && value["kind"].text == "a")
    }

    @Test(
        "The fault is named, without a word of the answer",
        arguments: [
            ("", "the answer is empty"), ("Sure! {}", "the answer is text, not one JSON object"),
            ("[1]", "the answer is text, not one JSON object"),
            (#"{"topic":"x""#, "the answer is not one valid JSON object"),
            (#"{"topic":"x"} {}"#, "the answer is not one valid JSON object"),
            (#"{"topic":"x"}"#, #"the answer has no member "turn""#),
            (
                #"{"topic":"secret","turn":1,"kind":"a","more":[]}"#,
                "topic has more than 5 characters"
            ),
            (#"{"topic":"x","turn":1.5,"kind":"a","more":[]}"#, "turn is not an integer"),
            (#"{"topic":"x","turn":1,"kind":"c","more":[]}"#, "kind is not one of a, b"),
            (#"{"topic":"x","turn":1,"kind":"a","more":["","",""]}"#, "more has more than 2 items"),
            (#"{"topic":"x","turn":1,"kind":"a","more":[7]}"#, "more[0] is not a string"),
            (
                #"{"topic":"x","turn":1,"kind":"a","more":[],"secret":1}"#,
                "the answer has members that the schema does not have"
            ),
        ])
    func bad(_ text: String, _ words: String) {
        #expect(throws: AnswerText.Fault(words: words)) {
            try AnswerText.value(text, of: shape)
        }
    }

    @Test("The schema has only what every server knows")
    func schema() {
        #expect(
            shape.schema.text
                == #"{"type":"object","properties":{"topic":{"type":"string"},"turn":{"type":"#
                + #"["integer","null"]},"kind":{"type":"string","enum":["a","b"]},"more":{"type":"#
                + #""array","items":{"type":"string"}}},"required":["topic","turn","kind","more"],"#
                + #""additionalProperties":false}"#)
    }

    @Test("Addresses, tags and invisible characters do not leave a text")
    func shown() {
        let (text, links) = PlainText.shown(
            "See https://evil.example/a or [pay](javascript:x) <b>now</b>\u{202E}\u{7}.")
        #expect(text == "See (address) or (address) (b)now(/b) .")
        #expect(links == 2)
    }
}
