// RuleSetTests: rules applied to calls, and rules that cannot be.
import Foundation
import Records
import Testing

@testable import Rules

struct RuleSetTests {
    /// A call of 60 seconds; an utterance a line, as `start speaker: text`.
    private func call(_ lines: String..., measures: String? = nil) throws -> Record {
        let segments = lines.map { line -> [String: Any] in
            let parts = line.split(separator: ":", maxSplits: 1)
            let head = parts[0].split(separator: " ")
            let start = Double(head[0]) ?? 0
            return [
                "start": start, "end": start + 3, "channel": 0, "speaker": String(head[1]),
                "text": String(parts[1].dropFirst()),
            ]
        }
        let transcript = try JSONSerialization.data(withJSONObject: ["segments": segments])
        let more = measures.map { ",\"measures\":\($0)" } ?? ""
        return try Record(
            Array(
                #"{"id":"t:1","duration":60,"transcript":\#(String(decoding: transcript, as: UTF8.self))\#(more)}"#
                    .utf8))
    }

    private func rules(_ lines: String...) throws -> RuleSet {
        try RuleSet(Array(lines.joined(separator: "\n").utf8), from: "rules.ndjson")
    }

    private struct Member: Decodable {
        struct Result: Decodable {
            struct Evidence: Decodable {
                let quote: String
                let start: Double?
                let speaker: String?
                let segment: Int?
            }
            let rule: String
            let result: String
            let reason: String?
            let evidence: [Evidence]?
        }
        let score: Double?
        let points: Double
        let of: Double
        let failed: Bool
        let results: [Result]
    }

    private func member(_ set: RuleSet, _ record: Record) throws -> Member {
        try #require(set.result(for: record).decoded(as: Member.self))
    }

    private func result(_ rule: String, _ record: Record) throws -> Member.Result {
        try #require(member(rules(rule), record).results.first)
    }

    @Test(
        "Phrases are words: case, accents and punctuation do not matter, parts of words do",
        arguments: [
            ("this call is recorded", "This call, IS recorded!", true),
            ("cafe muller", "Café Müller.", true), ("don't", "I don\u{2019}t know.", true),
            ("cancel", "cancelled", false), ("cancel", "can cel", false),
            ("this call (is|may be) recorded", "this call may be recorded", true),
            ("this (phone|) call", "well this call then", true),
            ("this (phone|) call", "this video call", false),
            ("refund NEAR/3 week", "a refund within one week", true),
            ("refund NEAR/3 week", "next week the refund", true),
            ("refund NEAR/3 week", "a refund will be there within the week", false),
            ("грецька", "Грецька мова", true), ("strasse", "Straße", true),
        ])
    func phrases(_ phrase: String, _ text: String, _ isFound: Bool) throws {
        let found = try result(
            #"{"rule":"a","kind":"alert","phrases":["\#(phrase)"]}"#, call("5 customer: \(text)"))
        #expect(found.result == (isFound ? "alert" : "clear"))
    }

    @Test("A phrase goes on in the next utterance of the party, but not after a long pause")
    func overTwo() throws {
        let rule = #"{"rule":"a","kind":"require","phrases":["call is recorded"],"by":"agent"}"#
        let near = try result(
            rule, call("1 agent: This call", "3 customer: Hm?", "5 agent: is recorded."))
        #expect(near.result == "passed")
        #expect(near.evidence?.first?.quote == "call is recorded")
        #expect(near.evidence?.first?.start == 1 && near.evidence?.first?.segment == 0)
        let far = try result(rule, call("1 agent: This call", "30 agent: is recorded."))
        #expect(far.result == "failed" && far.reason == "it is not said")
    }

    @Test("By whom, and when")
    func whoAndWhen() throws {
        let rule = #"{"rule":"a","kind":"require","phrases":["recorded"],"by":"agent","within":10}"#
        #expect(try result(rule, call("5 agent: Recorded.")).result == "passed")
        let late = try result(rule, call("1 agent: Hello.", "20 agent: Recorded."))
        #expect(late.result == "failed" && late.reason == "it is not said in time")
        #expect(late.evidence?.first?.start == 20)
        #expect(
            try result(rule, call("5 customer: Recorded.", "8 agent: Yes.")).result == "failed")
        let alone = try result(rule, call("5 customer: Recorded."))
        #expect(alone.result == "not_applicable")
        let end = #"{"rule":"a","kind":"require","phrases":["bye"],"by":"agent","within":-10}"#
        #expect(try result(end, call("52 agent: Bye.")).result == "passed")
        #expect(try result(end, call("20 agent: Bye.")).result == "failed")
    }

