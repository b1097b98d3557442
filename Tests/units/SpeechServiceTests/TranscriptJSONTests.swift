// TranscriptJSONTests: what each dialect calls a transcription, and what is none.
import Records
import Speech
import Testing

@testable import SpeechReplies

@Suite("Replies")
struct TranscriptJSONTests {
    private func reply(_ text: String) throws -> TranscriptJSON {
        try TranscriptJSON(ReplyJSON(Array(text.utf8), of: "OpenAI"))
    }

    @Test("json is text, and its tokens' probabilities are a confidence")
    func json() throws {
        let reply = try reply(
            """
            {"text":" Hello.","logprobs":[{"token":"Hello","logprob":-0.1},
            {"token":".","logprob":"-0.3"}],"usage":{"type":"tokens","input_tokens":14}}
            """)
        #expect(reply.text == "Hello." && reply.utterances.isEmpty && reply.language == nil)
        #expect(abs((reply.confidence ?? 0) - 0.8187) < 0.001)
    }

    @Test("verbose_json has a language's name, words beside the segments, and evidence")
    func verbose() throws {
        let reply = try reply(
            """
            {"task":"transcribe","language":"english","duration":3.9,"text":"Hello, you. Yes.",
            "words":[{"word":"Hello","start":0.5,"end":0.9},{"word":"you","start":0.9,"end":1.1},
            {"word":"Yes","start":1.85,"end":2.2}],
            "segments":[{"id":0,"seek":0,"start":0.0,"end":1.9,"text":" Hello, you.",
            "tokens":[50364],"temperature":0.0,"avg_logprob":-0.3,"compression_ratio":1.2,
            "no_speech_prob":0.01},{"id":1,"start":1.9,"end":2.4,"text":" Yes.","avg_logprob":-1}],
            "usage":{"type":"duration","seconds":4}}
            """)
        #expect(reply.language == "en")
        #expect(reply.utterances.map(\.text) == ["Hello, you.", "Yes."])
        let words = reply.utterances.map { $0.words.map(\.text) }
        #expect(words == [["Hello,", "you."], ["Yes."]], "a word goes where its letters are")
        #expect(reply.utterances[0].words[1].start == 0.9)
        #expect(abs((reply.utterances[0].confidence ?? 0) - 0.7408) < 0.001)
        #expect(
            reply.utterances[0].evidence
                == Utterance.Evidence(noSpeech: 0.01, logProbability: -0.3, compression: 1.2))
        #expect(reply.utterances[1].evidence == Utterance.Evidence(logProbability: -1))
    }

    @Test("words that are not those of the segments go by their time")
    func strangeWords() throws {
        let reply = try reply(
            """
            {"text":"One. Two.","words":[{"word":"first","start":0.1,"end":0.5},
            {"word":"second","start":2.1,"end":2.5}],"segments":[{"start":0,"end":1,"text":"One."},
            {"start":2,"end":3,"text":"Two."}]}
            """)
        // As many words as the text has: its spelling is taken.
        #expect(reply.utterances.map { $0.words.map(\.start) } == [[0.1], [2.1]])
    }

    @Test(
        "words of the text that no segment has are said as well, in their place",
        arguments: [
            (#"[{"start":0,"end":1,"text":"One, two."}]"#, ["One, two.", "~Three. Four!"]),
            (#"[{"start":2,"end":3,"text":" three"}]"#, ["~One two.", "three", "~Four!"]),
            (
                #"[{"start":0,"end":1,"text":"one"},{"start":3,"end":4,"text":"four"}]"#,
                ["one", "~two. Three.", "four"]
            ),
            (#"[{"start":0,"end":4,"text":"One three. Four!"}]"#, ["One two. Three. Four!"]),
            (#"[{"start":0,"end":4,"text":"One two. Three. Four!"}]"#, ["One two. Three. Four!"]),
            (#"[{"start":0,"end":4,"text":"1 2 3 4"}]"#, ["1 2 3 4"]),
            ("[]", []),
        ])
    func rest(_ segments: String, _ said: [String]) throws {
        let reply = try reply(#"{"text":"One two. Three. Four!","segments":\#(segments)}"#)
        // The mark is for those without times.
        #expect(reply.utterances.map { ($0.isPlaced ? "" : "~") + $0.text } == said)
    }

    @Test("a text that names speakers or times has no more words than its segments")
    func labels() throws {
        for text in ["[SPEAKER_00]: Yes. No.", "00:01 Yes. No.", "Agent: Yes. No."] {
            let reply = try reply(
                #"{"text":"\#(text)","segments":[{"start":0,"end":1,"text":"Yes. No."}]}"#)
            #expect(reply.utterances.map(\.text) == ["Yes. No."])
        }
    }

    @Test("loose words go past a segment that has no time")
    func wordsBesideTheRest() throws {
        let reply = try reply(
            """
            {"text":"One. Two. Three.","words":[{"word":"first","start":0.1,"end":0.5},
            {"word":"third","start":2.1,"end":2.5}],"segments":[{"start":0,"end":1,"text":"One."},
            {"start":2,"end":3,"text":"Three."}]}
            """)
        #expect(reply.utterances.map(\.text) == ["One.", "Two.", "Three."])
        #expect(reply.utterances.map { $0.words.map(\.start) } == [[0.1], [], [2.1]])
    }

    @Test(
        "an answer that tells of an error is none",
        arguments: [#""no model""#, "true", "500", #"{"code":500}"#, "[1]"])
    func error(_ mark: String) {
        let failure = #expect(throws: Failure.self) {
            try reply(#"{"error":\#(mark),"text":"Load it."}"#)
        }
        #expect(failure?.message == "read the answer of OpenAI: it is an error")
    }

    @Test(
        "an error that is none is not told", arguments: ["null", "false", "0", #""""#, "{}", "[]"])
    func noError(_ mark: String) throws {
        #expect(try reply(#"{"error":\#(mark),"text":"Yes."}"#).text == "Yes.")
    }

    @Test("words without segments are utterances where somebody takes breath")
    func onlyWords() throws {
        let reply = try reply(
            """
            {"text":"a b c","words":[{"word":"a","start":0,"end":0.5},{"word":"b","start":0.6,
            "end":1},{"word":"c","start":3,"end":3.5}]}
            """)
        #expect(reply.utterances.map(\.text) == ["a b", "c"])
        #expect(reply.utterances.map(\.start) == [0, 3])
    }

    @Test("of words without segments those without times stay too")
    func untimedWords() throws {
        let reply = try reply(
            """
            {"text":"Call five now","words":[{"word":"Call"},{"word":"five","start":2,"end":2.5},
            {"word":"now","start":null,"end":null}]}
            """)
        #expect(reply.utterances.map(\.text) == ["Call five now"])
        #expect(reply.utterances.map(\.start) == [2] && reply.utterances.map(\.end) == [2.5])
        let none = try self.reply(#"{"text":"","words":[{"word":"Yes"},{"word":"no"}]}"#)
        #expect(none.utterances.map(\.text) == ["Yes no"])
        #expect(none.utterances.allSatisfy { !$0.isPlaced })
    }

    @Test("a number in the place of the text is nothing that was said")
    func number() throws {
        #expect(throws: Failure.self) { try self.reply(#"{"text":1e9}"#) }
        let reply = try self.reply(
            #"{"text":12,"segments":[{"start":1,"end":2,"text":"Yes."}]}"#)
        #expect(reply.utterances.map(\.text) == ["Yes."])
    }

    @Test("words without times are tolerated")
    func noTimes() throws {
        let reply = try reply(
            """
            {"text":"In 2024.","segments":[{"start":1,"end":2,"text":"In 2024.","words":[
            {"word":"In","start":1,"end":1.2,"score":0.9},{"word":"2024."}]}]}
            """)
        #expect(reply.utterances.first?.words.map(\.end) == [1.2, nil])
        #expect(reply.utterances.first?.end == 2)
    }

    @Test("diarized_json has voices, and ids that are text")
    func diarized() throws {
        let reply = try reply(
            """
            {"task":"transcribe","duration":4.0,"text":"Hello. Yes.","segments":[{"type":
            "transcript.text.segment","id":"seg_001","start":0.0,"end":1.9,"text":"Hello.",
            "speaker":"A"},{"id":"seg_002","start":2,"end":3,"text":"Yes.","speaker":1}]}
            """)
        #expect(reply.utterances.map(\.speaker) == ["A", "1"])
    }

    @Test("whisper.cpp's tokens are joined, its marks left out, its letters repaired")
    func whisperCPP() throws {
        let reply = try reply(
            """
            {"task":"transcribe","language":"german","duration":1.9,"text":" Grüße, du.\\n",
            "segments":[{"id":0,"text":" Grüße, du.","start":0.0,"end":1.9,"tokens":[2425],
            "words":[{"word":"[_BEG_]","start":0,"end":0,"t_dtw":-1,"probability":0.2},
            {"word":" Gr\u{FFFD}","start":0.0,"end":0.4,"t_dtw":-1,"probability":0.9},
            {"word":"\u{FFFD}ße","start":0.4,"end":0.6,"probability":0.7},
            {"word":",","start":0.6,"end":0.7,"probability":0.5},
            {"word":" du","start":0.8,"end":1.0,"probability":0.9},
            {"word":".","start":1.0,"end":1.1,"probability":0.9},
            {"word":"[_TT_95]","start":1.9,"end":1.9,"probability":0.1}],
            "temperature":0.0,"avg_logprob":-0.3,"no_speech_prob":0.01}],
            "detected_language":"german","detected_language_probability":0.98}
            """)
        #expect(reply.language == "de")
        let utterance = try #require(reply.utterances.first)
        #expect(utterance.words.map(\.text) == ["Grüße,", "du."])
        #expect(utterance.words.map(\.start) == [0, 0.8] && utterance.words[0].end == 0.7)
        #expect(abs((utterance.confidence ?? 0) - 0.8) < 0.001, "of words, not of the segment")
    }

    @Test("with a voice detector whisper.cpp's words are elsewhere, and then nowhere")
    func detector() throws {
        let reply = try reply(
            """
            {"text":" Hello.","segments":[{"text":" Hello.","start":60.0,"end":61.0,"words":[
            {"word":" Hello","start":0.2,"end":0.6,"probability":0.9}]}]}
            """)
        #expect(reply.utterances.first?.start == 60)
        #expect(reply.utterances.first?.words == [Word("Hello.", confidence: 0.9)])
    }

    @Test("what has no time that is one is kept, after what stands before it")
    func oddTimes() throws {
        let reply = try reply(
            """
            {"text":"a b c","segments":[{"start":-5,"end":1e300,"text":"a"},
            {"start":9,"end":2,"text":"b"},{"start":"x","end":null,"text":"c"}]}
            """)
        #expect(reply.utterances.map(\.text) == ["a", "b", "c"])
        let placed = reply.utterances.placed(in: 0...12)
        #expect(placed.map(\.start) == [0, 9, 10.5])
        #expect(placed.map(\.end) == [9, 10.5, 12])
    }

    @Test("LocalAI calls a word text, and once counted nanoseconds")
    func localAI() throws {
        let reply = try reply(
            """
            {"text":"Hello you.","duration":3,"segments":[{"id":0,"start":500000000,
            "end":1900000000,"text":"Hello you.","tokens":[1],"speaker":"","words":[
            {"text":"Hello","start":500000000,"end":900000000},
            {"text":"you.","start":900000000,"end":1900000000}]}]}
            """)
        let utterance = try #require(reply.utterances.first)
        #expect(utterance.start == 0.5 && abs(utterance.end - 1.9) < 1e-9)
        #expect(utterance.words.map(\.text) == ["Hello", "you."])
        #expect(utterance.words[1].start == 0.9)
        #expect(utterance.confidence == nil && utterance.speaker == nil)
    }

    @Test("vLLM writes numbers as text, and leaves out words and doubts")
    func vLLM() throws {
        let reply = try reply(
            """
            {"duration":"1.9","language":"en","text":" Hello.","words":null,"segments":[{"id":0,
            "avg_logprob":-0.3,"compression_ratio":1.2,"end":"1.9","no_speech_prob":null,"seek":0,
            "start":"0.5","temperature":0.0,"text":" Hello.","tokens":[50364]}]}
            """)
        #expect(reply.utterances.first?.start == 0.5 && reply.utterances.first?.end == 1.9)
        #expect(reply.utterances.first?.evidence.noSpeech == nil)
        #expect(reply.utterances.first?.words == [])
    }

    @Test("speaches has words beside segments, null unless asked for")
    func speaches() throws {
        let reply = try reply(
            """
            {"task":"transcribe","language":"en","duration":1.9,"text":"Hello you.","words":[
            {"word":" Hello","start":0.5,"end":0.9,"probability":0.9},
            {"word":" you.","start":0.9,"end":1.1,"probability":0.7}],"segments":[{"id":0,"seek":0,
            "start":0.5,"end":1.1,"text":" Hello you.","tokens":[1],"temperature":0.0,
            "avg_logprob":-0.3,"compression_ratio":1.2,"no_speech_prob":0.01,"words":null}]}
            """)
        #expect(reply.utterances.first?.words.map(\.confidence) == [0.9, 0.7])
        #expect(reply.utterances.first?.confidence == 0.8)
    }

    @Test("what Groq and gpt-transcribe add is read too")
    func others() throws {
        let groq = try reply(#"{"text":"a","x_groq":{"id":"req_1"},"segments":[]}"#)
        #expect(groq.request == "req_1" && groq.text == "a" && groq.utterances.isEmpty)
        #expect(try reply(#"{"text":"a","languages":["de","en"]}"#).language == "de")
        #expect(try reply(#"{"text":"a","language":"Klingon"}"#).language == nil)
    }

    @Test("broken letters and control characters are no reason to lose a transcript")
    func broken() throws {
        let body =
            Array("{\"text\":\"a\u{1}b\n\",\"language\":\"".utf8) + [0xC3]
            + Array("\"}".utf8)
        let reply = try TranscriptJSON(ReplyJSON(body, of: "OpenAI"))
        #expect(reply.text == "a b")
    }

    @Test(
        "what is no transcription is told from an empty one",
        arguments: [
            ("<html></html>", "HTML"), ("", "empty"), (" \n", "empty"), ("Hello.", "not JSON"),
            ("[]", "not JSON"), ("{\"text\":\"Hel", "no whole JSON"), ("{}", "without \"text\""),
            ("{\"jobs\":[]}", "without \"text\""), ("{\"text\":[]}", "without \"text\""),
            ("{\"segments\":7}", "another kind"),
        ])
    func wrong(_ body: String, _ words: String) throws {
        let failure = #expect(throws: Failure.self) { try reply(body) }
        #expect(failure?.scope == .temporary && failure?.kind == .badResponse)
        #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "")")
        #expect(try reply("{\"text\":\"\"}").text == "")
    }
}

@Suite("Replies of a server that is out of its mind")
struct TranscriptJSONFuzzTests {
    private static let replies = [
        """
        {"language":"english","duration":3.9,"text":"Hello, you. Yes.","words":[{"word":"Hello",
        "start":0.5,"end":0.9},{"word":"you","start":0.9,"end":1.1},{"word":"Yes","start":1.8,"end":2.2}],
        "segments":[{"id":0,"start":0.0,"end":1.9,"text":" Hello, you.","avg_logprob":-0.3,"speaker":"A",
        "compression_ratio":1.2,"no_speech_prob":0.01},{"start":1.9,"end":2.4,"text":" Yes."}]}
        """,
        """
        {"text":" Hi you","segments":[{"text":" Hi you","start":"0.5","end":1e9,"words":[{"word":" Hi",
        "start":0.2,"end":0.6,"probability":0.9},{"text":" you","start":null,"end":"nan"}]}],"language":"de"}
        """,
    ]

    @Test("nothing that is answered breaks anything, and no time leaves the call")
    func mutations() async throws {
        let samples: [Int16] = (0..<80_000).map { place in
            (16_000..<40_000).contains(place) ? place % 20 < 10 ? 6000 : -6000 : 0
        }
        let sound = Sound(
            id: "t:1", original: Sound.Original(path: "", bytes: 0, type: "", channels: 1),
            seconds: 10, rate: 8000, channels: 1
        ) { (_: Int, sink: Sound.Sink) throws(Failure) in try sink(0, samples.span) }
        let pieces = try await Pieces.of(sound, in: "/tmp")
        let piece = try #require(pieces.all(within: Pieces.Bounds()).first)
        var state: UInt64 = 42
        func chance(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let bits = [
            "-", "9", "e99", "null", "\"", "{", "}", "[", "]", ",", " ", "\u{0}", "\\", "[]",
        ]
        var readable = 0
        for round in 0..<4000 {
            var bytes = Array(Self.replies[round % 2].utf8)
            for _ in 0...chance(3) {
                let place = chance(bytes.count)
                switch chance(3) {
                case 0: bytes[place] = UInt8(chance(256))
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + chance(8)))
                default: bytes.insert(contentsOf: bits[chance(bits.count)].utf8, at: place)
                }
            }
            do {
                let reply = try TranscriptJSON(ReplyJSON(bytes, of: "OpenAI"))
                readable += 1
                for utterance in piece.inCall(reply.utterances, Meter()) {
                    #expect(utterance.start >= 0 && utterance.end <= 10)
                    #expect(utterance.start <= utterance.end && !utterance.text.isEmpty)
                }
            } catch {
                #expect(error.kind == .badResponse && error.scope == .temporary)
            }
        }
        #expect(readable > 400)
    }
}
