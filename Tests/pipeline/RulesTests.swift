// RulesTests: call-rules as people and programs call it, and the rules that are shipped.
import Foundation
import Testing

@Suite struct CallRulesTests {
    private static let call =
        #"{"id":"t:1","duration":90,"x":1.50,"transcript":{"path":"t.json","text":"","engine":"t","segments":[{"start":1,"end":4,"channel":0,"#
        + #""speaker":"agent","text":"Good morning, this call is being recorded."},{"start":5,"end":9,"#
        + #""channel":1,"speaker":"customer","text":"I want to cancel my booking and my money back."},"#
        + #"{"start":70,"end":74,"channel":0,"speaker":"agent","#
        + #""text":"Thank you for calling. Is there anything else?"}]}}"# + "\n"

    @Test("the shipped rules are all good, and find what they are about")
    func shipped() throws {
        let place = try Workplace()
        let outcome = try place.run(
            "call-measure | call-rules --rules '\(Workplace.root)/pipelines/rules.ndjson'",
            input: CallRulesTests.call)
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        let rules = try #require(outcome.records.first?["rules"] as? [String: Any])
        let results = try #require(rules["results"] as? [[String: Any]])
        func result(_ name: String) -> String? {
            results.first { $0["rule"] as? String == name }?["result"] as? String
        }
        for name in ["recording_notice", "greeting", "closing", "guarantee", "card_number_spoken"] {
            #expect(result(name) == "passed", "\(name)")
        }
        #expect(result("cancellation") == "alert" && result("refund") == "alert")
        #expect(result("legal") == "clear" && result("silence") == "failed")
        #expect(outcome.output.hasPrefix(#"{"id":"t:1","duration":90,"x":1.50,"#))
    }

    @Test("a second run gives the same line; a bad rule and a bad record fail by themselves")
    func again() throws {
        let place = try Workplace()
        _ = try place.run(
            #"""
            echo '{"rule":"a","kind":"alert","phrases":["cancel"]}' >rules
            echo '{"rule":"b","kind":"alert","pattern":"("}' >>rules
            """#)
        let first = try place.run("call-rules -r rules", input: CallRulesTests.call)
        #expect(first.status == 1)
        #expect(first.errors.contains("the rule b in line 2 of rules"))
        #expect(first.records.first?["error"] == nil)
        let second = try place.run("call-rules -r rules", input: first.output)
        #expect(second.output == first.output)
        let bad = try place.run(
            "head -1 rules >one; call-rules -r one",
            input: #"{"id":"t:0"}"# + "\n" + #"{"id":"t:2","transcript":{"segments":7}}"# + "\n"
                + CallRulesTests.call)
        #expect(bad.status == 1)
        #expect(bad.records.map { $0["error"] != nil } == [true, false, false])
        #expect(try place.run("call-rules").status == 64)
        #expect(try place.run("call-rules -r missing").status == 78)
        #expect(try place.run("echo x >none; call-rules -r none").status == 78)
    }
}
