// WebVTTTests: captions by the W3C's rules.
import Testing
import Transcripts

struct WebVTTTests {
    @Test("no speech is a file with its first line only")
    func empty() {
        #expect(WebVTT.text(of: []) == "WEBVTT\n")
    }

    @Test("cues are ordered by start and may overlap")
    func order() {
        let text = WebVTT.text(of: [
            .init(start: 3.5, end: 4, speaker: "Customer", text: "yes"),
            .init(start: 1, end: 3.75, speaker: "Agent", text: "hello there"),
        ])
        #expect(
            text == """
                WEBVTT

                00:00:01.000 --> 00:00:03.750
                <v Agent>hello there

                00:00:03.500 --> 00:00:04.000
                <v Customer>yes

                """)
    }

    @Test("a cue lasts, has hours, and needs no speaker")
    func times() {
        let text = WebVTT.text(of: [.init(start: 36_000.0004, end: 36_000.0004, text: "on")])
        #expect(text.contains("\n10:00:00.000 --> 10:00:00.001\non\n"))
    }

    @Test(
        "a time that no recording has does no harm", arguments: [1e300, .infinity, .nan, -1e300])
    func impossibleTimes(_ time: Double) {
        let text = WebVTT.text(of: [.init(start: time, end: time, text: "on")])
        #expect(text.hasSuffix("\non\n"))
    }

    @Test("text can neither end its cue nor become markup")
    func escapes() {
        let text = WebVTT.text(of: [
            .init(start: 0, end: 1, speaker: "A>B&C\nD", text: "a --> b\n\n<i>R&D</i>\r\nend")
        ])
        #expect(text.hasSuffix("\n<v ABCD>a --&gt; b &lt;i&gt;R&amp;D&lt;/i&gt; end\n"))
        #expect(text.split(separator: "\n").filter { $0.contains("-->") }.count == 1)
    }
}
