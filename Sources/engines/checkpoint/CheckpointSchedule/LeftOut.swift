// LeftOut: the records of a stage that are open and not given out, by their reason.
import Checkpoint
import Records

/// The open records of a stage that are not due, and those that failed.
public struct LeftOut: Sendable, Equatable {
    /// The number of records that another pipe has in work.
    public var inWork = 0
    /// The number of records whose next attempt, in this stage or an earlier one, is to come.
    public var waiting = 0
    /// The number of records of which an earlier stage failed for good.
    public var behindFailed = 0
    /// The number of records without the audio or the transcript that the stage works on.
    public var unsupplied = 0
    private var product = "audio"
    /// The number of records of which the stage failed for good.
    public var failed = 0

    /// The counts for people; `nil` when nothing is left out.
    public var summary: String? {
        let all = [
            (waiting, "not due yet"), (inWork, "in work elsewhere"),
            (behindFailed, "behind a stage that failed"), (unsupplied, "without \(product)"),
            (failed, "failed before"),
        ]
        let counts = all.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return counts.isEmpty ? nil : "left out: " + counts.joined(separator: ", ")
    }

    /// Counts the records of a stage; inside a transaction.
    ///
    /// - Parameters:
    ///   - stage: The stage.
    ///   - choice: The records that were asked for.
    ///   - own: The claim of this process, whose records are not left out.
    ///   - checkpoint: The open file.
    /// - Throws: `Failure` of scope `stop`.
    init(
        of stage: Stage, _ choice: Next.Choice, own: Int64?, in checkpoint: Checkpoint
    ) throws(Failure) {
        let question = try Statement(
            checkpoint.database,
            """
            SELECT total(isLeased), total(waits AND NOT isLeased),
              total(isBehind AND NOT isLeased AND NOT waits),
              total(isUnsupplied AND NOT isLeased AND NOT waits AND NOT isBehind),
              (SELECT count(*) FROM outcomes AS o INDEXED BY outcomes_failed
                WHERE o.stage = '\(stage.rawValue)' AND o.status = 'failed' AND \(LeftOut.isAsked))
            FROM (\(LeftOut.open(stage)))
            """)
        let moment = Queue.Moment(now: checkpoint.now, batch: choice.batch)
        try question.bind([
            ":now": moment.now, ":horizon": moment.horizon, ":batch": moment.batch, ":own": own,
        ])
        guard try question.step() else { return }
        func count(_ column: Int32) throws(Failure) -> Int {
            Int(try question.number(column) ?? 0)
        }
        inWork = try count(0)
        waiting = try count(1)
        unsupplied = try count(3)
        product = stage.supplier?.product ?? product
        if choice.failedToo { return }
        behindFailed = try count(2)
        failed = try count(4)
    }

    /// The condition that the call of an outcome `o` is one of those that were asked for.
    private static let isAsked = """
        EXISTS (SELECT 1 FROM calls AS c WHERE c.number = o.call AND c.erased_at IS NULL
          AND (:batch IS NULL OR c.batch = :batch))
        """

    /// The open outcomes of a stage that are not in work for this process, with what is in the way.
    private static func open(_ stage: Stage) -> String {
        func isAhead(_ row: String) -> String {
            "ifnull(\(row).not_before > :now AND \(row).not_before <= :horizon, false)"
        }
        func earlier(_ condition: String) -> String {
            """
            EXISTS (SELECT 1 FROM outcomes AS f WHERE f.call = o.call
              AND f.stage IN (\(stage.awaited.sqlList)) AND \(condition))
            """
        }
        return """
            SELECT EXISTS (SELECT 1 FROM leases AS l WHERE l.call = o.call) AS isLeased,
              \(isAhead("o")) OR \(earlier(isAhead("f"))) AS waits,
              \(earlier("f.status = 'failed'")) AS isBehind,
              NOT (true \(QueueWatermark.condition(of: stage, call: "o.call"))) AS isUnsupplied
            FROM outcomes AS o INDEXED BY outcomes_due
            WHERE o.stage = '\(stage.rawValue)' AND o.status IN ('pending', 'queued')
              AND \(isAsked) AND NOT EXISTS (
                SELECT 1 FROM leases AS l WHERE l.call = o.call AND l.claim IS :own)
            """
    }
}
