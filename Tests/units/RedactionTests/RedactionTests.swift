// RedactionTests: what is taken out of a record, and what stays.
import Files
import Foundation
import Records
import Redaction
import TestSupport
import Testing

@Suite struct RedactionTests {
    /// A record whose utterances begin with `a:` or `c:`, for the agent and the customer.
    private func record(_ lines: [String], _ more: String = "") throws -> Record {
        let segments = lines.enumerated().map { index, line -> JSON in
            let isAgent = line.hasPrefix("a:")
            return .members([
                "start": .double(Double(index) * 3), "end": .double(Double(index) * 3 + 2.5),
                "channel": .int(isAgent ? 0 : 1),
                "speaker": .string(isAgent ? "agent" : "customer"),
                "text": .string(String(line.dropFirst(2))),
            ])
        }
        let text = lines.map { String($0.dropFirst(2)) }.joined(separator: "\n")
        let transcript = JSON.members([
            "path": .string("transcripts/undated/x-1.json"), "text": .string(text),
            "engine": .string("test"), "segments": .array(segments), "unknown": .double(1.50),
        ])
        return try Record(Array(#"{"id":"x:1",\#(more)"transcript":\#(transcript.text)}"#.utf8))
    }

    private func redacted(
        _ record: Record, _ redactor: Redactor = Redactor()
    ) throws -> Record {
        let place = TemporaryDirectory()
        let redaction = RecordRedaction(
            redactor, in: try DataDirectory(place.path), observer: { _ in })
        var result = record
        if try !redaction.settle(&result) { try redaction.redact(&result) }
        // A second run changes nothing.
        var again = result
        try redaction.redact(&again)
        #expect(again == result)
        return result
    }

    private func texts(
        _ lines: String..., by redactor: Redactor = Redactor(), more: String = ""
    ) throws -> [String] {
        let result = try redacted(record(lines, more), redactor)
        let transcript = try #require(try result.transcript())
        #expect(transcript.text == transcript.segments.map(\.text).joined(separator: "\n"))
        return transcript.segments.map(\.text)
    }

    // MARK: cards

    @Test(arguments: [
        "4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "4111. 1111. 1111. 1111",
        "4111, 1111, 1111, 1111", "٤١١١ ١١١١ ١١١١ ١١١١", "４１１１１１１１１１１１１１１１",
        "4111\u{200B}1111\u{200B}1111\u{2060}1111", "4111\u{00A0}1111\u{2011}1111 1111",
        "four one one one one one one one one one one one one one one one",
        "four triple one, double one double one, uh, triple one one double one double one",
        "forty one eleven, eleven eleven, then eleven eleven and eleven eleven",
        "forty-one hundred eleven double one triple one one triple one one one",
        "3782 822463 10005", "5555555555554444", "6011 1111 1111 1117",
        "four triple one quadruple one quadruple one quadruple one",
    ])
    func aCardIsFoundInAnySpelling(_ number: String) throws {
        let isHundred = number.contains("hundred")
        let lines = try texts("a:Your card number, please?", "c:Sure, \(number). Thank you.")
        #expect(lines[1] == (isHundred ? lines[1] : "Sure, [CARD]. Thank you."))
        #expect(!lines[1].contains(number))
        // Without a word about cards as well, when all is right with it.
        if !isHundred {
            #expect(try texts("c:It is \(number), you know.") == ["It is [CARD], you know."])
        }
    }

    @Test func aCardIsFoundOverTurns() throws {
        let lines = try texts(
            "a:Which card?", "c:4111", "a:Okay.", "c:1111.", "a:Mm-hmm, and the next four?",
            "c:uh 1111", "a:Go ahead.", "c:and then 1111.", "a:Thank you so much for that.")
        #expect(
            [1, 3, 5, 7].map { lines[$0] } == [
                "[CARD]", "[CARD].", "uh [CARD]", "and then [CARD].",
            ])
        #expect(lines[0] == "Which card?" && lines[4] == "Mm-hmm, and the next four?")
    }

    @Test func aCardIsFoundWhenTheOtherPartyReadsItBack() throws {
        let lines = try texts(
            "c:4111 1111", "a:4111 1111", "c:1111 1111", "a:1111 1111. Thank you.")
        #expect(lines == ["[CARD]", "[CARD]", "[CARD]", "[CARD]. Thank you."])
    }

    @Test func aCardIsFoundWhenTheEngineGaveHalfOfItToTheOtherParty() throws {
        let lines = try texts("a:Your card?", "c:4111 1111", "a:1111 1111")
        #expect(lines == ["Your card?", "[CARD]", "[CARD]"])
    }

    @Test func aCardThatWasHeardWronglyIsANumber() throws {
        let lines = try texts("a:Your card number?", "c:It is 4111 1111 1111 1112.")
        #expect(lines[1] == "It is [NUMBER].")
    }

    @Test(arguments: [
        "The tracking number is 9400111899223100.", "The log says 1700000000000 there.",
        "Your order 12345678 is on its way.", "We meet at 10:30 and again at 14:45.",
        "That is $4,111.11 for 16 nights.", "We were two adults and three children in 2024.",
        "One of the four rooms, the second one, oh my.", "Thirty minutes, then ten more.",
        "The number is 000-12-3456 on the sample form.",
    ])
    func otherNumbersStay(_ line: String) throws {
        #expect(try texts("a:\(line)") == [line])
    }

    @Test func lastDigitsMayStay() throws {
        let redactor = Redactor(keptDigits: 4)
        let lines = try texts(
            "a:Your card?", "c:4242 4242 4242 1111",
            "c:five five five five five five five five five five five five four four four four",
            "a:The security code?", "c:123", by: redactor)
        #expect(lines[1].hasPrefix("[") && !lines[1].contains("4242"))
        #expect(lines[2] == "[CARD *4444]" || lines[2].contains("[CARD"))
        #expect(lines[4] == "[CVV]")
    }

    // MARK: other kinds

    @Test(arguments: [
        ("And the security code on the back?", "It's 123.", "It's [CVV]."),
        ("What is the CVV?", "seven oh two", "[CVV]"),
        ("The three digits on the back?", "Uh, double four one.", "Uh, [CVV]."),
        ("And the CVV2?", "1234", "[CVV]"),
        ("And the C V V?", "one double three", "[CVV]"),
        ("The three digit number on the reverse?", "uh 2 8 1", "uh [CVV]"),
        ("Your S.S.N., please?", "219 09 9999", "[SSN]"),
        ("What is your social security number?", "078051120", "[SSN]"),
        ("Your social?", "oh seven eight, oh five, one one two oh", "[SSN]"),
        ("The last four of your social, please?", "1120.", "[SSN]."),
        ("How can I help?", "My ssn is 078-05-1120 here.", "My ssn is [SSN] here."),
        ("How can I help?", "It says 219-09-9999 here.", "It says [SSN] here."),
        ("Where to?", "john.smith@example.com, please", "[EMAIL], please"),
        ("Where to?", "Write to john dot smith at example dot com.", "Write to [EMAIL]."),
        ("Where to?", "It is j o h n underscore smith at my-host dot co dot uk.", "It is [EMAIL]."),
        (
            "Where to?", "j o h n underscore smith nineteen eighty at yahoo dot co dot uk",
            "[EMAIL]"
        ),
        ("How can I reach you?", "415 555 0123", "[PHONE]"),
        ("How can I reach you?", "07700 900123", "[PHONE]"),
        (
            "How can I help?", "My cell is four one five five five five oh one two three.",
            "My cell is [PHONE]."
        ),
        ("How can I help?", "That is (415) 555-0123, thanks.", "That is ([PHONE], thanks."),
        ("How can I help?", "Dial +44 20 7946 0958 then.", "Dial +[PHONE] then."),
        ("What is your date of birth?", "03/14/1975.", "[BIRTH]."),
        ("What is your date of birth?", "zero seven zero four nineteen eighty two", "[BIRTH]"),
        ("What is your date of birth?", "March fourteenth nineteen seventy five", "[BIRTH]"),
        ("How can I help?", "I was born on the 4th of July 1980.", "I was born on the [BIRTH]."),
        (
            "How can I help?", "Pay to DE89 3704 0044 0532 0130 00, please.",
            "Pay to [IBAN], please."
        ),
        ("How can I help?", "Pay to GB29NWBK60161331926819 today.", "Pay to [IBAN] today."),
    ])
    func eachKindIsFoundInItsContext(_ asked: String, _ said: String, _ left: String) throws {
        #expect(try texts("a:\(asked)", "c:\(said)") == [asked, left])
    }

    @Test(arguments: [
        ("How can I help?", "We are in room 412 until May 3rd."),
        ("How can I help?", "Your booking number is 4155550123."),
        ("How can I help?", "The train is at 5 dot 30."),
        ("How can I help?", "Pay to DE89 3704 0044 0532 0130 01, please."),
        ("What is the CVV?", "I do not have it, the room 412 was $500."),
    ])
    func withoutTheirContextTheyStay(_ asked: String, _ said: String) throws {
        #expect(try texts("a:\(asked)", "c:\(said)") == [asked, said])
    }

    @Test func theBusinessMayBeCalled() throws {
        let more = #""direction":"inbound","to":{"phone":"+14155550123"},"#
        let lines = try texts(
            "a:Call us at 415-555-0123.", "c:Mine is 415-555-0199.", more: more)
        #expect(lines == ["Call us at 415-555-0123.", "Mine is [PHONE]."])
    }

    @Test func onlyTheWantedKindsGo() throws {
        let redactor = Redactor(kinds: [.card])
        let lines = try texts("c:4111111111111111 and a@example.com", by: redactor)
        #expect(lines == ["[CARD] and a@example.com"])
    }

    // MARK: the record

    @Test func countsAndTimesAreOnTheRecordAndNothingElseChanges() throws {
        let given = try record(
            ["a:Your card?", "c:4111 1111 1111 1111", "a:And your mail?", "c:a@example.com"],
            #""n":1.50,"subject":"Card 4111111111111111","insights":{"summary":"Mail a@example.com","id":"12025550123","score":0.50},"#
        )
        let result = try redacted(given)
        let note = try #require(result.raw("redaction").map { String(decoding: $0, as: UTF8.self) })
        #expect(note.contains(#""counts":{"card":2,"email":2}"#))
        #expect(note.contains(#""start":3,"end":5.5"#))
        #expect(!note.contains("4111"))
        #expect(result.string("subject") == "Card [CARD]")
        let insights = try #require(result.raw("insights")).map { $0 }
        #expect(
            String(decoding: insights, as: UTF8.self)
                == #"{"summary":"Mail [EMAIL]","id":"12025550123","score":0.50}"#)
        #expect(String(decoding: result.bytes, as: UTF8.self).contains(#""n":1.50"#))
        #expect(
            result.raw(at: ["transcript", "unknown"]).map { $0.elementsEqual("1.5".utf8) } == true)
    }

