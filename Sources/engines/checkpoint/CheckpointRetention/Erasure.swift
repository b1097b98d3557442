// Erasure: every copy of a recording that callpipe made, taken away for good.
public import Checkpoint
import CheckpointReports
public import Files
public import Records

/// Erases recordings: first the checkpoint forgets, then the files go, then the log in which the
/// text stood is cut off, and the audit chain certifies it.
///
/// Killed at any point, it goes on where it was: the plan of what has to go stands in the place of
/// the record until nothing of it is left.
public final class Erasure {
    /// The proof of an erasure, as the audit chain has it.
    public struct Certificate: Sendable {
        /// The record.
        public let id: String
        /// When it was erased.
        public let time: String
        /// The number of its line in the audit chain.
        public let number: Int64
        /// The hash of that line.
        public let hash: String
        fileprivate let detail: String

        /// The certificate as an object.
        public var json: JSON {
            .members([
                "id": .string(id), "erased_at": .string(time),
                "erased": .raw(Array(detail.utf8)),
                "audit": .members(["number": .int(Int(number)), "hash": .string(hash)]),
            ])
        }
    }

    private struct Pending {
        let id: String
        let call: Int64
        let plan: ErasurePlan
    }

    /// How many are erased but for their certificates.
    public var pending: Int { begun.count }

    private let checkpoint: Checkpoint
    private let data: DataDirectory
    private let reason: String
    private let audit: Audit
    private let holds: Holds
    private let chain: AuditChain
    private var begun: [Pending] = []
    private var earlier: [Certificate] = []

    /// Gets ready.
    ///
    /// - Parameters:
    ///   - checkpoint: Has to forget.
    ///   - data: Where the files lie.
    ///   - reason: Why.
    /// - Throws: `Failure` of scope `stop`.
    public init(
        _ checkpoint: Checkpoint, data: DataDirectory, because reason: String
    ) throws(Failure) {
        self.checkpoint = checkpoint
        self.data = data
        self.reason = reason
        audit = try Audit(checkpoint)
        holds = try Holds(checkpoint)
        chain = AuditChain(checkpoint)
    }

    /// The stored record of a recording that may be erased, for the tools that delete its copies
    /// elsewhere: they know of no hold.
    ///
    /// - Parameter id: The record.
    /// - Returns: The line, without its end.
    /// - Throws: `Failure`, of scope `item` or `temporary` where it has to stay for now.
    public func record(of id: String) throws -> [UInt8] {
        let known = try NamedCall.find(id, in: checkpoint, to: "erase")
        if known.erased == nil { try checkpoint.transaction { try expectFree(known, id) } }
        return try stored(known, id).bytes
    }

    /// Erases a recording but for its certificate, which ``certify(_:)`` gives.
    ///
    /// - Parameters:
    ///   - id: The record.
    ///   - line: The record as it came through `drive-delete`, if it did.
    /// - Throws: `Failure`, of scope `item` or `temporary` where it has to stay for now.
    public func erase(_ id: String, as line: Record? = nil) throws {
        if let line, line.hasError {
            throw Failure(
                .item, .input, "erase \(id): a stage before this one failed on it",
                remedy: "see the error on the record")
        }
        let known = try NamedCall.find(id, in: checkpoint, to: "erase")
        if let plan = ErasurePlan(known.record), known.erased != nil {
            return try finish(Pending(id: id, call: known.number, plan: plan))
        }
        if let time = known.erased { return try recall(id, erased: time) }
        let record = try stored(known, id)
        let gone = try Erasure.gone(record, line)
        let plan = try ErasurePlan(record, in: data, gone: gone, reason: reason)
        try checkpoint.transaction {
            try checkpoint.begin()
            try expectFree(known, id)
            try forget(known.number, id, plan)
        }
        try finish(Pending(id: id, call: known.number, plan: plan))
    }

    /// The files that an erasure would remove; nothing is changed.
    ///
    /// - Parameters:
    ///   - id: The record.
    ///   - line: The record as it came through `drive-delete`, if it did.
    /// - Returns: An object.
    /// - Throws: `Failure`, of scope `item` or `temporary` where it has to stay for now.
    public func plan(_ id: String, as line: Record? = nil) throws -> JSON {
        let record = try Record(self.record(of: id))
        let plan = try ErasurePlan(
            record, in: data, gone: Erasure.gone(record, line), reason: reason)
        return .members([
            "id": .string(id), "would_erase": .array(plan.files.map { .string($0.path) }),
        ])
    }

