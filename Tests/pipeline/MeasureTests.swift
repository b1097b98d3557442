// MeasureTests: call-measure as a process: the sides of a call, and what is known from other calls.
import Foundation
import Testing

struct MeasureTests {
    private let place: Workplace

    init() throws {
        place = try Workplace()
        try Data("Thank you for calling\n\nhow can I help\n".utf8).write(
            to: URL(fileURLWithPath: "\(place.path)/phrases.txt"))
    }

    /// A call of two channels of which it is not known whose they are.
    private func call(
        _ number: Int, _ texts: [(channel: Int, text: String)], ext: String = "101"
    ) -> String {
        let segments = texts.enumerated().map { index, said in
            #"{"start":\#(index * 5),"end":\#(index * 5 + 4),"channel":\#(said.channel),"#
                + #""speaker":"channel-\#(said.channel)","text":"\#(said.text)"}"#
        }.joined(separator: ",")
        return #"{"id":"t:\#(number)","start":"2026-01-\#(10 + number)T09:00:00.000Z","#
            + #""to":{"extension":"\#(ext)"},"transcript":{"path":"transcripts/x.json","#
            + #""engine":"whisper.cpp","text":"x","segments":[\#(segments)]}}"#
    }

    private func speakers(_ record: [String: Any]?) -> [String]? {
        let transcript = record?["transcript"] as? [String: Any]
        return (transcript?["segments"] as? [[String: Any]])?.compactMap {
            $0["speaker"] as? String
        }
    }

    private func sides(_ record: [String: Any]?) -> [String: Any] {
        record?["sides"] as? [String: Any] ?? [:]
    }

    @Test("Phrases tell the agent, then the habit of the extension does, each with its evidence")
    func found() throws {
        let greeting = (channel: 1, text: "THANK YOU, for calling Acme.")
        let told = (1...3).map { call($0, [(0, "Hello"), greeting]) }
        let silent = [
            call(4, [(0, "Hello"), (1, "Yes")]), call(5, [(0, "a"), (1, "b")], ext: "102"),
        ]
        let outcome = try place.run(
            "call-measure --agent-phrases phrases.txt | state-mark measure",
            input: (told + silent).joined(separator: "\n"))
        #expect(outcome.status == 0, "\(outcome.errors)")
        let records = outcome.records
        #expect(records.count == 5)
        #expect(speakers(records.first) == ["customer", "agent"])
        #expect(sides(records.first)["by"] as? String == "phrases")
        let evidence = try #require(sides(records.first)["evidence"] as? [[String: Any]])
        #expect(evidence.first?["quote"] as? String == greeting.text)
        #expect(evidence.first?["start"] as? Double == 5)
        #expect(speakers(records[3]) == ["customer", "agent"])
        #expect(sides(records[3])["by"] as? String == "extension")
        #expect(sides(records[3])["calls"] as? Int == 3)
        #expect(speakers(records[4]) == ["channel-0", "channel-1"])
        #expect(records[4]["sides"] == nil)
        // Another run knows it from the checkpoint.
        let later = try place.run("call-measure", input: call(6, [(0, "No"), (1, "Yes")]))
        #expect(speakers(later.records.first) == ["customer", "agent"], "\(later.errors)")
        // The search finds the words under the new names.
        #expect(try place.run("state-search calling --speaker agent").records.count == 3)
    }

    @Test("Measures and results of rules are told by group")
    func groups() throws {
        let calls = [
            call(1, [(0, "Hello"), (1, "Thank you for calling")]),
            call(2, [(1, "Thank you for calling")]),
            call(3, [(0, "Hello"), (1, "how can I help"), (0, "so")], ext: "102"),
        ].joined(separator: "\n")
        let rules =
            #".rules = {results: [{rule: "greeting", result: (if .id == "t:2" then "failed" else "#
            + #""passed" end)}, {rule: "refund", result: "clear"}]}"#
        let outcome = try place.run(
            """
            call-measure --agent-phrases phrases.txt | jq -c '\(rules)' |
                state-mark measure >/dev/null
            """, input: calls)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let groups = try place.run("state-summary --measures --by extension").records
        #expect(groups.map { $0["extension"] as? String } == ["101", "102"])
        #expect(groups.map { $0["count"] as? Int } == [2, 1])
        // Of 12 s of talk the agent has 4: call 2 has one channel, and its agent is not known.
        #expect(groups[1]["agent_share"] as? Double == 0.333)
        #expect(groups[0]["agent_share"] as? Double == 0.5)
        #expect(groups[1]["longest_silence"] as? Double == 1)
        #expect(try place.run("state-summary --measures").records.first?["count"] as? Int == 3)
        let byDay = try place.run("state-summary --measures --by extension,day --last 3650d")
        #expect(byDay.records.count == 3, "\(byDay.errors)")
        let byRule = try place.run("state-summary --by rule").records
        #expect(byRule.map { $0["rule"] as? String } == ["greeting", "refund"])
        #expect(byRule.map { $0["failed"] as? Int } == [1, 0])
        #expect(byRule.map { $0["clear"] as? Int } == [0, 3])
        #expect(try place.run("state-summary --by rule,extension").records.count == 4)
        for wrong in ["--by rule,stage", "--measures --by status", "--measures --alerts"] {
            #expect(try place.run("state-summary \(wrong)").status == 64)
        }
    }
}
