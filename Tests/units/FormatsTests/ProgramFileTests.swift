// ProgramFileTests: files in the shapes that other programs write, made after their documents.
import Formats
import Foundation
import Records
import Testing

struct ProgramFileTests {
    @Test("WhisperX: a number without times keeps its place among the words")
    func whisperX() throws {
        let text = """
            {"segments":[{"start":0.31,"end":2.9,"text":" My card ends in 2266.","speaker":"SPEAKER_01",
              "words":[{"word":"My","start":0.31,"end":0.45,"score":0.9,"speaker":"SPEAKER_01"},
                {"word":"card","start":0.5,"end":0.8,"score":0.95},{"word":"ends","start":0.9,"end":1.1,
                "score":NaN},{"word":"in","start":1.2,"end":1.3,"score":0.7},{"word":"2266."}]},
              {"start":3.1,"end":4.0,"text":" It costs £13.60","words":[{"word":"It"}]}],
             "word_segments":[],"language":"en"}
            """
        let ours = try #require(
            try Reading.document(converted(Array(text.utf8), from: nil, to: .json)))
        #expect(ours.facts.engine == "whisperx" && ours.facts.language == "en")
        #expect(ours.spoken.map(\.segment.text) == ["My card ends in 2266.", "It costs £13.60"])
        #expect(ours.spoken.map(\.segment.speaker) == ["SPEAKER_01", nil])
        #expect(ours.spoken[0].words.map(\.text) == ["My", "card", "ends", "in", "2266."])
        #expect(ours.spoken[0].words.map(\.start) == [0.31, 0.5, 0.9, 1.2, nil])
        #expect(try converted(text, to: .srt).hasPrefix("1\n00:00:00,310 --> 00:00:02,900\n"))
    }

    private func deepgram(_ utterances: String) -> String {
        """
        {"metadata":{"transaction_key":"deprecated","request_id":"a-1","sha256":"5f","duration":12.5,
          "channels":2,"models":["m-1"],"model_info":{"m-1":{"name":"2-general-nova","version":"2024",
          "arch":"nova-2"}}},"results":{"channels":[
          {"alternatives":[{"transcript":"hello there yes","confidence":0.99,"words":[
            {"word":"hello","start":0.08,"end":0.5,"confidence":0.98,"punctuated_word":"Hello"},
            {"word":"there","start":0.6,"end":0.9,"confidence":0.97,"punctuated_word":"there."},
            {"word":"yes","start":4,"end":4.4,"confidence":0.5,"punctuated_word":"Yes."}]}]},
          {"alternatives":[{"transcript":"hi","confidence":0.9,"words":[
            {"word":"hi","start":1.5,"end":1.8,"confidence":0.9,"punctuated_word":"Hi."}]}]}]\(utterances)}}
        """
    }

    @Test("Deepgram: utterances where there are some, else words parted by channel and pause")
    func deepgram() throws {
        let plain = try Reading.lines(deepgram(""))
        #expect(plain == ["0.08-0.9 0: Hello there.", "1.5-1.8 1: Hi.", "4.0-4.4 0: Yes."])
        let told =
            ",\"utterances\":[{\"start\":0.08,\"end\":4.4,\"confidence\":0.8,\"channel\":0,"
            + "\"transcript\":\"Hello there. Yes.\",\"words\":[],\"speaker\":1,\"id\":\"x\"}]"
        #expect(try Reading.lines(deepgram(told)) == ["0.08-4.4 SPEAKER_01: Hello there. Yes."])
        let ours = try #require(
            try Reading.document(converted(Array(deepgram("").utf8), from: nil, to: .json)))
        #expect(ours.facts.seconds == 12.5 && ours.facts.model == "2-general-nova")
        #expect(
            try Reading.lines(deepgram(""), speakers: ["agent", "customer"]).map { $0.prefix(15) }
                == ["0.08-0.9 agent: ", "1.5-1.8 custome", "4.0-4.4 agent: "].map { $0.prefix(15) })
    }

    @Test("whisper.cpp: control characters, half characters, marks, and channels by loudness")
    func whisper() throws {
        let head = Array(
            #"{"systeminfo":"AVX = 1","model":{"type":"base"},"params":{"language":"en"},"#.utf8)
        let first =
            #""result":{"language":"en"},"transcription":[{"timestamps":{"from":"00:00:00,000","#
            + #""to":"00:00:01,500"},"offsets":{"from":0,"to":1500},"text":" a"# + "\u{01}"
            + #"b [NAME]","speaker":"1","tokens":[{"text":"[_BEG_]","offsets":{"from":0,"to":0},"p":0.9},"#
            + #"{"text":" a b","offsets":{"from":0,"to":700},"id":1,"p":0.5,"t_dtw":-1},"#
            + #"{"text":" [NAME]","offsets":{"from":700,"to":1500},"id":2,"p":0.7},"#
            + #"{"text":"[_TT_75]","offsets":{"from":1500,"to":1500},"p":0.1}]},"#
        let second = #"{"offsets":{"from":1500,"to":2000},"text":" caf"#
        let third = #"","speaker":"?"},{"offsets":{"from":2000,"to":2500},"text":""#
        var bytes = head + Array((first + second).utf8)
        bytes.append(0xC3)
        bytes += Array(third.utf8)
        bytes.append(0xA9)
        bytes += Array(#" !"},{"offsets":{"from":2500,"to":2600},"text":" x"#.utf8)
        bytes += [0xE2, 0x82]
        bytes += Array(#""}]}"#.utf8)
        let (output, remarks) = try conversion(bytes, from: nil, to: .json)
        let ours = try #require(try Reading.document(output))
        #expect(ours.spoken.map(\.segment.text) == ["a b [NAME]", "caf", "é !", "x"])
        #expect(ours.spoken.map(\.segment.channel) == [1, 0, 0, 0])
        #expect(ours.spoken[0].words.map(\.text) == ["a b", "[NAME]"])
        #expect(ours.facts.model == "base")
        #expect(remarks.map(\.count) == [1])
    }

    @Test("OpenAI: words at the top go to the segments by time, and text alone is one utterance")
    func openAI() throws {
        let text = """
            {"task":"transcribe","language":"english","duration":4.5,"text":"Good day. I'd like a room.",
             "words":[{"word":"Good","start":0.1,"end":0.3},{"word":"day","start":0.3,"end":0.6},
              {"word":"I'd","start":2.0,"end":2.2},{"word":"like","start":2.2,"end":2.5},
              {"word":"a","start":2.5,"end":2.6},{"word":"room","start":2.6,"end":3.0}],
             "segments":[{"id":0,"seek":0,"start":0.0,"end":1.0,"text":" Good day.","tokens":[50364],
               "temperature":0.0,"avg_logprob":-0.1,"compression_ratio":1.1,"no_speech_prob":0.01},
              {"id":1,"seek":0,"start":1.9,"end":3.1,"text":" I'd like a room.","tokens":[],
               "temperature":0.0,"avg_logprob":-0.2,"compression_ratio":1.1,"no_speech_prob":0.01}],
             "usage":{"type":"duration","seconds":5}}
            """
        let ours = try #require(
            try Reading.document(converted(Array(text.utf8), from: nil, to: .json)))
        #expect(ours.facts.language == "en" && ours.facts.seconds == 4.5)
        #expect(
            ours.spoken.map { $0.words.map(\.text) } == [
                ["Good", "day."], ["I'd", "like", "a", "room."],
            ])
        #expect(try Reading.lines(#"{"text":"Hello there."}"#) == ["0.0-0.0 0: Hello there."])
    }

    @Test("an object of another program, a cut one and another schema of ours are errors")
    func foreign() throws {
        for text in [
            #"{"a":1}"#, #"{"id":"x","engine":"e","segments":[{"start":0,"end":1,"channel":0}]}"#,
            #"{"results":{"items":[]}}"#, #"{"transcription":[{"text":"a""#, #"{"segments":[{"#,
        ] {
            let failure = #expect(throws: Failure.self) { try converted(text, to: .srt) }
            #expect(failure?.message.hasPrefix("read in: ") == true, "\(text)")
            #expect(failure?.scope == .item && failure?.remedy.isEmpty == false)
        }
    }
}