    @Test("A negation before the phrase takes it away, unless the rule wants it")
    func negation() throws {
        let rule = #"{"rule":"a","kind":"alert","phrases":["cancel"],"by":"customer"}"#
        #expect(try result(rule, call("1 customer: I did not say cancel.")).result == "clear")
        #expect(try result(rule, call("1 customer: I don't want to cancel.")).result == "clear")
        #expect(try result(rule, call("1 customer: Please cancel it.")).result == "alert")
        #expect(
            try result(rule, call("1 customer: No. I am here because I cancel it.")).result
                == "alert")
        let negated =
            #"{"rule":"a","kind":"alert","phrases":["cancel"],"by":"customer","negated":true}"#
        #expect(try result(negated, call("1 customer: I did not say cancel.")).result == "alert")
    }

    @Test("Words of a machine are nobody's, and count where a rule asks for them")
    func announcements() throws {
        let record = try call(
            "1 agent: This call is recorded.", "8 agent: Hello.",
            measures: #"{"announcements":{"count":1,"segments":[0]}}"#)
        let agent = #"{"rule":"a","kind":"require","phrases":["recorded"],"by":"agent"}"#
        #expect(try result(agent, record).result == "failed")
        let machine = #"{"rule":"a","kind":"require","phrases":["recorded"],"by":"announcement"}"#
        #expect(try result(machine, record).result == "passed")
        let any = #"{"rule":"a","kind":"require","phrases":["recorded"]}"#
        #expect(try result(any, record).result == "passed")
    }

    @Test("Calls that are too short, or without words, are not judged")
    func short() throws {
        let rule =
            #"{"rule":"a","kind":"require","phrases":["recorded"],"least_seconds":100,"weight":5}"#
        let set = try rules(rule)
        let short = try member(set, call("1 agent: Hello."))
        #expect(short.results[0].result == "not_applicable")
        #expect(short.results[0].reason == "the call is shorter than 100 s")
        #expect(short.score == nil && short.of == 0)
        let silent = #"{"rule":"a","kind":"forbid","phrases":["x"]}"#
        #expect(try result(silent, call()).result == "not_applicable")
    }

    @Test("A measure over and under its limit, and one that is not there")
    func measures() throws {
        let over = #"{"rule":"a","kind":"measure","measure":"silence.longest","over":30}"#
        let record = try call("1 agent: Hello.", measures: #"{"silence":{"longest":31.5}}"#)
        #expect(try result(over, record).result == "failed")
        let under = #"{"rule":"a","kind":"measure","measure":"silence.longest","under":30}"#
        #expect(try result(under, record).result == "passed")
        let other = #"{"rule":"a","kind":"measure","measure":"parties.agent.talk","over":1}"#
        #expect(try result(other, record).result == "not_applicable")
        #expect(try result(over, call("1 agent: Hello.")).reason == "run call-measure")
    }

    @Test("Weights make a score; what does not apply does not count; a critical rule makes it 0")
    func score() throws {
        let lines = [
            #"{"rule":"a","kind":"require","phrases":["hello"],"weight":30}"#,
            #"{"rule":"b","kind":"forbid","phrases":["idiot"],"weight":10}"#,
            #"{"rule":"c","kind":"require","phrases":["recorded"],"by":"agent","weight":20}"#,
            #"{"rule":"d","kind":"measure","measure":"x","over":1,"weight":50}"#,
            #"{"rule":"e","kind":"alert","phrases":["hello"]}"#,
        ]
        let record = try call("1 agent: Hello.", "9 customer: You idiot.")
        let member = try member(
            RuleSet(Array(lines.joined(separator: "\n").utf8), from: "r"), record)
        #expect(member.points == 30 && member.of == 60 && member.score == 50 && !member.failed)
        #expect(
            member.results.map(\.result) == [
                "passed", "failed", "failed", "not_applicable", "alert",
            ])
        let critical =
            #"{"rule":"f","kind":"require","phrases":["recorded"],"weight":1,"fail":true}"#
        let all = try self.member(
            RuleSet(Array((lines + [critical]).joined(separator: "\n").utf8), from: "r"), record)
        #expect(all.score == 0 && all.failed)
    }

    @Test(
        "A pattern goes over two utterances, and one that tries for ever is told and not waited for"
    )
    func patterns() throws {
        let card = #"{"rule":"a","kind":"forbid","pattern":"\\b(\\d[ -]?\\s?){16}\\b"}"#
        let found = try result(
            card, call("1 customer: It is 4111 1111 1111", "5 customer: 1111 and so on."))
        #expect(found.result == "failed")
        #expect(found.evidence?.first?.start == 1)
        let endless = #"{"rule":"a","kind":"forbid","pattern":"(a+)+$"}"#
        let text = String(repeating: "a", count: 60) + "b"
        let given = try result(endless, call("1 agent: \(text)"))
        #expect(given.result == "not_applicable")
        #expect(given.reason?.contains("tries too many ways") == true)
    }

    @Test(
        "A line that is no rule is refused by name and reason, and the others are applied",
        arguments: [
            ("{", "the rule in line 1", "no JSON object"),
            (#"{"kind":"alert"}"#, "the rule in line 1", "\"rule\" has to be"),
            (#"{"rule":"x","kind":"alert"}"#, "the rule x", "needs one of"),
            (#"{"rule":"x","kind":"want","phrases":["a"]}"#, "the rule x", "another form"),
            (#"{"rule":"x","kind":"alert","phrases":[]}"#, "the rule x", "no phrase"),
            (#"{"rule":"x","kind":"alert","phrases":["..."]}"#, "the rule x", "no word"),
            (#"{"rule":"x","kind":"alert","phrases":["a (b"]}"#, "the rule x", "not closed"),
            (#"{"rule":"x","kind":"alert","phrases":["a NEAR/x b"]}"#, "the rule x", "NEAR/"),
            (#"{"rule":"x","kind":"alert","pattern":"(a"}"#, "the rule x", "its pattern is wrong"),
            (#"{"rule":"x","kind":"alert","phrases":["a"],"by":"boss"}"#, "the rule x", "\"by\""),
            (
                #"{"rule":"x","kind":"alert","phrases":["a"],"withn":3}"#, "the rule x",
                "unknown member \"withn\""
            ),
            (#"{"rule":"x","kind":"measure","measure":"a"}"#, "the rule x", "\"over\" or"),
            (
                #"{"rule":"x","kind":"alert","phrases":["a"],"weight":3}"#, "the rule x",
                "\"weight\""
            ),
            (
                #"{"rule":"good","kind":"alert","phrases":["a"]}"#, "the rule good",
                "another of that"
            ),
        ])
    func refused(_ line: String, _ name: String, _ reason: String) throws {
        let good = #"{"rule":"good","kind":"alert","phrases":["hello"]}"#
        let isDouble = line.contains("good")
        let set = try isDouble ? rules(good, line) : rules(line, good)
        #expect(set.refused.count == 1)
        let message = set.refused[0].message
        #expect(message.contains(name) && message.contains(reason), "\(message)")
        #expect(try member(set, call("1 agent: Hello.")).results.map(\.result) == ["alert"])
        if !isDouble { #expect(throws: Failure.self) { try rules(line) } }
    }

    @Test("Many rules find the same as each rule alone")
    func together() throws {
        let words = ["one", "two", "three", "four", "five", "six"]
        var lines: [String] = []
        for first in words {
            for second in words {
                lines.append(
                    #"{"rule":"\#(first)-\#(second)","kind":"alert","phrases":["\#(first) \#(second)"]}"#
                )
            }
        }
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            let spoken = (0..<20).map { _ in words.randomElement(using: &generator) ?? "" }
            let text = spoken.joined(separator: " ")
            let record = try call("1 agent: \(text)")
            let all = try member(
                RuleSet(Array(lines.joined(separator: "\n").utf8), from: "r"), record)
            for result in all.results {
                let phrase = result.rule.replacing("-", with: " ")
                let isThere = " \(text) ".contains(" \(phrase) ")
                #expect(result.result == (isThere ? "alert" : "clear"), "\(phrase) in \(text)")
            }
        }
    }
}