    /// The ids of the erasures that were killed.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public func interrupted() throws(Failure) -> [String] {
        let question = try Statement(
            checkpoint.database,
            "SELECT id FROM calls WHERE erased_at IS NOT NULL AND record LIKE '%\"erasing\":%'")
        var ids: [String] = []
        while try question.step() { ids.append(question.string(0) ?? "") }
        return ids
    }

    /// Cuts the log off in which the text stood, and gives the certificates of what was erased.
    ///
    /// - Parameter body: Takes a certificate, after its line in the audit chain is durable.
    /// - Throws: `Failure` of scope `stop`; then the same erasures can be asked for again.
    public func certify(_ body: (Certificate) throws -> Void) throws {
        if !begun.isEmpty {
            guard try checkpoint.database.value("PRAGMA wal_checkpoint(TRUNCATE)") == "0" else {
                throw Failure(
                    .stop, .timeout,
                    "clear the log of checkpoint \(checkpoint.database.path): a program reads it",
                    remedy: "run it again; it goes on where it is")
            }
            let certificates = try checkpoint.transaction { try begun.map(certificate) }
            begun = []
            for certificate in certificates { try body(certificate) }
        }
        for certificate in earlier { try body(certificate) }
        earlier = []
    }

    private func certificate(_ pending: Pending) throws(Failure) -> Certificate {
        try checkpoint.begin()
        let change = try Statement(
            checkpoint.database, "UPDATE calls SET record = ?2 WHERE number = ?1")
        change.bind(1, pending.call)
        change.bind(2, copying: JSON.members(["id": .string(pending.id)]).text)
        try change.run()
        let detail = pending.plan.detail
        let hash = try audit.append(.erased, pending.id, detail: detail)
        return Certificate(
            id: pending.id, time: checkpoint.now, number: try chain.head().number, hash: hash,
            detail: detail)
    }

    /// The certificate of an erasure from before: asking again is harmless.
    private func recall(_ id: String, erased time: String) throws {
        let count = earlier.count
        try chain.forEach(of: id) { line in
            guard line.action == Audit.Action.erased.rawValue else { return }
            earlier.append(
                Certificate(
                    id: id, time: line.time, number: line.number, hash: line.hash,
                    detail: line.detail ?? "{}"))
        }
        guard earlier.count > count else {
            throw Failure(
                .item, .notFound,
                "certify the erasure of \(id): it was erased at \(time), but not by this checkpoint",
                remedy: "look for its certificate where it was erased")
        }
    }

    private func stored(_ known: NamedCall, _ id: String) throws(Failure) -> Record {
        do {
            return try Record(known.record)
        } catch {
            throw Failure(
                .item, .integrity, "read call \(id): \(error.reason)",
                remedy: "correct its record with sqlite3")
        }
    }

    /// The ids that are gone, by destination; throws while one of them may still hold something.
    private static func gone(
        _ stored: Record, _ line: Record?
    ) throws(Failure) -> [String: [String]] {
        let copies = try Destinations(stored)
        let seen = try line.map { line throws(Failure) in try Destinations(line) }
        var gone: [String: [String]] = [:]
        for destination in Set(copies.names + (seen?.names ?? [])).sorted() {
            let word = seen?.gone(from: destination) ?? copies.gone(from: destination)
            let ids = word?.ids ?? []
            let isOut =
                word != nil && seen?.names.contains(destination) != true
                && Set(copies.ids(at: destination)).isSubset(of: ids)
            guard isOut else {
                throw Failure(
                    .item, .input, "erase \(stored.id): \(destination) still has its files",
                    remedy: destination == "drive"
                        ? "run: state-erase --records \(stored.id) | drive-delete |"
                            + " state-erase --reason TEXT -"
                        : "delete them there first")
            }
            if word?.trash == true {
                throw Failure(
                    .item, .input,
                    "erase \(stored.id): its files are only in the trash of \(destination)",
                    remedy: "empty the trash and run drive-delete again, without --trash")
            }
            gone[destination] = ids
        }
        return gone
    }

    /// Nothing is erased that is held or in work, or that changed since it was looked at.
    private func expectFree(_ known: NamedCall, _ id: String) throws(Failure) {
        if let hold = try holds.find(known.number) {
            throw Failure(
                .item, .input, "erase \(id): \(hold)", remedy: "release it with state-hold")
        }
        if let run = try Claims.leaseOwner(of: known.number, checkpoint) {
            throw Failure(
                .temporary, .input, "erase \(id): run \(run) has it in work",
                remedy: "try again when that has ended")
        }
        let now = try NamedCall.find(id, in: checkpoint, to: "erase")
        guard now.record == known.record, now.erased == nil else {
            throw Failure(
                .temporary, .input, "erase \(id): it changed meanwhile", remedy: "try again")
        }
    }

    /// Reduces what the checkpoint knows to the id and the plan.
    private func forget(_ call: Int64, _ id: String, _ plan: ErasurePlan) throws(Failure) {
        let change = try Statement(
            checkpoint.database,
            """
            UPDATE calls SET record = ?2, erased_at = ?3, updated_at = ?3, start_time = NULL,
              duration = NULL, expires = NULL, batch = NULL
            WHERE number = ?1
            """)
        change.bind(1, call)
        let text = try plan.record(id)
        change.bind(2, copying: String(decoding: text, as: UTF8.self))
        change.bind(3, copying: checkpoint.now)
        try change.run()
        // With every stage skipped, no list and no queue brings it back.
        let outcome = try Statement(
            checkpoint.database,
            """
            INSERT INTO outcomes(call, stage, status, finished_at) VALUES (?1, ?2, 'skipped', ?3)
            ON CONFLICT DO UPDATE SET status = 'skipped', finished_at = excluded.finished_at,
              not_before = NULL, start_time = NULL, expires = NULL, started_at = NULL,
              seconds = NULL, error_class = NULL, error_kind = NULL, error_message = NULL
            """)
        for stage in Stage.allCases {
            outcome.bind(1, call)
            outcome.bind(2, copying: stage.rawValue)
            outcome.bind(3, copying: checkpoint.now)
            try outcome.run()
        }
        let message = try Statement(
            checkpoint.database, "UPDATE errors SET message = 'erased' WHERE call_id = ?1")
        message.bind(1, copying: id)
        try message.run()
        // What was spent was spent: the row stays, and no longer says on which recording.
        let spent = try Statement(
            checkpoint.database, "UPDATE ledger SET call = NULL, run = NULL WHERE call = ?1")
        spent.bind(1, call)
        try spent.run()
        let lease = try Statement(checkpoint.database, "DELETE FROM leases WHERE call = ?1")
        lease.bind(1, call)
        try lease.run()
    }

    /// Removes the files of the plan that are still there.
    private func finish(_ pending: Pending) throws(Failure) {
        var files: [DataFile] = []
        for planned in pending.plan.files {
            guard let file = try data.file(at: planned.path) else { continue }
            _ = try data.remove(file)
            files.append(file)
        }
        try data.sync(after: files)
        begun.append(pending)
    }
}
