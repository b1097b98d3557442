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
    ///   - latest: The most errors.
    ///   - body: Gets one.
    /// - Throws: `Failure` of scope `stop`, and the error of the closure.
    public func forEach(latest: Int, _ body: (JSON) throws -> Void) throws {
        let question = try Statement(
            checkpoint.database,
            """
            SELECT time, stage, severity, category, message, call_id, run FROM errors
            ORDER BY time DESC, number DESC LIMIT ?1
            """)
        try question.bind(latest)
        while try question.step() {
            try body(
                .members([
                    "time": .text(question.string(0)), "stage": .text(question.string(1)),
                    "severity": .text(question.string(2)), "category": .text(question.string(3)),
                    "message": .text(question.string(4)), "id": .text(question.string(5)),
                    "run": .text(question.string(6)),
                ]))
        }
    }
}
