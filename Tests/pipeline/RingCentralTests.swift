// RingCentralTests: rc-list and rc-fetch as processes, against a RingCentral that misbehaves.
import Foundation
import Testing

@Suite struct RingCentralTests {
    /// The number of recordings that the calls of the tests have to give.
    static func expected() throws -> Int {
        let description = try Data(contentsOf: Workplace.calls.appending(path: "dataset.json"))
        let object = try JSONSerialization.jsonObject(with: description) as? [String: Any]
        return object?["recordings"] as? Int ?? -1
    }

    @Test("every recording is listed once, oldest first, and fetched whole")
    func listAndFetch() throws {
        let place = try Workplace()
        let fake = try place.startRingCentral("--heavy-limit", "1000")
        let outcome = try place.run("rc-list --days 30 | tee listed | rc-fetch")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let ids = outcome.records.compactMap { $0["id"] as? String }
        #expect(ids.count == (try Self.expected()))
        #expect(Set(ids).count == ids.count)
        let starts = outcome.records.compactMap { $0["start"] as? String }
        #expect(starts == starts.sorted())
        let sums = try place.run(
            "rc-fetch < listed | jq -r '\"\\(.audio.sha256)  \\(.audio.path)\"'"
                + " | (cd data && sha256sum --check --quiet -)")
        #expect(sums.status == 0, "\(sums.errors)")
        // The second rc-fetch found the files and asked for none of them.
        #expect(try fake.operations("content") == ids.count)
    }