    @Test func aRecordWithNothingPersonalKeepsItsTranscriptByteForByte() throws {
        let given = try record(["a:Hello, two of us.", "c:Bye."])
        let result = try redacted(given)
        #expect(result.raw("transcript") == given.raw("transcript"))
        #expect(result.has("redaction"))
        let empty = try redacted(Record(Array(#"{"id":"x:2"}"#.utf8)))
        #expect(empty.has("redaction"))
    }

    @Test func aTextThatIsNotThatOfTheUtterancesIsLookedAtAsWell() throws {
        let record = try Record(
            Array(
                (#"{"id":"x:1","transcript":{"text":"Card 4111111111111111","segments":"#
                    + #"[{"start":0,"end":1,"channel":0,"text":"Hello."}]}}"#).utf8))
        let result = try redacted(record)
        #expect(!String(decoding: result.bytes, as: UTF8.self).contains("4111"))
        let alone = try Record(
            Array(#"{"id":"x:1","transcript":{"text":"Card 4111111111111111"}}"#.utf8))
        let left = try redacted(alone).raw(at: ["transcript", "text"])
        #expect(left.map { String(decoding: $0, as: UTF8.self) } == #""Card [CARD]""#)
    }

    @Test func aTranscriptOfAnotherFormIsRedacted() throws {
        for (transcript, left) in [
            (#""It is 4111 1111 1111 1111.""#, #""It is [CARD].""#),
            (#"[{"said":"4111 1111 1111 1111"}]"#, #"[{"said":"[CARD]"}]"#),
        ] {
            let result = try redacted(
                Record(Array(#"{"id":"x:1","transcript":\#(transcript)}"#.utf8)))
            #expect(result.raw("transcript").map { String(decoding: $0, as: UTF8.self) } == left)
        }
    }

    @Test func strangeTextsEnd() throws {
        let digits = String(repeating: "1 2 3 4 5 6 7 8 9 0 ", count: 3000)
        let marks = String(repeating: "[[CARD *[", count: 2000) + "\u{202E}\u{200B}"
        // Each digit begins windows of many lengths; the time must not grow with their square.
        let utterances = (0..<5000).map { "\($0.isMultiple(of: 2) ? "a" : "c"):ok 4" }
        #expect(try redacted(record(utterances)).transcript()?.segments.count == 5000)
        let ats = String(repeating: "a at ", count: 5000) + "dot com"
        for text in [digits, marks, ats, "@", "", "\u{200B}", "double", "double double"] {
            _ = try texts("c:card \(text)")
        }
    }
}
