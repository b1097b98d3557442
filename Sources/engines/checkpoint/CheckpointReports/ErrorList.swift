// ErrorList: the errors that were written down, of all recordings.
public import Checkpoint
public import Records

/// The table of errors of a checkpoint, the newest first.
public final class ErrorList {
    private let checkpoint: Checkpoint

    /// Gets ready to list.
    public init(_ checkpoint: Checkpoint) {
        self.checkpoint = checkpoint
    }

    /// Gives errors as objects to the closure, the newest first.
    ///
    /// - Parameters:
    ///   - latest: At most so many.
    ///   - body: Takes one.
    /// - Throws: `Failure` of scope `stop`, and what the closure throws.
    public func forEach(latest: Int, _ body: (JSON) throws -> Void) throws {
        let question = try Statement(
            checkpoint.database,
            """
            SELECT time, stage, severity, category, message, call_id, run FROM errors
            ORDER BY time DESC, number DESC LIMIT ?1
            """)
        question.bind(1, Int64(latest))
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