    @Test("the bounds of a listing may be inclusive or exclusive", arguments: ["[]", "()", "[)"])
    func bounds(_ bounds: String) throws {
        let place = try Workplace()
        _ = try place.startRingCentral("--heavy-limit", "1000", "--bounds", bounds)
        let outcome = try place.run("rc-list --days 30")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.records.count == (try Self.expected()))
    }

    @Test("within the limit of ten requests in six seconds nothing is refused")
    func rateLimit() throws {
        let place = try Workplace()
        let fake = try place.startRingCentral(
            "--heavy-limit", "10", "--window", "6", "--penalty", "6")
        let outcome = try place.run("rc-list --days 7 | rc-fetch --limit 8")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try fake.count("429") == 0)
    }

    @Test(
        "a passing fault on a recording is outlived",
        arguments: [
            #"{"kind":"429","penalty":1}"#, #"{"kind":"500"}"#,
            #"{"kind":"503","retry_after":1}"#, #"{"kind":"reset","after":2000}"#,
            #"{"kind":"truncate","after":2000}"#, #"{"kind":"expire_tokens"}"#,
            #"{"kind":"drop_reply"}"#, #"{"kind":"partial"}"#,
            #"{"kind":"partial","bytes":2000}"#, #"{"kind":"wrong_type"}"#,
            #"{"kind":"wrong_type","type":"audio/mpeg"}"#,
            #"{"kind":"wrong_type","body":"{\"errorCode\":\"CMN-203\"}","type":"application/json"}"#,
            #"{"kind":"wrong_length","to":0}"#,
        ])
    func passingFault(_ action: String) throws {
        let place = try Workplace()
        let fake = try place.startRingCentral("--heavy-limit", "1000", "--penalty", "1")
        try fake.fault(
            #"{"match":{"path":"/content","nth":2},"action":\#(action),"times":1}"#)
        let outcome = try place.run("rc-list --days 30 | rc-fetch --limit 3 > fetched; cat fetched")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try fake.hasStruck())
        #expect(outcome.records.count == 3)
        #expect(outcome.records.allSatisfy { $0["error"] == nil && $0["audio"] != nil })
        let sums = try place.run(
            "jq -r '\"\\(.audio.sha256)  \\(.audio.path)\"' fetched"
                + " | (cd data && sha256sum --check --quiet -)")
        #expect(sums.status == 0, "\(sums.errors)")
        expectNoSecrets(outcome, place)
    }

    @Test(
        "a lasting fault stays with its record",
        arguments: [
            (#"{"kind":"500"}"#, "server"), (#"{"kind":"wrong_type"}"#, "bad_response"),
            (#"{"kind":"truncate","after":2000}"#, "network"),
        ])
    func lastingFault(_ action: String, _ kind: String) throws {
        let place = try Workplace()
        place["CALLPIPE_HTTP_ATTEMPTS"] = "2"
        let fake = try place.startRingCentral("--heavy-limit", "1000")
        let listed = try place.run("rc-list --days 30 | head -n 3 | tee listed")
        let recording = try #require(listed.records[1]["recording"] as? [String: Any])
        let id = try #require(recording["id"] as? String)
        try fake.fault(
            #"{"match":{"path":"/\#(id)/content","every":1},"action":\#(action),"times":0}"#)
        let outcome = try place.run("rc-fetch < listed")
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(outcome.records.count == 3)
        let error = try #require(outcome.records[1]["error"] as? [String: Any])
        #expect(error["class"] as? String == "temporary")
        #expect(error["kind"] as? String == kind)
        #expect(error["stage"] as? String == "fetch")
        #expect(outcome.records[1]["audio"] == nil)
        #expect(outcome.records[2]["audio"] != nil)
        #expect(outcome.errors.contains("rc-fetch: rc:\(id): unable to "))
        let left = try place.run("find data -name '*\(id)*' ! -name '*.part*'")
        #expect(left.output.isEmpty)
    }

    @Test("an answer without bytes is no recording")
    func emptyRecording() throws {
        let place = try Workplace()
        place["CALLPIPE_HTTP_ATTEMPTS"] = "2"
        let fake = try place.startRingCentral("--heavy-limit", "1000")
        try fake.fault(
            #"{"match":{"path":"/content","every":1},"action":{"kind":"wrong_length","to":0},"#
                + #""times":0}"#)
        let outcome = try place.run("rc-list --days 30 | rc-fetch --limit 1")
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(outcome.records.first?["error"] != nil)
        #expect(outcome.records.first?["audio"] == nil)
    }

    @Test("a missing scope stops the line and says which")
    func missingScope() throws {
        let place = try Workplace()
        let fake = try place.startRingCentral("--heavy-limit", "1000")
        try fake.fault(
            #"{"match":{"path":"/content","nth":2},"#
                + #""action":{"kind":"forbid","permission":"ReadCallRecording"},"times":0}"#)
        let outcome = try place.run(
            "rc-list --days 30 | state-todo fetch | rc-fetch | state-mark fetch")
        #expect(outcome.status == 77, "\(outcome.errors)")
        #expect(outcome.errors.contains("ReadCallRecording"))
        let marked = try place.run(
            "sqlite3 state.db \"SELECT count(*) FROM stages WHERE status='completed'\"")
        #expect(marked.output == "1\n")
    }

    @Test("an extension that RingCentral does not know is told, and is no empty list")
    func unknownExtension() throws {
        let place = try Workplace()
        _ = try place.startRingCentral()
        let outcome = try place.run("rc-list --days 30 --extension 999")
        #expect(outcome.status == 65, "\(outcome.errors)")
        #expect(outcome.errors.contains("--extension"), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    @Test("refused credentials stop the line")
    func refused() throws {
        let place = try Workplace()
        _ = try place.startRingCentral()
        place["RINGCENTRAL_JWT_TOKEN"] = "not-the-jwt"
        let outcome = try place.run("rc-list --days 1")
        #expect(outcome.status == 77, "\(outcome.errors)")
        #expect(outcome.errors.contains("RINGCENTRAL_JWT_TOKEN"))
        #expect(!outcome.errors.contains("not-the-jwt"))
    }

    @Test("a service that is down ends the listing with 69 or 75")
    func down() throws {
        let place = try Workplace()
        place["CALLPIPE_HTTP_ATTEMPTS"] = "2"
        let fake = try place.startRingCentral()
        place.end(fake)
        let outcome = try place.run("rc-list --days 1")
        #expect([69, 75].contains(outcome.status), "\(outcome.errors)")
    }

    @Test("a full disk stops the line and marks nothing")
    func fullDisk() throws {
        let place = try Workplace()
        _ = try place.startRingCentral("--heavy-limit", "1000")
        let outcome = try place.run(
            """
            rc-list --days 30 | state-todo fetch > todo
            (ulimit -f 8; exec rc-fetch < todo 2> why) | state-mark fetch; echo "${PIPESTATUS[@]}" >&2; cat why >&2
            """)
        #expect(outcome.errors.contains("74 0\n"), "\(outcome.errors)")
        #expect(outcome.errors.contains("unable to"))
        let marked = try place.run(
            "sqlite3 state.db \"SELECT count(*) FROM outcomes WHERE status != 'pending'\"")
        #expect(marked.output == "0\n")
    }

    @Test("one address that leads nowhere is its record's trouble, three in a row stop the line")
    func unreachable() throws {
        let place = try Workplace()
        place["CALLPIPE_HTTP_ATTEMPTS"] = "1"
        let fake = try place.startRingCentral("--heavy-limit", "1000")
        let port = try #require(fake.url.split(separator: ":").last)
        // The fake's recordings, through a name of this machine where nobody listens.
        place["RINGCENTRAL_MEDIA_HOST"] = "nowhere.invalid"
        let outcome = try place.run(
            """
            rc-list --days 30 | head -n 5 > listed
            nowhere='s#http://127.0.0.1:\(port)/#https://nowhere.invalid/#'
            sed "2$nowhere" listed | rc-fetch > one; echo $? >> one
            sed "2,4$nowhere" listed | rc-fetch --data other > three; echo $? >> three
            tail -n 1 one; tail -n 1 three; jq -c .error.class <(sed '$d' one)
            """)
        #expect(
            outcome.output == "1\n69\nnull\n\"temporary\"\nnull\nnull\nnull\n",
            "\(outcome.errors)")
    }

    @Test("what is fetched is as private as the user's mask says")
    func mask() throws {
        let place = try Workplace()
        _ = try place.startRingCentral("--heavy-limit", "1000")
        let outcome = try place.run(
            "umask 077; rc-list --days 30 | rc-fetch --limit 2 > /dev/null; find data -perm /077")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    @Test("two processes share the token and the budget")
    func shared() throws {
        let place = try Workplace()
        let fake = try place.startRingCentral("--heavy-limit", "1000")
        let outcome = try place.run(
            "rc-list --days 30 > a & rc-list --days 30 > b & wait; cmp a b && wc -l < a")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try fake.count("tokens") == 1)
        let modes = try place.run("find run -type f -not -perm 600")
        #expect(modes.output.isEmpty)
    }
}

/// No secret of the fakes stands in what was said or written to the checkpoint.
func expectNoSecrets(_ outcome: Outcome, _ place: Workplace) {
    for secret in ["fake-secret", "fake-jwt", "PRIVATE KEY", "upload_id="] {
        #expect(!outcome.errors.contains(secret))
        #expect(!outcome.output.contains(secret))
    }
}
