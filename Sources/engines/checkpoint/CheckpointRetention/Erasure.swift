// Erasure: removes every copy of a recording for good.
public import Checkpoint
import CheckpointReports
public import Files
public import Records

/// Erases recordings: the checkpoint removes its data, then the files are removed, then the log that
/// has the text is cut off, and the audit chain certifies it.
///
/// After a kill at any point, the next run continues: the plan of the erasure stands in the place of
/// the record until all of it is done.
public final class Erasure {
    /// The proof of an erasure, as the audit chain has it.
    public struct Certificate: Sendable {
        /// The record.
        public let id: String
        /// The time of the erasure.
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

    /// The number of erasures that have no certificate yet.
    public var pending: Int { begun.count }

    private let checkpoint: Checkpoint
    private let data: DataDirectory
    private let reason: String
    /// A remedy for a destination that still has files of a record, by destination and id.
    private let remedy: (String, String) -> String
    private let audit: Audit
    private let holds: Holds
    private let chain: AuditChain
    private let search: SearchIndex
    private var begun: [Pending] = []
    private var earlier: [Certificate] = []

    /// Prepares to erase.
    ///
    /// - Parameters:
    ///   - checkpoint: The open file.
    ///   - data: The directory of the files.
    ///   - reason: The reason, for the certificate.
    ///   - remedy: Gives the remedy for a destination that still has files of a record; gets the
    ///     destination and the id.
    /// - Throws: `Failure` of scope `stop`.
    public init(
        _ checkpoint: Checkpoint, data: DataDirectory, because reason: String,
        remedy: @escaping (_ destination: String, _ id: String) -> String = { _, _ in
            "delete them there first"
        }
    ) throws(Failure) {
        self.checkpoint = checkpoint
        self.data = data
        self.reason = reason
        self.remedy = remedy
        audit = try Audit(checkpoint)
        holds = try Holds(checkpoint)
        chain = AuditChain(checkpoint)
        search = try SearchIndex(checkpoint)
    }

    /// The stored record of a recording that may be erased, for the tools that delete its copies at
    /// destinations: these tools do not know the holds.
    ///
    /// - Parameter id: The record.
    /// - Returns: The line, without its end.
    /// - Throws: `Failure`, of scope `item` or `temporary` where the recording has to stay for now.
    public func record(of id: String) throws -> [UInt8] {
        try stored(free(id), id).bytes
    }

    /// A call that is neither held nor in work, which is checked before everything else.
    private func free(_ id: String) throws -> NamedCall {
        let known = try NamedCall.find(id, in: checkpoint, to: "erase")
        if known.erased == nil { try checkpoint.transaction { try expectFree(known, id) } }
        return known
    }

    /// Erases a recording; ``certify(_:)`` gives its certificate.
    ///
    /// - Parameters:
    ///   - id: The record.
    ///   - line: The record as it came from a tool that deleted its copies, if it did.
    /// - Throws: `Failure`, of scope `item` or `temporary` where the recording has to stay for now.
    public func erase(_ id: String, as line: Record? = nil) throws {
        let known = try free(id)
        if let line, line.hasError {
            throw Failure(
                .item, .input, "erase \(id): a stage before this one failed on it",
                remedy: "see the error on the record")
        }
        if let plan = ErasurePlan(known.record), known.erased != nil {
            return try finish(Pending(id: id, call: known.number, plan: plan))
        }
        if let time = known.erased { return try recall(id, erased: time) }
        let record = try stored(known, id)
        let gone = try gone(record, line)
        let plan = try ErasurePlan(record, in: data, gone: gone, reason: reason)
        try checkpoint.transaction {
            try checkpoint.begin()
            try expectFree(known, id)
            try forget(known.number, record, plan)
        }
        try finish(Pending(id: id, call: known.number, plan: plan))
    }

    /// The files that an erasure would remove; nothing changes.
    ///
    /// - Parameters:
    ///   - id: The record.
    ///   - line: The record as it came from a tool that deleted its copies, if it did.
    /// - Returns: An object.
    /// - Throws: `Failure`, of scope `item` or `temporary` where the recording has to stay for now.
    public func plan(_ id: String, as line: Record? = nil) throws -> JSON {
        let record = try Record(self.record(of: id))
        let plan = try ErasurePlan(record, in: data, gone: gone(record, line), reason: reason)
        return .members([
            "id": .string(id), "would_erase": .array(plan.files.map { .string($0.path) }),
        ])
    }

    /// The ids of the erasures that were killed.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public func interrupted() throws(Failure) -> [String] {
        try Statement(
            checkpoint.database,
            """
            SELECT id FROM calls WHERE erased_at IS NOT NULL
              AND CASE WHEN json_valid(record) THEN json_type(record, '$.erasing') IS NOT NULL END
            """
        ).all { row throws(Failure) in try row.text(0) }
    }

