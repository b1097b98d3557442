// ErrorList: the table of errors, for all recordings.
public import Checkpoint
public import Records

/// The errors of a checkpoint, the newest first.
public struct ErrorList {
    private let checkpoint: Checkpoint

    /// Prepares to list.
    public init(_ checkpoint: Checkpoint) {
        self.checkpoint = checkpoint
    }

    /// Gives errors as objects to the closure, the newest first.
    ///
    /// - Parameters:
    ///   - selection: The time of the errors, their stage, and the batch and the source of their
    ///     recordings; the rest of it does not matter.
    ///   - ids: The recordings; `nil` for all.
    ///   - limit: The most errors.
    ///   - body: Gets one.
    /// - Throws: `Failure` of scope `stop`, and the error of the closure.
    public func forEach(
        _ selection: Selection = .init(), of ids: [String]? = nil, atMost limit: Int,
        _ body: (JSON) throws -> Void
    ) throws {
        let conditions = selection.onErrors(ids)
        let question = try Statement(
            checkpoint.database,
            """
            SELECT e.time, e.stage, e.severity, e.category, e.kind, e.message, e.call_id,
              e.run
            FROM errors AS e WHERE \(conditions.sql)
            ORDER BY e.time DESC, e.number DESC LIMIT :limit
            """)
        try conditions.bind(to: question)
        try limit.bind(to: question, at: question.place(of: ":limit"))
        while try question.step() {
            try body(
                .members([
                    "time": .text(question.string(0)), "stage": .text(question.string(1)),
                    "severity": .text(question.string(2)), "category": .text(question.string(3)),
                    "kind": .text(question.string(4)), "message": .text(question.string(5)),
                    "id": .text(question.string(6)), "run": .text(question.string(7)),
                ]))
        }
    }

    /// Throws unless the checkpoint knows a recording.
    ///
    /// - Throws: `Failure` of scope `item` for an unknown one.
    public func check(_ id: String) throws(Failure) {
        let question = try Statement(checkpoint.database, "SELECT 1 FROM calls WHERE id = ?1")
        try question.bind(id)
        guard try question.step() else { throw History.unknown(id) }
    }
}
