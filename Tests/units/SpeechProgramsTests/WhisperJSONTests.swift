// WhisperJSONTests: tokens become words, marks and broken text become neither.
import Records
import Speech
import Testing

@testable import SpeechReplies

struct WhisperJSONTests {
    private func read(_ transcription: String) -> WhisperJSON? {
        WhisperJSON(
            Array(#"{"result":{"language":"en"},"transcription":[\#(transcription)]}"#.utf8),
            channel: 1)
    }

    @Test("tokens join until the next that begins with a space; marks are left out")
    func tokens() throws {
        let heard = try #require(
            read(
                #"""
                {"timestamps":{"from":"00:00:01,000","to":"00:00:02,500"},
                 "offsets":{"from":1000,"to":2500},"text":" Hello, Wald\"o.","tokens":[
                  {"text":"[_BEG_]","offsets":{"from":1000,"to":1000},"id":50363,"p":0.9},
                  {"text":" Hello","offsets":{"from":1000,"to":1400},"id":1,"p":0.9,"t_dtw":-1},
                  {"text":",","offsets":{"from":1400,"to":1500},"id":2,"p":0.7},
                  {"text":" Wald","offsets":{"from":1500,"to":2000},"id":3,"p":0.5},
                  {"text":"\"o","id":4,"p":0.5},
                  {"text":".","offsets":{"from":2300,"to":2400},"id":5,"p":0.5},
                  {"text":"[_TT_75]","offsets":{"from":2500,"to":2500},"id":50438,"p":0.1}]}
                """#))
        #expect(heard.language == "en")
        let utterance = try #require(heard.utterances.first)
        #expect(utterance.text == "Hello, Wald\"o.")
        #expect((utterance.start, utterance.end) == (1, 2.5))
        #expect(utterance.channel == 1)
        #expect(utterance.words.map(\.text) == ["Hello,", "Wald\"o."])
        #expect(utterance.words.map(\.start) == [1, 1.5])
        #expect(utterance.words.map(\.end) == [1.5, 2.4])
        #expect(abs((utterance.confidence ?? 0) - 0.65) < 1e-9)
    }

    @Test("a character that two tokens share is whole again")
    func splitCharacter() throws {
        let head = #"{"transcription":[{"offsets":{"from":0,"to":10},"text":" Ä.","tokens":["#
        var bytes = Array((head + #"{"text":" "#).utf8)
        bytes += [0xC3] + Array(#"","p":1},{"text":""#.utf8) + [0x84]
        bytes += Array(#".","p":1}]}]}"#.utf8)
        let heard = try #require(WhisperJSON(bytes, channel: 0))
        #expect(heard.utterances.first?.words.map(\.text) == ["Ä."])
        #expect(heard.utterances.first?.text == "Ä.")
    }

    @Test("a character that two segments share is in the second one; half a character is in none")
    func sharedCharacter() throws {
        let segment = #"{"offsets":{"from":0,"to":10},"text":""#
        var bytes = Array((#"{"transcription":["# + segment + " Ja").utf8) + [0xE2, 0x99]
        bytes += Array(#"","tokens":[{"text":" Ja","p":1},{"text":""#.utf8) + [0xE2, 0x99]
        bytes += Array((#"","p":1},{"text":"[_TT_9]"}]},"# + segment).utf8) + [0x80]
        bytes += Array(#"x é","tokens":[{"text":"[_BEG_]"},{"text":""#.utf8) + [0x80]
        bytes += Array(#"x","p":1},{"text":" é","p":1}]},"#.utf8)
        bytes += Array((segment + " end").utf8) + [0xF0, 0x9F] + Array(#""}]}"#.utf8)
        let heard = try #require(WhisperJSON(bytes, channel: 0)).utterances
        #expect(heard.map(\.text) == ["Ja", "\u{2640}x é", "end"])
        #expect(heard[0].words.map(\.text) == ["Ja"])
        #expect(heard[1].words.map(\.text) == ["\u{2640}x", "é"])
    }

    @Test("broken UTF-8 and control characters cost a character, not the transcript")
    func broken() throws {
        var bytes = Array(#"{"transcription":[{"offsets":{"from":0,"to":9},"text":" a"#.utf8)
        bytes += [0xFF, 0x01] + Array(#"b"}]}"#.utf8)
        let heard = try #require(WhisperJSON(bytes, channel: 0))
        #expect(heard.utterances.first?.text == "a b")
        #expect(heard.utterances.first?.words == [])
    }

    @Test(
        "what is not speech is left out",
        arguments: [
            ("[BLANK_AUDIO]", nil), ("(soft music)", nil), ("*sighs*", nil), ("♪ ♪", nil),
            ("[ Silence ] Good day.", "Good day."), ("Yes (laughs). No", "Yes No"),
            ("an open [ bracket", "an open [ bracket"), ("", nil), (" ... - ?", nil),
            ("\u{FFFD}", nil), ("5", "5"),
        ] as [(String, String?)])
    func tags(_ text: String, _ said: String?) throws {
        let heard = try #require(read(#"{"offsets":{"from":0,"to":9},"text":" \#(text)"}"#))
        #expect(heard.utterances.first?.text == said)
    }

    @Test("half a document is none", arguments: [#"{"transcription":[{"off"#, "", "<html>", "{}"])
    func half(_ text: String) {
        #expect(WhisperJSON(Array(text.utf8), channel: 0) == nil)
    }
}