    /// Cuts off the log that has the text, and gives the certificates of the erasures.
    ///
    /// - Parameter body: Gets a certificate, after its line in the audit chain is durable.
    /// - Throws: `Failure` of scope `stop`; then the same erasures can be asked for again.
    public func certify(_ body: (Certificate) throws -> Void) throws {
        if !begun.isEmpty {
            // Words that were taken out stay in the file until the index is put together.
            try checkpoint.transaction {
                try checkpoint.begin()
                for table in ["words", "trigrams"] {
                    try checkpoint.database.execute(
                        "INSERT INTO \(table)(\(table)) VALUES ('optimize')")
                }
            }
            guard try checkpoint.database.value("PRAGMA wal_checkpoint(TRUNCATE)") == "0" else {
                throw Failure(
                    .stop, .timeout,
                    "clear the log of checkpoint \(checkpoint.database.path): a program reads it",
                    remedy: "run it again; it continues")
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
        try checkpoint.database.run(
            "UPDATE calls SET record = ?2 WHERE number = ?1", pending.call,
            JSON.members(["id": .string(pending.id)]).text)
        let detail = pending.plan.detail
        let hash = try audit.append(.erased, pending.id, detail: detail)
        return Certificate(
            id: pending.id, time: checkpoint.now, number: try chain.head().number, hash: hash,
            detail: detail)
    }

    /// Gives the certificate of an earlier erasure again.
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
            throw checkpoint.unreadable(id, error, scope: .item)
        }
    }

    /// The ids of the deleted files by destination.
    ///
    /// - Throws: `Failure` of scope `item` while a destination may still hold a file.
    private func gone(
        _ stored: Record, _ line: Record?
    ) throws(Failure) -> [String: [String]] {
        let uploads = try stored.uploads()
        let left = try Set(line?.uploads().map(\.destination) ?? [])
        let deletions = try stored.deletions() + (line?.deletions() ?? [])
        var gone: [String: [String]] = [:]
        for destination in left.union(uploads.map(\.destination)).sorted() {
            let deletion = deletions.last { $0.destination == destination }
            // A reserved id may be that of a file whose upload was never marked; a folder is shared.
            let ids = uploads.filter { $0.destination == destination }
                .flatMap { $0.parts.compactMap(\.file.id) }
            guard let deletion, !left.contains(destination),
                Set(ids).isSubset(of: deletion.ids)
            else {
                throw Failure(
                    .item, .input, "erase \(stored.id): \(destination) still has its files",
                    remedy: remedy(destination, stored.id))
            }
            if deletion.isInTrash {
                throw Failure(
                    .item, .input,
                    "erase \(stored.id): its files are only in the trash of \(destination)",
                    remedy: "empty the trash, and delete them again for good")
            }
            gone[destination] = deletion.ids
        }
        return gone
    }

    /// Throws for a recording that is held or in work, or that changed since it was looked at.
    private func expectFree(_ known: NamedCall, _ id: String) throws(Failure) {
        if let hold = try holds.find(known.number) {
            throw Failure(
                .item, .input, "erase \(id): \(hold)", remedy: "release the hold first")
        }
        if let run = try Claims.leaseOwner(of: known.number, checkpoint) {
            throw Failure(
                .temporary, .input, "erase \(id): run \(run) has it in work",
                remedy: "try again when that run has ended")
        }
        let now = try NamedCall.find(id, in: checkpoint, to: "erase")
        guard now.record == known.record, now.erased == nil else {
            throw Failure(
                .temporary, .input, "erase \(id): it changed meanwhile", remedy: "try again")
        }
    }

    /// Reduces the data of a call to its id and the plan.
    private func forget(_ call: Int64, _ record: Record, _ plan: ErasurePlan) throws(Failure) {
        let (database, id) = (checkpoint.database, record.id)
        try database.run(
            """
            UPDATE calls SET record = ?2, erased_at = ?3, updated_at = ?3, start_time = NULL,
              duration = NULL, expires = NULL, batch = NULL
            WHERE number = ?1
            """, call, String(decoding: plan.record(id), as: UTF8.self), checkpoint.now)
        search.follow(call, from: record, to: nil)
        // With every stage skipped, no list and no queue brings it back.
        let outcome = try Statement(
            database,
            """
            INSERT INTO outcomes(call, stage, status, finished_at) VALUES (?1, ?2, 'skipped', ?3)
            ON CONFLICT DO UPDATE SET status = 'skipped', finished_at = excluded.finished_at,
              not_before = NULL, start_time = NULL, expires = NULL, started_at = NULL,
              seconds = NULL, error_class = NULL, error_kind = NULL, error_message = NULL
            """)
        for stage in Stage.allCases { try outcome.run(call, stage, checkpoint.now) }
        try database.run("UPDATE errors SET message = 'erased' WHERE call_id = ?1", id)
        // A rule may tell of a recording by its id. The columns are not of a call, so they are searched.
        try database.run(
            """
            UPDATE alerts SET message = 'erased', value = NULL, remedy = NULL
            WHERE instr(message, ?1) OR instr(value, ?1) OR instr(remedy, ?1)
            """, id)
        try database.run(
            "UPDATE alert_messages SET reply = 'erased' WHERE instr(reply, ?1)", id)
        // The money was spent: the row stays, without the call.
        try database.run("UPDATE ledger SET call = NULL, run = NULL WHERE call = ?1", call)
        try database.run("DELETE FROM leases WHERE call = ?1", call)
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
