// Retry: failed outcomes become pending again where the operator chooses.
public import Checkpoint
public import Records

/// Makes failed outcomes pending again.
public final class Retry {
    /// The outcomes to reset, and their new status.
    public struct Choice: Sendable {
        /// The only stage; `nil` for all.
        public var stage: Stage?
        /// The only kind of failure; `nil` for all.
        public var kind: String?
        /// The only records; empty for all.
        public var ids: [String] = []
        /// The least age of the failure in seconds.
        public var age: Double?
        /// The number of attempts that the outcome has to be below.
        public var attempts: Int64?
        /// The number of attempts that a temporary failure has to be below; `nil` for `attempts`.
        public var temporaryAttempts: Int64?
        /// True for outcomes that wait for their next attempt as well.
        public var earlyToo = false
        /// True for outcomes of uploaded recordings as well.
        public var isForced = false
        /// True to put the outcomes in front.
        public var isQueued = false
        /// True to count attempts from 0 again.
        public var resetsAttempts = false

        /// Makes a choice; by default all failed outcomes.
        public init() {}
    }

    /// The counts of a reset.
    public struct Tally: Sendable, Equatable {
        /// Outcomes that are due again.
        public var outcomes = 0
        /// Records that they belong to.
        public var records = 0
        /// Outcomes that stayed because their recording is uploaded.
        public var uploaded = 0
        /// Ids that the checkpoint does not know.
        public var unknown: [String] = []

        /// The counts for people.
        public func summary(isDryRun: Bool) -> String {
            let left = uploaded > 0 ? "; left \(uploaded) alone, they are uploaded" : ""
            let verb = isDryRun ? "would reset" : "reset"
            return "\(verb) \(outcomes) outcomes of \(records) records\(left)"
        }
    }

    private typealias Outcome = (call: Int64, stage: Stage)

    /// The number of rows that one commit covers.
    private static let part = 1000

    private let checkpoint: Checkpoint
    private let choice: Choice
    private let change: Statement
    private let identity: Statement

    /// Prepares the statements.
    ///
    /// - Parameters:
    ///   - choice: The outcomes.
    ///   - checkpoint: The open file.
    /// - Throws: `Failure` of scope `stop`.
    public init(_ choice: Choice, in checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
        self.choice = choice
        // With the conditions of the search again, because other programs are at work.
        change = try Statement(
            checkpoint.database,
            """
            UPDATE outcomes SET status = '\(choice.isQueued ? "queued" : "pending")',
              attempts = iif(\(choice.resetsAttempts), 0, attempts), not_before = NULL,
              error_class = NULL, error_kind = NULL, error_message = NULL, finished_at = NULL,
              seconds = NULL, start_time = c.start_time, expires = c.expires
            FROM calls AS c
            WHERE c.number = call AND call = ?1 AND stage = ?2 AND \(Retry.isOpen(choice))
              AND c.erased_at IS NULL
              AND (\(choice.isForced) OR NOT \(Retry.isUploaded("outcomes.call")))
            """)
        identity = try Statement(
            checkpoint.database, "SELECT id FROM calls WHERE number = ?1 AND erased_at IS NULL")
    }

    /// Resets the chosen outcomes.
    ///
    /// - Parameters:
    ///   - isDryRun: True to change nothing.
    ///   - body: Gets the id of each record, after its change is on disk.
    /// - Returns: The counts.
    /// - Throws: The error of the closure, and `Failure` of scope `stop`.
    public func run(isDryRun: Bool = false, _ body: (String) throws -> Void) throws -> Tally {
        var tally = Tally()
        var found: [Outcome] = []
        for stage in choice.stage.map({ [$0] }) ?? Stage.allCases {
            found += try find(stage, &tally).map { ($0, stage) }
        }
        // All stages of a record stand together, so that its id is given once.
        found.sort { $0.call < $1.call }
        var last: Int64?
        while !found.isEmpty {
            let part = found.prefix(Retry.part)
            found.removeFirst(part.count)
            let done = isDryRun ? Array(part) : try checkpoint.transaction { try reset(part) }
            tally.outcomes += done.count
            for (call, _) in done where call != last {
                last = call
                try identity.bind(call)
                let id = try identity.first { row throws(Failure) in try row.text(0) }
                guard let id else { continue }
                tally.records += 1
                try body(id)
            }
        }
        return tally
    }

    private func reset(_ part: ArraySlice<Outcome>) throws(Failure) -> [Outcome] {
        try checkpoint.begin()
        var done: [Outcome] = []
        for (call, stage) in part {
            try change.run(call, stage)
            if checkpoint.database.changes > 0 { done.append((call, stage)) }
        }
        return done
    }

    /// The calls whose outcome of a stage is chosen; outcomes of uploaded recordings are counted
    /// only.
    private func find(_ stage: Stage, _ tally: inout Tally) throws(Failure) -> [Int64] {
        if choice.ids.isEmpty { return try rows(stage, nil, &tally) }
        var calls: [Int64] = []
        let question = try Statement(
            checkpoint.database, "SELECT number FROM calls WHERE id = ?1")
        for id in choice.ids where !tally.unknown.contains(id) {
            try question.bind(id)
            let number = try question.first { row throws(Failure) in try row.integer(0) }
            if let number {
                calls += try rows(stage, number, &tally)
            } else {
                tally.unknown.append(id)
            }
        }
        return calls
    }

    private func rows(
        _ stage: Stage, _ call: Int64?, _ tally: inout Tally
    ) throws(Failure) -> [Int64] {
        let question = try Statement(
            checkpoint.database,
            """
            SELECT o.call, \(Retry.isUploaded("o.call")) FROM outcomes AS o
            WHERE o.stage = '\(stage.rawValue)' AND \(Retry.isOpen(choice))
              AND (:kind IS NULL OR o.error_kind = :kind)
              AND (:attempts IS NULL OR o.attempts
                < iif(o.error_class = 'temporary', ifnull(:temporary, :attempts), :attempts))
              AND (:before IS NULL OR coalesce(o.finished_at,
                (SELECT max(e.time) FROM errors AS e JOIN calls AS c ON c.id = e.call_id
                  WHERE c.number = o.call AND e.stage = o.stage)) <= :before)
              AND EXISTS (SELECT 1 FROM calls AS c
                WHERE c.number = o.call AND c.erased_at IS NULL)
              \(call.map { "AND o.call = \($0)" } ?? "")
            """)
        try question.bind([
            ":kind": choice.kind, ":attempts": choice.attempts,
            ":temporary": choice.temporaryAttempts,
            ":before": choice.age.map { Timestamp.now.adding(seconds: -$0).text },
        ])
        var calls: [Int64] = []
        while try question.step() {
            if try question.integer(1) == 0 || choice.isForced {
                calls.append(try question.integer(0))
            } else {
                tally.uploaded += 1
            }
        }
        return calls
    }

    private static func isOpen(_ choice: Choice) -> String {
        choice.earlyToo
            ? "(status = 'failed' OR (status IN ('pending', 'queued') AND not_before IS NOT NULL))"
            : "status = 'failed'"
    }

    private static func isUploaded(_ call: String) -> String {
        """
        EXISTS (SELECT 1 FROM outcomes AS u WHERE u.call = \(call) AND u.stage = 'upload'
          AND u.status = 'completed')
        """
    }
}
