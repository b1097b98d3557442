// SpendingTests: what a run may spend with a service, counted by the service that it is spent with.
import Foundation
import Testing

@Suite struct SpendingTests {
    private let place: Workplace
    private let fake: Fake
    /// Each reserves 1.5 at a price of 1 a minute, and costs about 0.2: silence is not sent.
    private let calls: String

    init() throws {
        place = try Workplace()
        fake = try place.start("transcription.py", ["--dialect", "openai", "--key", "sk-right"])
        place["OPENAI_BASE_URL"] = fake.ready["base"] as? String
        place["OPENAI_API_KEY"] = "sk-right"
        calls = try (1...3).map { [place] in try place.call(id: "t:\($0)") }.joined()
    }

    private func run(_ options: String) throws -> Outcome {
        try place.run("transcribe --engine openai --price 1 \(options)", input: calls)
    }

    @Test("who finds too little left waits for what the others really cost", arguments: [1, 8])
    func waits(_ jobs: Int) throws {
        let outcome = try run("--budget 2 --jobs \(jobs)")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.records.count == 3)
    }

    @Test("nothing that was paid for is thrown away when the budget ends", arguments: [1, 8])
    func stops(_ jobs: Int) throws {
        let outcome = try run("--budget 1.55 --jobs \(jobs)")
        #expect(outcome.status == 75)
        #expect(outcome.records.count == 1)
        #expect(try fake.count("requests") == 2, "a channel each")
        #expect(try place.run("ls data/transcripts/2024/01/15 | wc -l").output == "3\n")
        #expect(outcome.errors.contains("is left of the budget of 1.55"))
    }

    @Test("the answers of a call that failed in the end are paid for, too")
    func failed() throws {
        try fake.fault(#"{"match":{"nth":[2,3,4]},"action":{"kind":"500"},"times":0}"#)
        let outcome = try run("--budget 1.54 --jobs 1")
        #expect(outcome.status == 75)
        #expect(outcome.records.count == 1)
        #expect(outcome.records.first?["error"] != nil)
        #expect(try fake.count("requests") == 4)
    }

    @Test(
        "what is under way when the line stops for another record is finished, as it is paid for",
        arguments: ["", "--keep-order"])
    func finishes(_ order: String) throws {
        // The third request is refused at once, and the answers to the others are slow.
        try fake.fault(
            #"{"match":{"nth":[1,2]},"action":{"kind":"slow","chunk":16,"delay":0.05},"times":0}"#)
        try fake.fault(#"{"action":{"kind":"status","status":401},"times":0}"#)
        let calls = try (1...3).map { number in
            try place.call(Tone.brief, seconds: 10, channels: 1, id: "t:\(number)")
        }
        let outcome = try place.run(
            "transcribe --engine openai --jobs 3 \(order)", input: calls.joined())
        #expect(outcome.status == 77, "\(outcome.errors)")
        #expect(outcome.records.count == 2)
        #expect(outcome.records.allSatisfy { $0["transcript"] != nil })
    }

    @Test("who waits for money when the key is refused says so too, and not that there is no money")
    func refused() throws {
        try fake.fault(#"{"action":{"kind":"status","status":401},"times":0}"#)
        let outcome = try run("--budget 2 --jobs 3")
        #expect(outcome.status == 77, "\(outcome.errors)")
        #expect(outcome.errors.contains("does not accept the key"))
        #expect(outcome.output == "")
    }

    @Test("so it is where the loop itself cannot go on, and that is the reason that is told")
    func rejects() throws {
        let outcome = try place.run(
            "transcribe --engine openai --jobs 8 --rejects /dev/full", input: calls + "no JSON\n")
        #expect(outcome.status == 74, "\(outcome.errors)")
        #expect(outcome.errors.contains("--rejects"))
        #expect(outcome.records.count == 3)
    }

    @Test("another engine takes over what a service cannot read", arguments: [400, 413])
    func unreadable(_ status: Int) throws {
        try fake.fault(#"{"action":{"kind":"status","status":\#(status)},"times":0}"#)
        let outcome = try place.run(
            "transcribe --engine openai --fallback command --command 'printf %.0shello {wav}'"
                + " --jobs 1 --limit 1", input: calls)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let transcript = outcome.records.first?["transcript"] as? [String: Any]
        #expect(transcript?["engine"] as? String == "command")
    }
}
