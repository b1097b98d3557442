// Requeue: one stage of one call to be done again, because a person or a program asked for it.
public import Records

/// Puts a call into the queue of a stage, and tells the audit chain who asked for it.
public final class Requeue {
    /// The result of a request.
    public enum Verdict: Sendable {
        /// The stage is to be done.
        case done
        /// The stage is completed, and the request was not for doing it again.
        case completed
        /// The recording is uploaded: its stages are over, and nothing was forced.
        case uploaded
        /// The stage works on what an earlier one has not made yet.
        case early
        /// The checkpoint has no such call.
        case unknown
    }

    private let checkpoint: Checkpoint
    private let stage: Stage
    private let outcomes: Outcomes
    private let watermark: QueueWatermark
    private let audit: Audit
    private let question: Statement

    /// Prepares the statements of a stage.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public init(_ stage: Stage, in checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
        self.stage = stage
        outcomes = try Outcomes(stage, in: checkpoint)
        watermark = try QueueWatermark(stage, in: checkpoint)
        audit = try Audit(checkpoint)
        let product = stage.supplier?.product
        let isEarly = product.map { "json_extract(record, '$.\($0)') IS NULL" } ?? "false"
        func isCompleted(_ stage: Stage) -> String {
            """
            EXISTS (SELECT 1 FROM outcomes WHERE call = number AND stage = '\(stage.rawValue)'
              AND status IN ('completed', 'skipped'))
            """
        }
        question = try Statement(
            checkpoint.database,
            """
            SELECT id, \(isEarly), \(isCompleted(stage)), \(isCompleted(.upload)) FROM calls
            WHERE number = ?1 AND erased_at IS NULL
            """)
    }

    /// Asks for the stage of a call; inside a transaction.
    ///
    /// - Parameters:
    ///   - status: `pending`, or `queued` for the front of the queue.
    ///   - call: The call's number.
    ///   - redoes: True to do a completed stage again.
    ///   - isForced: True to do so even for an uploaded recording.
    ///   - name: The name of the one who asks, for the audit chain.
    /// - Returns: The result; only ``Verdict/done`` has changed anything.
    /// - Throws: `Failure` of scope `stop`.
    public func ask(
        _ status: Status, for call: Int64, redoing redoes: Bool, force isForced: Bool,
        by name: String
    ) throws(Failure) -> Verdict {
        try checkpoint.begin()
        try question.bind(call)
        let found = try question.first { row throws(Failure) in
            (
                id: try row.text(0), isEarly: try row.integer(1) != 0,
                isCompleted: try row.integer(2) != 0, isUploaded: try row.integer(3) != 0
            )
        }
        guard let found else { return .unknown }
        if found.isEarly { return .early }
        if found.isCompleted, !redoes { return .completed }
        if found.isUploaded, !isForced { return .uploaded }
        _ = try outcomes.set(status, for: call)
        try watermark.noteRow(of: call)
        let detail = JSON.members(["status": .string(status.rawValue), "by": .string(name)])
        try audit.append(.asked, found.id, stage, detail: detail.text)
        return .done
    }
}
