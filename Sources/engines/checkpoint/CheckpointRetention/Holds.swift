// Holds: recordings that nobody may take away, and why.
public import Checkpoint
public import Records

/// The holds of a checkpoint; while one stands, a recording is neither pruned nor erased.
public final class Holds {
    /// One hold.
    public struct Hold: Sendable, Equatable {
        /// The record.
        public let id: String
        /// Why it is held.
        public let reason: String
        /// Since when.
        public let since: String
        /// Until when; `nil` while it stands.
        public let released: String?
        /// Why it was released, if somebody said so.
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

    /// Gets ready.
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
    ///   - reason: Why.
    /// - Returns: Whether it was free before; a hold that stands keeps its own reason.
    /// - Throws: `Failure`; of scope `item` for a record that is not there any more or never was.
    public func hold(_ id: String, because reason: String) throws(Failure) -> Bool {
        try checkpoint.begin()
        let call = try NamedCall.find(id, in: checkpoint, to: "hold")
        if call.erased != nil {
            throw Failure(.item, .gone, "hold \(id): it was erased")
        }
        if try find(call.number) != nil { return false }
        addition.bind(1, call.number)
        addition.bind(2, copying: reason)
        addition.bind(3, copying: checkpoint.now)
        try addition.run()
        try audit.append(
            .held, id, detail: JSON.members(["reason": .string(reason)]).text)
        return true
    }

    /// Lets a recording go; inside a transaction.
    ///
    /// - Parameters:
    ///   - id: The record.
    ///   - reason: Why, if somebody says so.
    /// - Returns: Whether it was held.
    /// - Throws: `Failure`; of scope `item` for a record that the checkpoint does not know.
    public func release(_ id: String, because reason: String?) throws(Failure) -> Bool {
        try checkpoint.begin()
        let call = try NamedCall.find(id, in: checkpoint, to: "release")
        change.bind(1, call.number)
        change.bind(2, copying: checkpoint.now)
        change.bind(3, copying: reason)
        try change.run()
        guard checkpoint.database.changes > 0 else { return false }
        try audit.append(.released, id, detail: JSON.members(["reason": .text(reason)]).text)
        return true
    }

    /// Gives the holds to the closure, in the order in which they were made.
    ///
    /// - Parameters:
    ///   - releasedToo: Whether those that do not stand any more are wanted.
    ///   - body: Takes a hold.
    /// - Throws: `Failure`, and what the closure throws.
    public func forEach(releasedToo: Bool = false, _ body: (Hold) throws -> Void) throws {
        let all = try Statement(
            checkpoint.database,
            """
            SELECT c.id, h.reason, h.since, h.released_at, h.release_reason
            FROM holds AS h JOIN calls AS c ON c.number = h.call
            WHERE ?1 OR h.released_at IS NULL ORDER BY h.number
            """)
        all.bind(1, releasedToo ? 1 : 0 as Int64)
        while try all.step() {
            try body(
                Hold(
                    id: all.string(0) ?? "", reason: all.string(1) ?? "",
                    since: all.string(2) ?? "", released: all.string(3),
                    releaseReason: all.string(4)))
        }
    }

    /// Why and since when a call is held, for a message; `nil` when it is free.
    func find(_ call: Int64) throws(Failure) -> String? {
        question.bind(1, call)
        defer { question.reset() }
        guard try question.step() else { return nil }
        return "it is held since \(question.string(1) ?? ""): \(question.string(0) ?? "")"
    }
}
