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
}
