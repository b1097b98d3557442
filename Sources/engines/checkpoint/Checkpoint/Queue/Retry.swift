// Retry: what failed is to be done again, where the operator says so.
public import Records

/// The work of `state-retry`: failed outcomes become pending again.
public final class Retry {
    /// Which outcomes, and what they become.
    public struct Choice: Sendable {
        /// Of this stage only.
        public var stage: Stage?
        /// That failed of this kind only.
        public var kind: String?
        /// Of these records only; of all when none is named.
        public var ids: [String] = []
        /// That failed at least so many seconds ago.
        public var age: Double?
        /// That were tried fewer times than this.
        public var attempts: Int64?
        /// Those that wait for their next try, too.
        public var earlyToo = false
        /// Those whose record is uploaded, too.
        public var isForced = false
        /// Whether they are to be put in front.
        public var isQueued = false
        /// Whether the count of their attempts begins anew.
        public var resetsAttempts = false

        /// All that failed, unless it is said.
        public init() {}
    }

    /// What became of it.
    public struct Tally: Sendable, Equatable {
        /// Outcomes that are due again.
        public var outcomes = 0
        /// Records that they belong to.
        public var records = 0
        /// Outcomes that were left alone because their record is uploaded.
        public var uploaded = 0
        /// Ids that were named and that nobody knows.
        public var unknown: [String] = []

        /// What to tell people.
        public func summary(isDryRun: Bool) -> String {
            let left = uploaded > 0 ? "; left \(uploaded) alone, they are uploaded" : ""
            let verb = isDryRun ? "would reset" : "reset"
            return "\(verb) \(outcomes) outcomes of \(records) records\(left)"
        }
    }

    /// How many rows one commit covers.
    private static let part = 1000

    private let checkpoint: Checkpoint
    private let choice: Choice
    private let change: Statement
    private let identity: Statement

    /// Gets ready.
    ///
    /// - Parameters:
    ///   - choice: Which outcomes.
    ///   - checkpoint: Where they are kept.
    /// - Throws: `Failure` of scope `stop`.
    public init(_ choice: Choice, in checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
        self.choice = choice
        // Asked again what it was found by: others are at work.
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

    /// Resets what was chosen.
    ///
    /// - Parameters:
    ///   - isDryRun: Whether to change nothing.
    ///   - body: Gets the id of each record, once what is said of it is on disk.
    /// - Returns: What became of it.
    /// - Throws: What the closure throws, and `Failure` of scope `stop`.
    public func run(isDryRun: Bool = false, _ body: (String) throws -> Void) throws -> Tally {
        var tally = Tally()
        var found: [(call: Int64, stage: Stage)] = []
        for stage in choice.stage.map({ [$0] }) ?? Stage.allCases {
            found += try find(stage, &tally).map { ($0, stage) }
        }
        // All stages of a record stand together, so that it is told once.
        found.sort { $0.call < $1.call }
        var last: Int64?
        while !found.isEmpty {
            let part = found.prefix(Retry.part)
            found.removeFirst(part.count)
            let done = isDryRun ? Array(part) : try checkpoint.transaction { try reset(part) }
            tally.outcomes += done.count
            for (call, _) in done where call != last {
                last = call
                guard let id = try id(of: call) else { continue }
                tally.records += 1
                try body(id)
            }
        }
        return tally
    }

    private func reset(
        _ part: some Sequence<(call: Int64, stage: Stage)>
    ) throws(Failure) -> [(call: Int64, stage: Stage)] {
        try checkpoint.begin()
        var done: [(call: Int64, stage: Stage)] = []
        for (call, stage) in part {
            change.bind(1, call)
            change.bind(2, copying: stage.rawValue)
            try change.run()
            if checkpoint.database.changes > 0 { done.append((call, stage)) }
        }
        return done
    }

    private func id(of call: Int64) throws(Failure) -> String? {
        identity.bind(1, call)
        defer { identity.reset() }
        return try identity.step() ? identity.string(0) : nil
    }

    /// The calls whose outcome of a stage is meant, those that are uploaded counted only.
    private func find(_ stage: Stage, _ tally: inout Tally) throws(Failure) -> [Int64] {
        if choice.ids.isEmpty { return try rows(stage, nil, &tally) }
        var calls: [Int64] = []
        let question = try Statement(
            checkpoint.database, "SELECT number FROM calls WHERE id = ?1")
        for id in choice.ids where !tally.unknown.contains(id) {
            question.bind(1, copying: id)
            defer { question.reset() }
            if try question.step() {
                calls += try rows(stage, question.integer(0), &tally)
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
              AND (?2 IS NULL OR o.error_kind = ?2)
              AND (?3 IS NULL OR o.attempts < ?3)
              AND (?4 IS NULL OR coalesce(o.finished_at,
                (SELECT max(e.time) FROM errors AS e JOIN calls AS c ON c.id = e.call_id
                  WHERE c.number = o.call AND e.stage = o.stage)) <= ?4)
              AND EXISTS (SELECT 1 FROM calls AS c
                WHERE c.number = o.call AND c.erased_at IS NULL)
              \(call == nil ? "" : "AND o.call = ?1")
            """)
        if let call { question.bind(1, call) }
        question.bind(2, copying: choice.kind)
        if let attempts = choice.attempts { question.bind(3, attempts) }
        question.bind(
            4, copying: choice.age.map { Timestamp.now.adding(seconds: -$0).text })
        var calls: [Int64] = []
        while try question.step() {
            if question.integer(1) == 0 || choice.isForced {
                calls.append(question.integer(0))
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
