// WhisperXReplyTests: what WhisperX's services answer, and how tasks stand on a record.
import HTTP
import Records
import Speech
import Testing

@testable import SpeechServices

@Suite("WhisperX's answers")
struct WhisperXReplyTests {
    private func reply(_ text: String) throws -> WhisperXReply {
        try WhisperXReply(Response(status: 200, body: Array(text.utf8)), of: "WhisperX")
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
        let utterances = reply.utterances(seconds: 5)
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
        let utterances = reply.utterances(seconds: 5)
        #expect(utterances[0].words.map(\.text) == ["12", "apples", "for", "4"])
        #expect(utterances[0].words.map(\.start) == [nil, 1, 1.6, nil])
        #expect(utterances[1].words.count == 2, "a language without spaces keeps its words")
    }

    @Test("other engines' shapes are taken: text alone, a list for a text, probabilities")
    func shapes() throws {
        #expect(try reply(#"{"segments":[],"text":"a b"}"#).utterances(seconds: 2).count == 1)
        #expect(try reply(#"{"segments":[],"text":[]}"#).isEmpty)
        let words = try reply(
            #"{"segments":[{"start":0,"end":1,"text":"a","words":[{"word":" a","start":0,"end":1,"probability":0.5}]}]}"#
        )
        #expect(words.utterances(seconds: 1).first?.confidence == 0.5)
    }

    @Test(
        "what is no transcription is refused",
        arguments: [
            "", "<html>", "Internal Server Error", "{", #"{"detail":"x"}"#, #"{"text":"a"}"#,
        ])
    func unusable(_ text: String) {
        #expect(throws: Failure.self) { try reply(text) }
    }

    @Test("tasks stand on a record in the order of the pieces, and only what fits is believed")
    func taskNumbers() {
        let numbers = TaskNumbers(["a-12", nil, "b-34"])
        #expect(numbers.text == "1 a-12 - b-34")
        #expect(TaskNumbers(numbers.text, count: 3) == numbers)
        #expect(TaskNumbers(numbers.text, count: 2) == TaskNumbers([nil, nil]))
        #expect(TaskNumbers("2 a-12", count: 1) == TaskNumbers([nil]))
        #expect(TaskNumbers("1 ../../x", count: 1) == TaskNumbers([nil]))
        #expect(TaskNumbers(nil, count: 0).text == "1" && numbers[3] == nil)
    }

    @Test("a failure leaves the tasks only where one may still end well")
    func left() {
        let temporary = Failure(.temporary, .timeout, "wait")
        let item = Failure(.item, .audio, "hear")
        let stop = Failure(.stop, .auth, "ask")
        let numbers = TaskNumbers(["a-12", nil])
        #expect((numbers.left(with: temporary) as? Unfinished)?.task == "1 a-12 -")
        #expect(numbers.left(with: item) as? Failure == item)
        #expect(TaskNumbers([nil]).left(with: temporary) as? Failure == temporary)
        #expect(TaskNumbers.worst([temporary, item, stop]) == stop)
        #expect(TaskNumbers.worst([temporary, item]) == item && TaskNumbers.worst([]) == nil)
    }

    @Test(
        "a refusal tells the service's settings from the file",
        arguments: [
            (422, #"{"detail":[{"loc":["query","model"],"msg":"m"}]}"#, "stop", "configuration"),
            (422, #"{"detail":[{"loc":["body","file"],"msg":"m"}]}"#, "item", "audio"),
            (400, #"{"error":{"message":"m","code":"c"}}"#, "item", "audio"),
            (404, "not here", "stop", "configuration"), (503, "busy", "temporary", "server"),
            (418, "tea", "temporary", "bad_response"),
        ])
    func refusal(_ status: Int, _ text: String, _ scope: String, _ kind: String) {
        let response = Response(status: status, body: Array(text.utf8))
        let failure = WhisperXRefusal(response, .fastAPI).failure
        #expect(failure.scope.rawValue == scope && failure.kind.rawValue == kind)
    }
}
