// DriveTests: drive-reserve and drive-upload as processes, against a Drive that misbehaves.
import Foundation
import Testing

@Suite struct DriveTests {
    /// A folder with recordings, listed into the file `listed`: three small ones and one of 20 MB.
    private func prepare(_ place: Workplace, large: Bool = false) throws {
        let outcome = try place.run(
            """
            mkdir in
            for n in 1 2 3; do head -c $((n * 9000)) /dev/urandom > "in/$n.wav"; done
            \(large ? "head -c 20000000 /dev/urandom > in/4.wav" : "")
            touch -d '2026-03-04 05:06:07' in/*
            dir-list in > listed
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    /// Everything is on the Drive once, with the right bytes.
    private func expectWhole(_ place: Workplace, _ fake: Fake, files count: Int) throws {
        let files = try fake.files().filter { $0["trashed"] as? Bool != true }
        let audio = files.filter { ($0["mimeType"] as? String)?.hasPrefix("audio/") == true }
        let sums = try place.run("sha256sum in/* | cut -d' ' -f1 | sort")
        let stored = audio.compactMap { $0["sha256Checksum"] as? String }.sorted()
        #expect(stored.joined(separator: "\n") + "\n" == sums.output)
        #expect(audio.count == count)
        let folders = files.filter {
            $0["mimeType"] as? String == "application/vnd.google-apps.folder"
                && ["2026", "03", "04"].contains($0["name"] as? String)
        }
        #expect(folders.count == 3)
    }

    @Test("recordings are stored once, however often they are uploaded")
    func upload() throws {
        let place = try Workplace()
        let fake = try place.startDrive()
        try prepare(place, large: true)
        let outcome = try place.run(
            "drive-reserve < listed > reserved && drive-upload < reserved > uploaded; cat uploaded")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.records.count == 4)
        try expectWhole(place, fake, files: 4)
        let uploads = try fake.count("uploads")
        // From the result nothing is asked; from the reservation 409 is compared.
        #expect(try place.run("drive-upload < uploaded").status == 0)
        #expect(try place.run("drive-upload < reserved").status == 0)
        #expect(try fake.count("uploads") == uploads)
        #expect(try fake.count("conflicts") == 4)
        try expectWhole(place, fake, files: 4)
        expectNoSecrets(outcome, place)
    }

    @Test(
        "a passing fault is outlived",
        arguments: [
            #"{"kind":"500"}"#, #"{"kind":"503","retry_after":1}"#,
            #"{"kind":"reset","received":3000}"#, #"{"kind":"drop_reply"}"#,
            #"{"kind":"expire_tokens"}"#, #"{"kind":"forbid","reason":"userRateLimitExceeded"}"#,
        ])
    func passingFault(_ action: String) throws {
        let place = try Workplace()
        let fake = try place.startDrive()
        try prepare(place)
        try fake.fault(
            #"{"match":{"path":"^/upload/","nth":2},"action":\#(action),"times":1}"#)
        let outcome = try place.run("drive-reserve < listed | drive-upload")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try fake.hasStruck())
        try expectWhole(place, fake, files: 3)
    }

    @Test(
        "a large upload outlives what happens to its chunks",
        arguments: [
            #"{"kind":"lose_sessions"}"#, #"{"kind":"keep","bytes":262144}"#,
            #"{"kind":"drop_reply"}"#, #"{"kind":"reset","received":3000000}"#,
            #"{"kind":"503"}"#,
        ])
    func chunkFault(_ action: String) throws {
        let place = try Workplace()
        let fake = try place.startDrive()
        try prepare(place, large: true)
        try fake.fault(
            #"{"match":{"method":"PUT","path":"^/upload/","nth":2},"action":\#(action),"times":1}"#)
        let outcome = try place.run("drive-reserve < listed | drive-upload")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try fake.hasStruck())
        try expectWhole(place, fake, files: 4)
        expectNoSecrets(outcome, place)
    }

    @Test(
        "a service account without storage or right is told so",
        arguments: [
            ("storageQuotaExceeded", [75, 77, 78]), ("insufficientFilePermissions", [77]),
        ])
    func refused(_ reason: String, _ statuses: [Int32]) throws {
        let place = try Workplace()
        let fake = try place.startDrive()
        try prepare(place)
        try fake.fault(
            #"{"match":{"path":"^/upload/","every":1},"times":0,"#
                + #""action":{"kind":"forbid","reason":"\#(reason)"}}"#)
        let outcome = try place.run(
            "drive-reserve < listed | state-todo upload | drive-upload | state-mark upload")
        #expect(statuses.contains(outcome.status), "\(outcome.status): \(outcome.errors)")
        #expect(outcome.output.isEmpty)
        let marked = try place.run(
            "sqlite3 state.db \"SELECT count(*) FROM stages WHERE status='completed'\"")
        #expect(marked.output == "0\n")
    }

    @Test("a file that changed under its record is not uploaded")
    func changed() throws {
        let place = try Workplace()
        let fake = try place.startDrive()
        try prepare(place)
        let outcome = try place.run(
            "drive-reserve < listed > reserved; echo more >> in/2.wav; drive-upload < reserved")
        #expect(outcome.status == 1, "\(outcome.errors)")
        let failed = outcome.records.filter { $0["error"] != nil }
        #expect(failed.count == 1)
        #expect(try fake.count("uploads") == 2)
    }
}
