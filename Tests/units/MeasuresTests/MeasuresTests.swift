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

    /// A made call, and its measures as a person computes them.
    struct MadeCall: Sendable {
        let segments: [(Int, Double, Double, String)]
        let agent, customer, overlap: Double
        let turns: Int
        let longestSilence, longSilences: Double
        let interruptions: [Double]
        let monologue: Double
    }

    private static let madeCalls = [
        // One after the other.
        MadeCall(
            segments: [(0, 0, 2, "a"), (1, 3, 5, "b"), (0, 6, 8, "c")], agent: 4, customer: 2,
            overlap: 0, turns: 3, longestSilence: 1, longSilences: 0, interruptions: [0, 0],
            monologue: 2),
        // The agent alone.
        MadeCall(
            segments: [(0, 0, 10, "a")], agent: 10, customer: 0, overlap: 0, turns: 1,
            longestSilence: 0, longSilences: 0, interruptions: [0, 0], monologue: 10),
        // A hold of half a minute.
        MadeCall(
            segments: [(0, 0, 3, "a"), (0, 33, 35, "b"), (1, 36, 37.5, "c")], agent: 5,
            customer: 1.5, overlap: 0, turns: 2, longestSilence: 30, longSilences: 30,
            interruptions: [0, 0], monologue: 3),
        // Both at once, from the same moment.
        MadeCall(
            segments: [(0, 0, 4, "a"), (1, 0, 4, "b")], agent: 4, customer: 4, overlap: 4,
            turns: 2, longestSilence: 0, longSilences: 0, interruptions: [0, 0], monologue: 4),
        // The agent breaks in, and the customer stops a second later.
        MadeCall(
            segments: [(1, 0, 5, "a"), (0, 4, 9, "b")], agent: 5, customer: 5, overlap: 1,
            turns: 2, longestSilence: 0, longSilences: 0, interruptions: [1, 0], monologue: 5),
        // An overlap of 0.4 s is none.
        MadeCall(
            segments: [(1, 0, 5, "a"), (0, 4.6, 9, "b")], agent: 4.4, customer: 5, overlap: 0.4,
            turns: 2, longestSilence: 0, longSilences: 0, interruptions: [0, 0], monologue: 4.4),
        // Two backchannels.
        MadeCall(
            segments: [(0, 0, 10, "a"), (1, 2, 2.5, "mm"), (1, 5, 5.8, "yes")], agent: 10,
            customer: 1.3, overlap: 1.3, turns: 1, longestSilence: 0, longSilences: 0,
            interruptions: [0, 0], monologue: 10),
        // A breath of 0.2 s is talk, a pause of 0.5 s is silence, and both are one monologue.
        MadeCall(
            segments: [(0, 0, 1, "a"), (0, 1.2, 2, "b"), (0, 2.5, 3, "c")], agent: 2.5,
            customer: 0, overlap: 0, turns: 1, longestSilence: 0.5, longSilences: 0,
            interruptions: [0, 0], monologue: 3),
        // A silence of just three seconds does not count.
        MadeCall(
            segments: [(0, 0, 1, "a"), (1, 5, 6.5, "b"), (0, 9.5, 10, "c")], agent: 1.5,
            customer: 1.5, overlap: 0, turns: 3, longestSilence: 4, longSilences: 4,
            interruptions: [0, 0], monologue: 1),
        // Out of order.
        MadeCall(
            segments: [(1, 7, 8.5, "d"), (0, 0, 2, "a"), (1, 3, 4.5, "b"), (0, 5, 6, "c")],
            agent: 3, customer: 3, overlap: 0, turns: 4, longestSilence: 1, longSilences: 0,
            interruptions: [0, 0], monologue: 2),
    ]

    @Test("Ten made calls, by hand", arguments: madeCalls.indices)
    func made(_ index: Int) throws {
        let call = MeasuresTests.madeCalls[index]
        let measures = try measures(call.segments)
        let parties = try #require(measures["parties"] as? [String: [String: Double]])
        #expect(parties["agent"]?["talk"] == call.agent)
        #expect(parties["customer"]?["talk"] ?? 0 == call.customer)
        #expect(parties["agent"]?["longest_monologue"] == call.monologue)
        #expect(
            ["agent", "customer"].map { parties[$0]?["interruptions"] ?? 0 }
                == call.interruptions)
        #expect(measures["overlap"] as? Double == call.overlap)
        #expect(measures["turns"] as? Int == call.turns)
        #expect(try silence(measures)["longest"] == call.longestSilence)
        #expect(try silence(measures)["over_3s"] == call.longSilences)
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
