// RemovalTests: what is pruned, what is held and what is erased, by the module.
import CheckpointReports
import CheckpointSupport
import Crypto
import Files
import Foundation
import Records
import Testing

@testable import Checkpoint
@testable import CheckpointRetention

@Suite struct RemovalTests {
    private let desk = Desk()
    private let data: DataDirectory
    private let week = 7 * 86_400.0

    init() throws {
        data = try DataDirectory(desk.directory.appending(path: "data").path)
    }

    /// A record whose files are there, as far as the stages say.
    private func record(
        _ number: Int, copy: String? = nil, bytes: String = "sound"
    ) throws -> String {
        let stem = "2024/01/15/rc-\(number)"
        try data.write(Array("\(bytes)\(number)".utf8), to: "audio/\(stem).mp3")
        for suffix in ["json", "txt", "vtt"] {
            try data.write(Array("Quagga\(number)".utf8), to: "transcripts/\(stem).\(suffix)")
        }
        let sha256 = Digest.sha256(Array("sound\(number)".utf8))
        let words = Digest.sha256(Array("Quagga\(number)".utf8))
        let upload =
            copy ?? #""audio":{"id":"1a","bytes":6,"sha256":"\#(sha256)"},"#
            + #""transcript":{"id":"1t","bytes":7,"sha256":"\#(words)"}"#
        return line(
            number,
            #""name":"Zebra\#(number)","audio":{"path":"audio/\#(stem).mp3","bytes":6,"#
                + #""sha256":"\#(sha256)","type":"audio/mpeg"},"#
                + #""transcript":{"path":"transcripts/\#(stem).json","text":"Quagga\#(number)"},"#
                + #""uploads":{"drive":{"folder":{"id":"1d"},\#(upload)}}"#)
    }

    private func prune(
        _ kind: PruneRule.Kind, olderThan age: Double = 0,
        unless: String? = nil, onlyIf: String? = nil, isPlan: Bool = false
    ) throws -> (ids: [String], problems: [Failure]) {
        let pruning = try Pruning(desk.open(), data: data, isPlan: isPlan)
        var (ids, problems): ([String], [Failure]) = ([], [])
        let rule = PruneRule(
            kind, olderThan: age,
            unless: try unless.map { try #require(PruneRule.Condition.list($0)) } ?? [],
            onlyIf: try onlyIf.map { try #require(PruneRule.Condition.list($0)) } ?? [])
        try pruning.run(rule, report: { ids.append($0.id) }, problem: { problems.append($0) })
        return (ids, problems)
    }

    private func audioIsThere(_ number: Int) throws -> Bool {
        try data.size(of: "audio/2024/01/15/rc-\(number).mp3") != nil
    }

    private func audit(_ id: String = "rc:1") throws -> String {
        try desk.sqlite3(
            "SELECT group_concat(action) FROM (SELECT * FROM audit WHERE call_id = '\(id)' ORDER BY 1)"
        )
    }

    @Test("audio goes once its bytes are elsewhere, is noted once, and stays done")
    func prunes() throws {
        try desk.mark(.upload, record(1), record(2))
        #expect(try prune(.audio, isPlan: true).ids == ["rc:1", "rc:2"])
        #expect(try audioIsThere(1))
        #expect(try prune(.audio).ids == ["rc:1", "rc:2"])
        #expect(try !audioIsThere(1))
        #expect(try data.size(of: "transcripts/2024/01/15/rc-1.json") != nil)
        #expect(try prune(.audio).ids.isEmpty)
        #expect(try audit() == "stored,pruned")
        #expect(try AuditChain(desk.open()).verify().fault == nil)
        // Nobody fetches it again because it is not there.
        #expect(try desk.todo(.upload, line(1)).isEmpty)
        #expect(try prune(.transcript).ids.count == 2)
        #expect(try data.size(of: "transcripts/2024/01/15/rc-1.vtt") == nil)
    }

    @Test("a run that was killed between its line and the file has said enough")
    func killed() throws {
        try desk.mark(.upload, record(1))
        _ = try prune(.audio)
        _ = try record(1)
        #expect(try prune(.audio).ids == ["rc:1"])
        #expect(try audit() == "stored,pruned")
    }

    @Test("what came back and goes again is removed as it was noted")
    func goesAgain() throws {
        try desk.mark(.upload, record(1))
        _ = try prune(.audio)
        try desk.mark(.fetch, record(1))
        #expect(try prune(.audio).ids == ["rc:1"])
        #expect(try audit() == "stored,pruned")
    }

    @Test(
        "an only copy stays",
        arguments: [
            #""audio":{"id":"1a"}"#, #""audio":{"id":"1a","bytes":6}"#,
            #""audio":{"id":"1a","bytes":6,"sha256":"0000"}"#,
            #""audio":{"id":"1a","bytes":7,"md5":"x"}"#, #""audio":null"#, #""audio":7"#,
        ])
    func onlyCopy(_ copy: String) throws {
        try desk.mark(.upload, record(1, copy: copy))
        let outcome = try prune(.audio)
        #expect(outcome.ids.isEmpty)
        #expect(outcome.problems.isEmpty)
        #expect(try audioIsThere(1))
    }

    @Test("a file that is not the one that was fetched stays, and is told")
    func changed() throws {
        try desk.mark(.upload, record(1, bytes: "noise"), record(2))
        let outcome = try prune(.audio)
        #expect(outcome.ids == ["rc:2"])
        #expect(outcome.problems.map(\.kind) == [.integrity])
        #expect(try audioIsThere(1))
    }

    @Test("what is held, young, open or in work stays")
    func kept() throws {
        try desk.mark(.transcribe, status: .pending, line(2))
        try desk.mark(.upload, record(1), record(2), record(3), record(4))
        #expect(try prune(.audio, olderThan: week).ids.isEmpty)
        try hold("rc:1")
        let checkpoint = try Checkpoint(desk.path)
        let claims = try Claims(for: .analyze, in: checkpoint, lasting: 60)
        try checkpoint.transaction { try claims.take(3) }
        // Seen from the claimant's own boot, where its group lives.
        let pruning = try Pruning(Checkpoint(desk.path), data: data, isPlan: false)
        var ids: [String] = []
        try pruning.run(
            PruneRule(.audio, olderThan: 0), report: { ids.append($0.id) }, problem: { _ in })
        #expect(ids == ["rc:4"])
        #expect(try prune(.audio).ids == ["rc:3"])
        #expect(try audioIsThere(1) && audioIsThere(2))
    }

    @Test("conditions keep and choose")
    func conditions() throws {
        try desk.mark(.upload, record(1), record(2), record(3))
        try desk.mark(.transcribe, status: .failed, #"{"id":"rc:1"}"#)
        try desk.mark(.transcribe, status: .completed, #"{"id":"rc:2"}"#)
        let unless = "transcribe=failed,analyze=failed"
        #expect(try prune(.audio, unless: unless, isPlan: true).ids == ["rc:2", "rc:3"])
        #expect(try prune(.audio, onlyIf: "transcribe=completed").ids == ["rc:2"])
        for text in ["", "transcribe", "transcribe=", "x=failed", "transcribe=x", "a=b=c"] {
            #expect(PruneRule.Condition.list(text) == nil, "\(text)")
        }
    }

    private func hold(_ id: String, release: Bool = false) throws {
        let checkpoint = try desk.open()
        let holds = try Holds(checkpoint)
        _ = try checkpoint.transaction {
            release
                ? try holds.release(id, because: nil) : try holds.hold(id, because: "case 17")
        }
    }

    private func erase(_ id: String, as text: String? = nil) throws -> [Erasure.Certificate] {
        let erasure = try Erasure(desk.open(), data: data, because: "request 17")
        let line = try text.map { try Record(Array($0.utf8)) }
        try erasure.erase(id, as: line)
        var certificates: [Erasure.Certificate] = []
        try erasure.certify { certificates.append($0) }
        return certificates
    }

    private let gone = #","deleted":{"drive":{"ids":["1a","1t"]}}}"#

    /// The record as drive-delete passes it on.
    private func deleted(_ number: Int, _ more: String? = nil) -> String {
        String(line(number).dropLast()) + (more ?? gone)
    }

    /// How often words of a call stand in the files of the checkpoint.
    private func traces(_ words: String...) throws -> [Int] {
        var bytes: [UInt8] = []
        for suffix in ["", "-wal"] {
            bytes += [UInt8]((try? Data(contentsOf: URL(filePath: desk.path + suffix))) ?? Data())
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return words.map { text.components(separatedBy: $0).count - 1 }
    }

    @Test("nothing of an erased recording is left but its id and the proof")
    func erases() throws {
        // Each stage stores the record anew, and leaves the old text somewhere.
        for number in 1...40 {
            try desk.mark(.fetch, line(number, #""name":"Zebra\#(number)""#))
            let long = String(repeating: "Quagga\(number) ", count: 3000)
            try desk.mark(
                .transcribe, line(number, #""words":"\#(long)","name":"Zebra\#(number)""#))
        }
        try desk.mark(.upload, record(7))
        try desk.mark(
            .analyze, line(7, error("analyze", "item", "engine", message: "Quagga7 is odd")))
        #expect(try traces("Quagga7").first ?? 0 > 0)
        let certificate = try #require(try erase("rc:7", as: deleted(7)).first)
        #expect(try traces("Quagga7", "Zebra7\"") == [0, 0])
        #expect(try traces("Quagga8 ").first ?? 0 > 2900)
        #expect(try data.files(of: Record(Array(line(7).utf8))).isEmpty)
        #expect(try desk.record("rc:7") == #"{"id":"rc:7"}"#)
        #expect(
            try desk.sqlite3(
                """
                SELECT start_time, duration, batch, expires, erased_at IS NOT NULL FROM calls
                WHERE id = 'rc:7'; SELECT DISTINCT message FROM errors WHERE call_id = 'rc:7';
                SELECT count(*), count(error_message) FROM stages
                WHERE call_id = 'rc:7' AND status = 'skipped'
                """) == "||||1\nerased\n\(Stage.allCases.count)|0")
        let verdict = try AuditChain(desk.open()).verify(expecting: certificate.hash)
        #expect(verdict.fault == nil && verdict.isExpectedThere)
        #expect(certificate.json.text.contains(#""ids":["1a","1t"]}"#))
        #expect(certificate.json.text.contains(#""name":"rc-7.mp3","bytes":6"#))
        #expect(try desk.sqlite3("PRAGMA integrity_check") == "ok")

        // A late mark, a list and a second erasure change nothing.
        try desk.mark(.upload, record(7))
        #expect(try desk.record("rc:7") == #"{"id":"rc:7"}"#)
        for stage in Stage.allCases { #expect(try desk.todo(stage, line(7)).isEmpty) }
        #expect(try erase("rc:7").map(\.hash) == [certificate.hash])
    }

    @Test("copies elsewhere have to be gone first, all of them and for good")
    func copies() throws {
        try desk.mark(.upload, record(1))
        for text in [
            nil, line(1), deleted(1, #","deleted":{"drive":{"ids":["1a"]}}}"#),
            deleted(1, #","deleted":{"s3":{"ids":["1a","1t"]}}}"#),
            deleted(1, #","deleted":{"drive":{"ids":["1a","1t"],"trash":true}}}"#),
            deleted(1, #","uploads":{"drive":{"audio":{"id":"1n"}}}"# + gone),
            deleted(1, #","error":{"stage":"delete"}"# + gone),
        ] {
            let failure = #expect(throws: Failure.self) { try erase("rc:1", as: text) }
            #expect(failure?.scope == .item, "\(text ?? "")")
        }
        #expect(try audioIsThere(1))
        #expect(try erase("rc:1", as: deleted(1)).count == 1)
        #expect(try !audioIsThere(1))
        // Of files without ids no certificate proves anything, and it says so.
        try desk.mark(.upload, line(4, #""uploads":{"s3":{"audio":{"bytes":6,"sha256":"00"}}}"#))
        let unnamed = try erase("rc:4", as: deleted(4, #","deleted":{"s3":{"ids":[]}}}"#))
        #expect(
            unnamed.first?.json.text.contains(
                #""gone":[{"destination":"s3","ids":[],"unproven":true}]"#) == true)
        // One that was never archived needs no word.
        try desk.mark(.fetch, line(2, audio))
        #expect(try erase("rc:2").count == 1)
        // A destination that we do not know is one all the same.
        try desk.mark(.fetch, line(3, #""uploads":{"s3":7}"#))
        #expect(throws: Failure.self) { try erase("rc:3") }
    }

    @Test("what is held, in work or unknown is refused")
    func refused() throws {
        try desk.mark(.upload, line(1), line(2))
        try hold("rc:1")
        let held = #expect(throws: Failure.self) { try erase("rc:1") }
        #expect(held?.message.contains("case 17") == true)
        try hold("rc:1", release: true)
        #expect(try erase("rc:1").count == 1)
        #expect(throws: Failure.self) { try hold("rc:1") }
        #expect(try audit() == "stored,held,released,erased")
        let unknown = #expect(throws: Failure.self) { try erase("rc:9") }
        #expect(unknown?.kind == .notFound)
        let checkpoint = try Checkpoint(desk.path)
        let claims = try Claims(for: .transcribe, in: checkpoint, lasting: 60)
        try checkpoint.transaction { try claims.take(2) }
        let erasure = try Erasure(Checkpoint(desk.path), data: data, because: "x")
        let busy = #expect(throws: Failure.self) { try erasure.erase("rc:2") }
        #expect(busy?.scope == .temporary)
    }

    @Test("no certificate is given while a reader keeps the old text in the log")
    func reader() throws {
        try desk.mark(.upload, line(1, audio), line(2, audio))
        let reader = try Checkpoint(reading: desk.path)
        let erasure = try Erasure(
            desk.open(busyTimeout: .milliseconds(1)), data: data, because: "request 17")
        try reader.transaction {
            try reader.begin()
            #expect(try reader.database.value("SELECT count(*) FROM calls") == "2")
            try erasure.erase("rc:1")
            let failure = #expect(throws: Failure.self) { try erasure.certify { _ in } }
            #expect(failure?.scope == .stop && failure?.kind == .timeout)
        }
        #expect(try audit() == "stored")
        var certificates = 0
        try erasure.certify { _ in certificates += 1 }
        #expect(certificates == 1)
        #expect(try audit() == "stored,erased")
    }

    @Test("what another checkpoint erased has its certificate there")
    func elsewhere() throws {
        try desk.mark(.fetch, line(1, audio))
        _ = try erase("rc:1")
        _ = try desk.sqlite3("DELETE FROM audit WHERE action = 'erased'")
        let failure = #expect(throws: Failure.self) { try erase("rc:1") }
        #expect(failure?.scope == .item && failure?.kind == .notFound)
    }

    @Test("an erasure that was killed goes on where it was, and certifies all of it")
    func resumes() throws {
        try desk.mark(.upload, record(1), record(2))
        for number in 1...2 {
            // Killed before the certificate; of the first, a file came back in between.
            let erasure = try Erasure(desk.open(), data: data, because: "request 17")
            try erasure.erase("rc:\(number)", as: Record(Array(deleted(number).utf8)))
        }
        try data.write(Array("sound1".utf8), to: "audio/2024/01/15/rc-1.mp3")
        #expect(try desk.record("rc:1").contains("erasing"))
        try desk.mark(.upload, line(1, audio))
        let erasure = try Erasure(desk.open(), data: data, because: "")
        for id in try erasure.interrupted() { try erasure.erase(id) }
        var certificates: [String] = []
        try erasure.certify { certificates.append($0.json.text) }
        #expect(certificates.count == 2)
        #expect(certificates.allSatisfy { $0.contains(#""reason":"request 17""#) })
        #expect(certificates.allSatisfy { $0.contains(".mp3") && $0.contains(".vtt") })
        #expect(try !audioIsThere(1))
        #expect(try desk.record("rc:1") == #"{"id":"rc:1"}"#)
        #expect(try audit() == "stored,erased")
        for id in try erasure.interrupted() { try erasure.erase(id) }
        #expect(erasure.pending == 0)
    }
}
