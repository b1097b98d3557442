// DriveDeleteTests: drive-delete as a process, against a Drive that misbehaves.
import Foundation
import Testing

@Suite struct DriveDeleteTests {
    /// Two recordings on the Drive, their records in the file `uploaded`.
    private func prepare(_ place: Workplace) throws {
        let outcome = try place.run(
            """
            mkdir in
            for n in 1 2; do head -c $((n * 9000)) /dev/urandom > "in/$n.wav"; done
            dir-list --settle 0s in | drive-reserve | drive-upload > uploaded
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    private func audio(_ fake: Fake) throws -> [[String: Any]] {
        try fake.files().filter { ($0["mimeType"] as? String)?.hasPrefix("audio/") == true }
    }

    @Test("what is deleted is gone, and deleted again it is gone still")
    func delete() throws {
        let place = try Workplace()
        let fake = try place.startDrive()
        try prepare(place)
        let dry = try place.run("drive-delete --dry-run < uploaded")
        #expect(dry.status == 0)
        #expect(dry.errors.contains("would delete audio, transcript"))
        #expect(try audio(fake).count == 2)
        for _ in 1...2 {
            let outcome = try place.run("drive-delete < uploaded > deleted && cat deleted")
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.records.count == 2)
            for record in outcome.records {
                #expect(record["uploads"] == nil)
                let drive = (record["deleted"] as? [String: Any])?["drive"] as? [String: Any]
                // Those of the audio, of the transcript's JSON, and of its text.
                #expect((drive?["ids"] as? [String])?.count == 3)
            }
            #expect(try audio(fake).isEmpty)
            expectNoSecrets(outcome, place)
        }
        let again = try place.run("drive-delete --keep-order < deleted | cmp - deleted")
        #expect(again.status == 0, "\(again.errors)")
    }

    @Test("a content manager may only use the trash, and is told so")
    func role() throws {
        let place = try Workplace()
        let fake = try place.startDrive("--role", "fileOrganizer")
        try prepare(place)
        let refused = try place.run("drive-delete < uploaded")
        #expect(refused.status == 77, "\(refused.errors)")
        #expect(refused.output.isEmpty)
        #expect(refused.errors.contains("--trash"))
        let outcome = try place.run("drive-delete --trash < uploaded")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try audio(fake).allSatisfy { $0["trashed"] as? Bool == true })
    }

    @Test(
        "a passing fault is outlived, a lasting one leaves the record as it was",
        arguments: [
            #"{"kind":"500"}"#, #"{"kind":"503","retry_after":1}"#, #"{"kind":"drop_reply"}"#,
            #"{"kind":"expire_tokens"}"#, #"{"kind":"forbid","reason":"userRateLimitExceeded"}"#,
        ])
    func faults(_ action: String) throws {
        let place = try Workplace()
        let fake = try place.startDrive()
        try prepare(place)
        try fake.fault(#"{"match":{"method":"DELETE","nth":1},"action":\#(action),"times":1}"#)
        let outcome = try place.run("drive-delete < uploaded")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try fake.hasStruck())
        #expect(try audio(fake).isEmpty)
    }

    @Test("a failure of the service is the record's, for now")
    func lasting() throws {
        let place = try Workplace()
        let fake = try place.startDrive()
        try prepare(place)
        try fake.fault(#"{"match":{"method":"DELETE"},"action":{"kind":"500"},"times":0}"#)
        let outcome = try place.run("drive-delete < uploaded")
        #expect(outcome.status == 1, "\(outcome.errors)")
        for record in outcome.records {
            let error = record["error"] as? [String: Any]
            #expect(error?["stage"] as? String == "delete")
            #expect(error?["class"] as? String == "temporary")
            #expect(record["uploads"] != nil)
        }
    }
}
