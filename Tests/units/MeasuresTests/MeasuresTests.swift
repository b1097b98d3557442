// MeasuresTests: measures that were computed by hand.
import Foundation
import Measures
import Records
import Testing

@Suite struct MeasuresTests {
    private func measures(
        _ segments: [(Int, Double, Double, String)], duration: Double? = nil,
        announcements: [String] = []
    ) throws -> [String: Any] {
        let transcript = Transcript(
            path: "t.json", text: "", language: nil, engine: "whisper.cpp", model: nil,
            confidence: nil,
            segments: segments.map { channel, start, end, text in
                Transcript.Segment(
                    start: start, end: end, channel: channel,
                    speaker: ["agent", "customer"][channel], text: text)
            }, key: nil)
        let json = try CallMeasures(
            transcript, duration: duration, channels: 2,
            announcements: Announcements(announcements)
        ).json
        return try #require(
            try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String: Any])
    }

    private func party(_ measures: [String: Any], _ name: String) throws -> [String: Double] {
        let parties = try #require(measures["parties"] as? [String: [String: Double]])
        return try #require(parties[name])
    }

    private func silence(_ measures: [String: Any]) throws -> [String: Double] {
        try #require(measures["silence"] as? [String: Double])
    }

    /// The seven utterances of a call of 28 s, whose times are known to a millisecond.
    private static let call: [(Int, Double, Double, String)] = [
        (
            0, 0.5, 5.862,
            "Your call is now first in line and will be answered by the next available "
                + "representative."
        ),
        (1, 6.5, 9.49, "he was not an ill disposed young man"),
        (0, 10.0, 13.506, "Please enter your phone number, starting with the area code."),
        (1, 12.5, 15.79, "he might even have been made amiable himself"),
        (
            0, 16.3, 20.469,
            "Thank you. Please hold, while I attempt to connect you with your party!"
        ),
        (
            1, 20.8, 26.1,
            "unless to be rather cold hearted and rather selfish is to be ill disposed"
        ),
        (0, 26.5, 27.432, "Goodbye!"),
    ]

    @Test("A call of two channels, by its reference")
    func twoParties() throws {
        let measures = try measures(MeasuresTests.call, duration: 28)
        #expect(measures["basis"] as? String == "channel")
        #expect(measures["talk"] as? Double == 25.549)
        #expect(measures["overlap"] as? Double == 1.006)
        #expect(measures["turns"] as? Int == 7)
        let agent = try party(measures, "agent")
        #expect(agent["talk"] == 13.969)
        #expect(agent["share"] == 0.547)
        #expect(agent["share_of_call"] == 0.499)
        #expect(agent["turns"] == 4)
        #expect(agent["longest_monologue"] == 5.362)
        #expect(agent["response"] == 0.51)
        #expect(agent["interruptions"] == 0)
        #expect(agent["words"] == 40)
        #expect(agent["words_per_minute"] == 172)
        #expect(agent["first_word"] == 0.5)
        let customer = try party(measures, "customer")
        #expect(customer["talk"] == 11.58)
        #expect(customer["response"] == 0.331)
        #expect(customer["interruptions"] == 1)
        #expect(try silence(measures) == ["longest": 0.638, "over_3s": 0, "count_over_3s": 0])
    }

    @Test("A backchannel ends no turn, and is no interruption")
    func backchannel() throws {
        let measures = try measures([
            (0, 0, 5, "I will look"), (1, 2, 2.6, "mm-hm"), (0, 6, 10, "it up"),
            (1, 5.2, 5.6, "yes"),
            (1, 11, 12, "fine"),
        ])
        #expect(measures["turns"] as? Int == 2)
        #expect(try party(measures, "agent")["longest_monologue"] == 10)
        #expect(try party(measures, "agent")["interruptions"] == 0)
        #expect(try party(measures, "customer")["interruptions"] == 0)
        #expect(try party(measures, "customer")["response"] == 1)
    }

    @Test("Pauses of two seconds end a monologue, and silences of more than three seconds count")
    func silences() throws {
        let measures = try measures([
            (0, 0, 4, "a"), (0, 6, 9, "b"), (0, 12, 13, "c"), (1, 16.5, 17, "d"), (0, 30, 31, "e"),
        ])
        #expect(try party(measures, "agent")["longest_monologue"] == 4)
        #expect(try silence(measures) == ["longest": 13, "over_3s": 16.5, "count_over_3s": 2])
        #expect(measures["turns"] as? Int == 3)
    }

    @Test("An interruption: the other stops while one begins; a short overlap is none")
    func interruptions() throws {
        let measures = try measures([
            (0, 0, 5, "a"), (1, 4.4, 8, "b"), (0, 7.6, 12, "c"), (1, 10, 11.5, "d"),
            (0, 13, 20, "e"), (1, 15, 22, "f"),
        ])
        // At 4.4 s and at 15 s; 7.6 s overlaps by 0.4 s, and at 10 s the agent talks on.
        #expect(try party(measures, "customer")["interruptions"] == 2)
        #expect(try party(measures, "agent")["interruptions"] == 0)
    }

    @Test("An announcement is counted apart, however it is written")
    func announcements() throws {
        let measures = try measures(
            [
                (0, 0, 4, "This call is recorded."), (0, 5, 8, "Good morning"), (1, 9, 10, "Hello"),
            ], announcements: ["this call is RECORDED", ""])
        #expect(try party(measures, "agent")["talk"] == 3)
        #expect(try party(measures, "agent")["first_word"] == 5)
        let apart = try #require(measures["announcements"] as? [String: Any])
        #expect(apart["count"] as? Int == 1)
        #expect(apart["seconds"] as? Double == 4)
        #expect(apart["segments"] as? [Int] == [0])
    }

    @Test(
        "The same words in the same time in many calls are an announcement; a person's greeting is none"
    )
    func foundAnnouncements() throws {
        var finder = AnnouncementFinder()
        for call in 0..<10 {
            let transcript = Transcript(
                path: "t", text: "", language: nil, engine: "e", model: nil, confidence: nil,
                segments: [
                    .init(
                        start: 1, end: 5 + Double(call % 3) * 0.05, channel: 0,
                        text: "This call is recorded for training."),
                    .init(
                        start: 6, end: 8.5 + Double(call % 5) * 0.3, channel: 0,
                        text: "Acme support, how can I help?"),
                    .init(start: 9, end: 9.5, channel: 1, text: "Hello there."),
                    .init(start: 40, end: 44, channel: 0, text: "This is said late in all calls."),
                ], key: nil)
            finder.add(transcript)
        }
        let found = try CallMeasures(
            Transcript(
                path: "t", text: "", language: nil, engine: "e", model: nil, confidence: nil,
                segments: [
                    .init(start: 0, end: 4, channel: 0, text: "this call is recorded for training"),
                    .init(start: 5, end: 8, channel: 0, text: "Acme support, how can I help?"),
                    .init(start: 9, end: 9.5, channel: 1, text: "Hello there."),
                    .init(start: 40, end: 44, channel: 0, text: "This is said late in all calls."),
                ], key: nil), duration: nil,
            announcements: finder.announcements(inAtLeast: 10)
        ).json
        #expect(String(decoding: found.bytes, as: UTF8.self).contains(#""segments":[0]"#))
        #expect(finder.announcements(inAtLeast: 11).isEmpty)
    }

    @Test("A call of 60,000 utterances is measured, and one of 1,000 speakers is refused")
    func large() throws {
        let many = (0..<60_000).map { number in
            (number % 2, Double(number), Double(number) + 1.2, "word")
        }
        let measures = try measures(many)
        #expect(measures["overlap"] as? Double == 11_999.8)
        let speakers = (0..<1_000).map { number in
            Transcript.Segment(
                start: Double(number), end: Double(number) + 0.5, channel: 0,
                speaker: "SPEAKER_\(number)", text: "word")
        }
        #expect(throws: Failure.self) {
            try CallMeasures(
                Transcript(
                    path: "t", text: "", language: nil, engine: "e", model: nil, confidence: nil,
                    segments: speakers, key: nil), duration: nil)
        }
    }

    @Test("Nothing said has measures too, and an utterance that ends before it begins has none")
    func odd() throws {
        let nothing = try measures([], duration: 10)
        #expect(nothing["turns"] as? Int == 0)
        #expect(nothing["talk"] as? Double == 0)
        #expect(throws: Failure.self) { try measures([(0, 5, 4, "a")]) }
        let disordered = try measures([(1, 9, 10, "Hello"), (0, 5, 8, "Good morning")])
        #expect(try party(disordered, "customer")["response"] == 1)
    }
}
