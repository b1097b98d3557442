// RecordingFaultTests: rc-fetch against recordings that come in odd ways, or were damaged since.
import Foundation
import Testing

@Suite struct RecordingFaultTests {
    @Test("a service that answers 206 to every request is fetched from all the same")
    func partialAlways() throws {
        let place = try Workplace()
        let fake = try place.startRingCentral("--heavy-limit", "1000")
        try fake.fault(
            #"{"match":{"path":"/content","every":1},"action":{"kind":"partial"},"times":0}"#)
        let outcome = try place.run("rc-list --days 30 | rc-fetch | tee fetched | jq .audio.bytes")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.split(separator: "\n").count == (try RingCentralTests.expected()))
        try expectSums(place)
    }

    @Test(
        "a recording under a wrong type has the name and the type of what it is",
        arguments: ["application/octet-stream", "audio/wav", "audio/mpeg", "text/plain", "video/x"])
    func wrongMediaType(_ type: String) throws {
        let place = try Workplace()
        let fake = try place.startRingCentral("--heavy-limit", "1000")
        try fake.fault(
            #"{"match":{"path":"/content","every":1},"#
                + #""action":{"kind":"media_type","type":"\#(type)"},"times":0}"#)
        let outcome = try place.run(
            "rc-list --days 30 > listed; head -n 3 listed | rc-fetch | tee fetched")
        #expect(outcome.status == 0, "\(outcome.errors)")
        for record in outcome.records {
            let audio = try #require(record["audio"] as? [String: Any])
            let isMP3 = audio["codec"] as? String == "mp3"
            #expect(audio["type"] as? String == (isMP3 ? "audio/mpeg" : "audio/wav"))
            #expect((audio["path"] as? String)?.hasSuffix(isMP3 ? ".mp3" : ".wav") == true)
        }
        try expectSums(place)
        // A run that was killed before the record was written finds the same again.
        let again = try place.run(
            "jq -c 'del(.audio)' fetched | rc-fetch > second; cmp fetched second")
        #expect(again.status == 0, "\(again.errors)")
    }

    @Test("bytes that nothing can decode are kept as they came")
    func undecodable() throws {
        let place = try Workplace()
        let fake = try place.startRingCentral("--heavy-limit", "1000")
        let body = String(repeating: #"\u0001\u0002sound"#, count: 100)
        try fake.fault(
            #"{"match":{"path":"/content","every":1},"action":{"kind":"wrong_type","#
                + #""type":"application/octet-stream","body":"\#(body)"},"times":0}"#)
        let outcome = try place.run(
            "rc-list --days 30 > listed; head -n 1 listed | rc-fetch | tee fetched")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let audio = try #require(outcome.records.first?["audio"] as? [String: Any])
        #expect((audio["path"] as? String)?.hasSuffix(".bin") == true)
        #expect(audio["type"] as? String == "application/octet-stream")
        #expect(audio["bytes"] as? Int == 700)
        try expectSums(place)
    }

    @Test("a file that was damaged since it was fetched is fetched again, once")
    func damaged() throws {
        let place = try Workplace()
        let fake = try place.startRingCentral("--heavy-limit", "1000")
        let outcome = try place.run(
            """
            rc-list --days 30 > listed; head -n 3 listed | rc-fetch > first
            damaged=$(sed -n 2p first | jq -r .audio.path)
            size=$(stat -c %s "data/$damaged")
            head -c "$size" /dev/zero > "data/$damaged"
            rc-fetch < first > second; rc-fetch < second > third
            cmp first second && cmp second third && cp third fetched
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("damaged"))
        #expect(try fake.operations("content") == 4)
        try expectSums(place)
    }

    @Test("a damaged file that the service has purged stays, with its record")
    func damagedAndGone() throws {
        let place = try Workplace()
        let fake = try place.startRingCentral("--heavy-limit", "1000")
        _ = try place.run("rc-list --days 30 > listed; head -n 1 listed | rc-fetch > first")
        try fake.fault(
            #"{"match":{"path":"/content","every":1},"#
                + #""action":{"kind":"status","status":404},"times":0}"#)
        let outcome = try place.run(
            """
            file="data/$(jq -r .audio.path first)"; printf x >> "$file"
            rc-fetch < first; stat -c %s "$file" >&2
            """)
        #expect(outcome.records.first?["error"] != nil)
        let audio = try #require(outcome.records.first?["audio"] as? [String: Any])
        let bytes = try #require(audio["bytes"] as? Int)
        #expect(outcome.errors.hasSuffix("\n\(bytes + 1)\n"), "\(outcome.errors)")
    }

    @Test(
        "a dry run needs the settings that a run needs",
        arguments: ["rc-list --days 1", "rc-fetch"])
    func dryRunWithoutSettings(_ command: String) throws {
        let place = try Workplace()
        let outcome = try place.run("\(command) -n < /dev/null")
        #expect(outcome.status == 78, "\(outcome.errors)")
        #expect(outcome.errors.contains("RINGCENTRAL_CLIENT_ID"))
    }

    /// The files of `fetched` have the hashes that their records tell.
    private func expectSums(_ place: Workplace) throws {
        let sums = try place.run(
            "jq -r '\"\\(.audio.sha256)  \\(.audio.path)\"' fetched"
                + " | (cd data && sha256sum --check --quiet -)")
        #expect(sums.status == 0, "\(sums.errors)")
    }
}
