// WhisperXJSONTests: the transcriptions of WhisperX and of the programs in its services.
import Records
import Speech
import Testing

@testable import SpeechReplies

@Suite("WhisperX's answers")
struct WhisperXJSONTests {
    private func reply(_ text: String) throws -> TranscriptJSON {
        try TranscriptJSON(ReplyJSON(Array(text.utf8), of: "WhisperX"))
    }

    @Test("words without times, scores and speakers are taken as they are")
    func words() throws {
        let reply = try reply(
            """
            {"segments":[{"start":0.5,"end":2.3,"text":" Hello 2024.","avg_logprob":-0.2,"words":[
            {"word":"Hello","start":0.5,"end":0.8,"score":0.95,"speaker":"SPEAKER_00"},
            {"word":"2024."}],"speaker":"SPEAKER_00"},
            {"start":"3","end":"4","text":"Yes","words":[{"word":"Yes","start":3.1,"score":0.4}]}],
            "word_segments":[],"language":"en"}
            """)
        let utterances = reply.utterances
        #expect(utterances.map(\.text) == ["Hello 2024.", "Yes"] && reply.language == "en")
        #expect(utterances[0].words.map(\.start) == [0.5, nil])
        #expect(utterances[0].speaker == "SPEAKER_00" && utterances[1].speaker == nil)
        #expect(abs((utterances[0].confidence ?? 0) - 0.8187) < 0.001)
        #expect(utterances[1].confidence == 0.4 && utterances[1].start == 3)
        #expect(utterances[1].words.first?.start == nil, "a start alone places no word")
    }

    @Test("words that were left out come back from the text")
    func wholeText() throws {
        let reply = try reply(
            """
            {"segments":[{"start":0,"end":3,"text":" 12 apples for 4","words":[
            {"word":"apples","start":1,"end":1.5},{"word":"for","start":1.6,"end":1.7}]},
            {"start":4,"end":5,"text":"你好","words":[{"word":"你","start":4,"end":4.4},
            {"word":"好","start":4.5,"end":4.9}]}]}
            """)
        #expect(reply.utterances[0].words.map(\.text) == ["12", "apples", "for", "4"])
        #expect(reply.utterances[0].words.map(\.start) == [nil, 1, 1.6, nil])
        #expect(reply.utterances[1].words.count == 2, "a language without spaces keeps its words")
    }

    @Test("other engines' shapes are taken: text alone, a list for a text, probabilities")
    func shapes() throws {
        #expect(try reply(#"{"segments":[],"text":"a b"}"#).text == "a b")
        #expect(try reply(#"{"segments":[],"text":[]}"#).isEmpty)
        let words = try reply(
            #"{"segments":[{"start":0,"end":1,"text":"a","words":[{"word":" a","start":0,"end":1,"probability":0.5}]}]}"#
        )
        #expect(words.utterances.first?.confidence == 0.5)
    }

    @Test(
        "what is no transcription is refused",
        arguments: ["", "<html>", "Internal Server Error", "{", #"{"detail":"x"}"#])
    func unusable(_ text: String) {
        #expect(throws: Failure.self) { try reply(text) }
    }
}

@Suite("JSON that is not quite JSON")
struct ReplyJSONTests {
    private struct Body: Decodable { let text: String }

    private func text(_ bytes: [UInt8]) throws -> String {
        try ReplyJSON(bytes, of: "a program").decode(Body.self).text
    }

    @Test("numbers that are none count as absent, and words stay words")
    func noNumbers() throws {
        let reply = try TranscriptJSON(
            ReplyJSON(
                Array(
                    """
                    {"segments":[{"start":0.5,"end":2.0,"text":" NaN is Infinity","avg_logprob":NaN,
                    "no_speech_prob":-Infinity,"words":[{"word":"NaN","start":0.5,"end":Infinity}]}]}
                    """.utf8), of: "a program"))
        #expect(reply.utterances.map(\.text) == ["NaN is Infinity"])
        #expect(reply.utterances[0].confidence == nil && reply.utterances[0].end == 2)
        #expect(reply.utterances[0].words.first?.end == nil)
    }

    @Test(
        "half of a surrogate pair is U+FFFD, a whole pair is its character",
        arguments: [
            (#"hello \ud83d there"#, "hello \u{FFFD} there"), (#"\udc00x"#, "\u{FFFD}x"),
            (#"\ud83d\ude00"#, "\u{1F600}"), (#"\ud83d\ud83d\ude00"#, "\u{FFFD}\u{1F600}"),
            (#"\\ud83d"#, #"\ud83d"#), (#"a\u00e9\n\"NaN\""#, "aé\n\"NaN\""),
        ])
    func surrogates(_ source: String, _ text: String) throws {
        #expect(try self.text(Array(#"{"text":"\#(source)"}"#.utf8)) == text)
    }

    @Test("a byte order mark and broken characters are no reason to lose a transcript")
    func marks() throws {
        #expect(try text([0xEF, 0xBB, 0xBF] + Array(#"{"text":"a"}"#.utf8)) == "a")
        #expect(
            try text(Array(#"{"text":"a"#.utf8) + [0xC3, 0x01] + Array(#"b"}"#.utf8))
                == "a\u{FFFD} b")
    }

    @Test("segments without times keep their words, in their order")
    func untimed() throws {
        let reply = try TranscriptJSON(
            ReplyJSON(
                Array(
                    """
                    {"segments":[{"start":null,"end":null,"text":" hello there"},
                    {"start":3.0,"end":4.0,"text":" good bye"},{"text":" again"}]}
                    """.utf8), of: "a program"))
        #expect(reply.utterances.map(\.text) == ["hello there", "good bye", "again"])
        #expect(reply.utterances.map(\.isPlaced) == [false, true, false])
        let placed = reply.utterances.placed(in: 1...6)
        #expect(placed.map(\.start) == [1, 3, 4] && placed.map(\.end) == [3, 4, 6])
    }
}
