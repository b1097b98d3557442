// CaptionTrapTests: SRT and WebVTT as programs and people really write them.
import Formats
import Records
import Testing

struct CaptionTrapTests {
    @Test("SRT with a mark, blank lines, no numbers, points, no milliseconds, and long hours")
    func subRip() throws {
        let text = """
            \u{FEFF}


            00:00:01.5 --> 00:00:02.000
            Agent: Hello

            there

            2
            00:03 --> 00:04
            2266

            3
            100:00:04,000 --> 100:00:05,25 X1:10 Y1:20


            4
            100:00:06,000 --> 100:00:07,000
            Well: maybe
            \tso.
            """
        let expected = [
            "1.5-2.0 agent: Hello there", "3.0-4.0 0: 2266", "360004.0-360005.25 0: ",
            "360006.0-360007.0 0: Well: maybe so.",
        ]
        #expect(try Reading.lines(text) == expected)
        #expect(try Reading.lines(text.replacing("\n", with: "\r\n"), from: .srt) == expected)
    }

    @Test("digits that were said are no number of a caption")
    func digits() throws {
        let none = "00:01 --> 00:02\n2266\n\n00:03 --> 00:04\n\n1234\n\n00:05 --> 00:06\nend"
        #expect(
            try Reading.lines(none) == ["1.0-2.0 0: 2266", "3.0-4.0 0: 1234", "5.0-6.0 0: end"])
        let tight = "1\n00:01 --> 00:02\n7\n2\n00:03 --> 00:04\n2\n3\n00:05 --> 00:06\n3"
        #expect(try Reading.lines(tight) == ["1.0-2.0 0: 7", "3.0-4.0 0: 2", "5.0-6.0 0: 3"])
    }

    @Test("a caption that ends before it begins is mended and told with its line")
    func backwards() throws {
        let text = "1\n00:00:05,000 --> 00:00:04,000\na\n\n2\n00:00:03,000 --> 00:00:02,000\nb\n"
        let (bytes, remarks) = try conversion(Array(text.utf8), from: nil, to: .srt)
        #expect(remarks.map(\.count) == [2] && remarks.first?.line == 2)
        // And the two are in order now.
        let written = String(decoding: bytes, as: UTF8.self)
        #expect(
            written
                == "1\n00:00:03,000 --> 00:00:03,001\nb\n\n2\n00:00:05,000 --> 00:00:05,001\na\n\n")
    }

    @Test("captions far out of order are an error with a line, and JSON puts them in order")
    func order() throws {
        func text(_ count: Int) -> String {
            let captions = (0..<count).map {
                "00:\(10 + $0 / 60 % 50):\(10 + $0 % 50) --> 59:59\nx\n\n"
            }
            return captions.joined() + "00:01 --> 00:02\nlate\n"
        }
        #expect(try converted(text(100), to: .vtt).hasPrefix("WEBVTT\n\n00:00:01.000 --> "))
        let far = "00:05 --> 00:06\nx\n\n"
        let late = String(repeating: far, count: 5000) + "00:01 --> 00:02\nlate\n"
        let failure = #expect(throws: Failure.self) { try converted(late, to: .vtt) }
        #expect(failure?.message.contains("read in: line 15001: its caption begins before") == true)
        #expect(failure?.remedy.contains("--to json") == true)
        let ours = try converted(late, to: .json)
        #expect(try converted(ours, to: .srt).hasPrefix("1\n00:00:01,000 --> 00:00:02,000\nlate\n"))
    }

    @Test("WebVTT: notes, styles, ids, settings, two voices, references, and times with a comma")
    func webVTT() throws {
        let text = """
            WEBVTT - a title
            Kind: captions

            STYLE
            ::cue { color: red }

            NOTE 00:00:09.000 --> 00:00:10.000
            is not shown

            first
            00:01.000 --> 00:02.000 align:start position:10%
            <v Agent>R&amp;D &lt;b&gt; &#233;<v.loud Customer>Yes, <i>really</i></v>

            00:00:03,000 --> 00:00:04,000
            - one
            - two

            NOTE

            00:00:05.000 --> 00:00:06.000
            <v SPEAKER_00>a < b &unknown; <00:00:05.500>c
            """
        #expect(
            try Reading.lines(text) == [
                "1.0-2.0 agent: R&D <b> é", "1.0-2.0 customer: Yes, really",
                "3.0-4.0 0: - one - two", "5.0-6.0 SPEAKER_00: a c",
            ])
    }

    @Test("a header in other letters is an error with a line, and so is SRT without captions")
    func errors() throws {
        for text in ["WebVTT\n\n00:01.000 --> 00:02.000\na\n"] {
            let failure = #expect(throws: Failure.self) { try converted(text, to: .srt) }
            #expect(failure?.message.contains("read in: line 1 is not WEBVTT") == true)
        }
        let none = #expect(throws: Failure.self) {
            try converted("1\n00:00:01;000 -> 00:00:02\na\n", from: .srt, to: .vtt)
        }
        #expect(none?.message.contains("none of its 3 lines") == true)
        for bytes in [Array("<html>".utf8), [0x47, 0, 1], [0xFF, 0xFE, 0x31, 0]] as [[UInt8]] {
            let failure = #expect(throws: Failure.self) {
                try converted(bytes, from: nil, to: .json)
            }
            #expect(failure?.scope == .item && failure?.remedy.isEmpty == false)
        }
    }

    @Test("bytes that are no UTF-8 are replaced, and told with their line")
    func latin() throws {
        let bytes = Array("1\n00:00:01,000 --> 00:00:02,000\ncaf".utf8) + [0xE9, 0x0A]
        let (output, remarks) = try conversion(bytes, from: nil, to: .txt)
        #expect(String(decoding: output, as: UTF8.self) == "caf\u{FFFD}\n")
        #expect(remarks.map(\.line) == [2])
    }

    @Test("text that could steer a reader stays text")
    func injection() throws {
        let text = "1\n00:00:01,000 --> 00:00:02,000\nAgent: a --> <v Bob> & **b** [c](d)\n"
        let vtt = try converted(text, to: .vtt)
        #expect(vtt.hasSuffix("<v Agent>a --&gt; &lt;v Bob&gt; &amp; **b** [c](d)\n"))
        #expect(try Reading.lines(vtt) == ["1.0-2.0 agent: a --> <v Bob> & **b** [c](d)"])
        let md = try converted(text, to: .md)
        #expect(
            try Reading.lines(md).first?.hasSuffix("agent: a --> <v Bob> & **b** [c](d)") == true)
    }

    @Test("plain text has no times, so that captions cannot be made of it")
    func plain() throws {
        let text =
            "Agent: Hello.\n\nSPEAKER_01: Yes.\n(speaker 1) So.\n[SPEAKER_00]: 1: 2\nWell: no.\n"
        #expect(
            try Reading.lines(text) == [
                "0.0-0.0 agent: Hello.", "0.0-0.0 SPEAKER_01: Yes.", "0.0-0.0 1: So.",
                "0.0-0.0 SPEAKER_00: 1: 2", "0.0-0.0 0: Well: no.",
            ])
        #expect(
            try Reading.lines("Maria: Hello.\n", speakers: ["bob", "maria"])
                == ["0.0-0.0 maria: Hello."])
        for format in [DocumentFormat.srt, .vtt, .md, .vcon] {
            #expect(throws: Failure.self) { try converted(text, to: format) }
        }
        #expect(try converted("", to: .vtt) == "WEBVTT\n")
    }
}
