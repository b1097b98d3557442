// Holds: recordings that must not be removed, with the reasons.
public import Checkpoint
public import Records

/// The holds of a checkpoint; a recording on hold is neither pruned nor erased.
public final class Holds {
    /// One hold.
    public struct Hold: Sendable, Equatable {
        /// The record.
        public let id: String
        /// The reason.
        public let reason: String
        /// The time when it began.
        public let since: String
        /// The time when it was released; `nil` while it stands.
        public let released: String?
        /// The reason of the release, if one was given.
        public let releaseReason: String?

        /// The hold as an object.
        public var json: JSON {
            .members([
                "id": .string(id), "reason": .string(reason), "since": .string(since),
                "released_at": .text(released), "release_reason": .text(releaseReason),
            ])
        }
    }

    private let checkpoint: Checkpoint
    private let audit: Audit
    private let question: Statement
    private let addition: Statement
    private let change: Statement

    /// Prepares the statements.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public init(_ checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
        audit = try Audit(checkpoint)
        let database = checkpoint.database
        question = try Statement(
            database, "SELECT reason, since FROM holds WHERE call = ?1 AND released_at IS NULL")
        addition = try Statement(
            database, "INSERT INTO holds(call, reason, since) VALUES (?1, ?2, ?3)")
        change = try Statement(
            database,
            """
            UPDATE holds SET released_at = ?2, release_reason = ?3
            WHERE call = ?1 AND released_at IS NULL
            """)
    }

    /// Holds a recording; inside a transaction.
    ///
    /// - Parameters:
    ///   - id: The record.
    ///   - reason: The reason.
    /// - Returns: True when it was free before; a hold that stands keeps its own reason.
    /// - Throws: `Failure`; of scope `item` for an erased or unknown record.
    public func hold(_ id: String, because reason: String) throws(Failure) -> Bool {
        try checkpoint.begin()
        let call = try NamedCall.find(id, in: checkpoint, to: "hold")
        if call.erased != nil {
            throw Failure(.item, .gone, "hold \(id): it was erased")
        }
        if try find(call.number) != nil { return false }
        try addition.run(call.number, reason, checkpoint.now)
        try audit.append(
            .held, id, detail: JSON.members(["reason": .string(reason)]).text)
        return true
    }

    /// Releases a recording; inside a transaction.
    ///
    /// - Parameters:
    ///   - id: The record.
    ///   - reason: The reason, if one is given.
    /// - Returns: True when it was held.
    /// - Throws: `Failure`; of scope `item` for an unknown record.
    public func release(_ id: String, because reason: String?) throws(Failure) -> Bool {
        try checkpoint.begin()
        let call = try NamedCall.find(id, in: checkpoint, to: "release")
        try change.run(call.number, checkpoint.now, reason)
        guard checkpoint.database.changes > 0 else { return false }
        try audit.append(.released, id, detail: JSON.members(["reason": .text(reason)]).text)
        return true
    }

    /// Gives the holds to the closure, the oldest first.
    ///
    /// - Parameters:
    ///   - releasedToo: True for released holds as well.
    ///   - body: Gets a hold.
    /// - Throws: `Failure`, and the error of the closure.
    public func forEach(releasedToo: Bool = false, _ body: (Hold) throws -> Void) throws {
        let all = try Statement(
            checkpoint.database,
            """
            SELECT c.id, h.reason, h.since, h.released_at, h.release_reason
            FROM holds AS h JOIN calls AS c ON c.number = h.call
            WHERE ?1 OR h.released_at IS NULL ORDER BY h.number
            """)
        try all.bind(releasedToo)
        while try all.step() {
            try body(
                Hold(
                    id: all.text(0), reason: all.text(1), since: all.text(2),
                    released: all.string(3), releaseReason: all.string(4)))
        }
    }

    /// The reason and the time of a call's hold, for a message; `nil` when it is free.
    func find(_ call: Int64) throws(Failure) -> String? {
        try question.bind(call)
        return try question.first { row throws(Failure) in
            "it is held since \(try row.text(1)): \(try row.text(0))"
        }
    }
}
