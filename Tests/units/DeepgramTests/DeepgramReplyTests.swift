// DeepgramReplyTests: what Deepgram calls a transcription, and what it calls a refusal.
import HTTP
import Records
import Speech
import SpeechReplies
import Testing

@testable import Deepgram

@Suite("Deepgram's answers")
struct DeepgramReplyTests {
    private func reply(_ text: String, channels: Int = 2) throws -> DeepgramJSON {
        try DeepgramJSON(Response(status: 200, body: Array(text.utf8)), channels: channels)
    }

    private func refusal(_ status: Int, _ text: String) -> Failure {
        DeepgramRefusal(Response(status: status, body: Array(text.utf8))).failure(model: "nova-3")
    }

    @Test("utterances keep channel, voice, stops and tags, and say which model it was")
    func utterances() throws {
        let reply = try reply(
            """
            {"metadata":{"request_id":"r-1","duration":4.2,"channels":2,"models":["m"],
            "model_info":{"m":{"name":"general-nova-3","version":"2026-01-09.1","arch":"nova-3"}}},
            "results":{"channels":[{"alternatives":[{"transcript":"a"}],"detected_language":"es"},
            {"alternatives":[{"transcript":"","confidence":0.0,"words":[]}]}],
            "utterances":[{"start":0.9,"end":"1.9","confidence":0.99,"channel":1,"speaker":1,
            "transcript":"My card: [CREDIT_CARD_1].","id":"u","words":[{"word":"my","start":0.9,
            "end":1.1,"confidence":0.9,"punctuated_word":"My"},{"word":"card","start":1.1,
            "end":1.3,"confidence":0.8,"punctuated_word":"card:"},{"word":"[credit_card_1]",
            "start":1.3,"end":1.9,"confidence":1,"punctuated_word":"[CREDIT_CARD_1]."}]},
            {"start":2.5,"end":2.6,"channel":0,"transcript":" ","words":[]}]}}
            """)
        let utterance = try #require(reply.utterances.first)
        #expect(reply.utterances.count == 1, "one without text says nothing")
        #expect((utterance.start, utterance.end, utterance.channel) == (0.9, 1.9, 1))
        #expect(utterance.text == "My card: [CREDIT_CARD_1]." && utterance.confidence == 0.99)
        #expect(utterance.words.map(\.text) == ["My", "card:", "[CREDIT_CARD_1]."])
        #expect(utterance.words[1].confidence == 0.8 && utterance.speaker == "SPEAKER_01")
        #expect(reply.language == "es" && reply.seconds == 4.2 && reply.request == "r-1")
        #expect(reply.model == "general-nova-3" && reply.version == "2026-01-09.1")
    }

    @Test("without utterances the words are parted at pauses and voices")
    func words() throws {
        let reply = try reply(
            """
            {"results":{"channels":[{"alternatives":[{"transcript":"a b c d","confidence":0.9,"words":[
            {"word":"a","start":0,"end":0.2,"speaker":0},{"word":"b","start":0.3,"end":0.5,"speaker":0},
            {"word":"c","start":0.6,"end":0.8,"speaker":1},
            {"word":"d","start":2.6,"end":2.8,"speaker":1}]}]}]}}
            """, channels: 1)
        #expect(reply.utterances.map(\.text) == ["a b", "c", "d"])
        #expect(reply.utterances.map(\.start) == [0, 0.6, 2.6])
    }

    @Test("utterances without text or times lose no word")
    func untimed() throws {
        let reply = try reply(
            """
            {"results":{"channels":[{"alternatives":[{"transcript":"a b"}]}],
            "utterances":[{"transcript":"a"},{"start":2,"end":1,"transcript":"b"}]}}
            """, channels: 1)
        #expect(reply.utterances.map(\.text) == ["a", "b"])
        let placed = reply.utterances.placed(in: 0...4)
        #expect(placed.map(\.start) == [0, 2] && placed.map(\.end) == [2, 4])
        let silent = try self.reply(
            """
            {"results":{"channels":[{"alternatives":[{"transcript":"a b"}]}],
            "utterances":[{"start":1,"end":2,"transcript":null}]}}
            """, channels: 1)
        #expect(silent.utterances.map(\.text) == ["a b"])
    }

    @Test("text without times still counts")
    func text() throws {
        let reply = try reply(
            """
            {"metadata":{"duration":3},"results":{"channels":[{"alternatives":[{"transcript":"a b"}]}]}}
            """, channels: 1)
        #expect(reply.utterances == [Utterance(start: 0, end: 3, channel: 0, text: "a b")])
    }

    @Test(
        "what is no transcription is refused, and numbers out of all bounds do no harm",
        arguments: [
            "", "<html>", "[]", #"{"results":{"cha"#, #"{"request_id":"r"}"#, #"{"results":{}}"#,
            #"{"results":{"channels":[{}]}}"#,
            #"{"results":{"channels":[{},{}],"utterances":[{"start":1,"channel":2,"transcript":"a"}]}}"#,
            #"{"results":{"channels":[{},{}],"utterances":[{"start":1,"channel":1e300,"transcript":"a"}]}}"#,
        ])
    func unusable(_ text: String) {
        #expect {
            try reply(text)
        } throws: { error in
            let failure = error as? Failure
            return failure?.scope == .temporary && failure?.kind == .badResponse
        }
    }

    @Test(
        "all three shapes of an error say whether the file or the settings are at fault",
        arguments: [
            (
                #"{"err_code":"Bad Request","err_msg":"Bad Request: corrupt or unsupported data"}"#,
                "item"
            ),
            (
                #"{"category":"INVALID_AUDIO","message":"no sound","details":"d","request_id":"r"}"#,
                "item"
            ),
            ("corrupt or unsupported data", "item"), (#""no sound""#, "item"),
            (
                #"{"err_code":"Bad Request","err_msg":"No such model/language/tier combination found."}"#,
                "stop"
            ),
            (#"{"category":"INVALID_QUERY_PARAMETER","message":"m","details":"d"}"#, "stop"),
            ("Failed to deserialize query parameters: missing field", "stop"),
        ])
    func settings(_ text: String, _ scope: String) {
        #expect(refusal(400, text).scope.rawValue == scope)
    }

    @Test("a code is shown where it is one, and no message ever")
    func secrets() {
        let plain = refusal(429, #"{"err_code":"TOO_MANY_REQUESTS","err_msg":"key dg-1"}"#)
        #expect(plain.message.hasSuffix("(429 TOO_MANY_REQUESTS)"))
        let odd = refusal(401, #"{"err_code":"key dg-1","err_msg":"dg-1"}"#)
        #expect(odd.message.hasSuffix("(401)") && !odd.description.contains("dg-"))
    }
}
