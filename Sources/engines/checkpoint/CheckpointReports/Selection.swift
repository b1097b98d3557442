// Selection: the recordings of a checkpoint that a report is about.
public import Checkpoint
public import Records

/// Recordings by their columns in the checkpoint; a `nil` condition does not matter.
public struct Selection: Sendable {
    /// Recordings with a row for this stage.
    public var stage: Stage?
    /// Recordings with this status in the stage; in any stage, when none is named.
    public var status: Status?
    /// Calls that began at this time or later.
    public var since: Timestamp?
    /// Calls that began before this time.
    public var until: Timestamp?
    /// Recordings of this batch.
    public var batch: String?
    /// Recordings of this source, such as `ringcentral`.
    public var source: String?
    /// Recordings whose file's name or path, as the source gave it, has this text in it; the case of
    /// the letters A to Z does not matter.
    public var name: String?
    /// Errors of one of these severities; the other reports have none.
    public var severities: [Severity] = []
    /// Errors of one of these categories.
    public var categories: [ErrorCategory] = []
    /// Only so many recordings, the newest first.
    public var latest: Int?

    /// Selects all recordings.
    public init() {}

    /// True when every recording is selected.
    var isAll: Bool { hasNoCondition && latest == nil }

    /// True when each recording alone is selected.
    var hasNoCondition: Bool { stage == nil && status == nil && onCalls.isEmpty }
}

extension Selection {
    /// The conditions on the table of calls `c`.
    private var onCalls: Conditions {
        Conditions([
            (":since", since?.text, "c.start_time >= :since"),
            (":until", until?.text, "c.start_time < :until"),
            (":batch", batch, "c.batch = :batch"), (":source", source, "c.source = :source"),
            (":name", name, Selection.hasName),
        ])
    }

    /// The condition that the file of a call `c` has a text in its name or path.
    private static let hasName = """
        CASE WHEN json_valid(c.record) THEN
          instr(lower(c.record ->> '$.recording.name'), lower(:name)) > 0
            OR instr(lower(c.record ->> '$.recording.path'), lower(:name)) > 0 END
        """

    /// The conditions on the table of errors `e`.
    func onErrors(_ ids: [String]?) -> Conditions {
        let call = "e.call_id IN (SELECT id FROM calls AS c WHERE"
        return Conditions([
            (":since", since?.text, "e.time >= :since"), (":until", until?.text, "e.time < :until"),
            (":stage", stage?.rawValue, "e.stage = :stage"),
            (
                ":severities", Selection.list(severities.map(\.rawValue)),
                "e.severity IN (SELECT value FROM json_each(:severities))"
            ),
            (
                ":categories", Selection.list(categories.map(\.rawValue)),
                "e.category IN (SELECT value FROM json_each(:categories))"
            ),
            (":batch", batch, "\(call) batch = :batch)"),
            (":source", source, "\(call) source = :source)"),
            (":name", name, "\(call) \(Selection.hasName))"),
            (
                ":ids", ids.map { JSON.array($0.map(JSON.string)).text },
                "e.call_id IN (SELECT value FROM json_each(:ids))"
            ),
        ])
    }

    /// Texts as a JSON array; `nil` for none, which is no condition.
    private static func list(_ texts: [String]) -> String? {
        texts.isEmpty ? nil : JSON.array(texts.map(JSON.string)).text
    }

    /// The conditions on a table whose rows have a time of their own, and a batch.
    func onRows(time: String, batch column: String) -> Conditions {
        Conditions([
            (":since", since?.text, "\(time) >= :since"),
            (":until", until?.text, "\(time) < :until"), (":batch", batch, "\(column) = :batch"),
        ])
    }

    /// The conditions on the table of outcomes `o`.
    private func outcomeTerms(_ living: [Int64]) -> [String] {
        var terms = ["o.stage IN (\((stage.map { [$0] } ?? Stage.allCases).sqlList))"]
        guard let status else { return terms }
        let isInWork = Selection.isInWork(living)
        switch status {
        case .completed, .skipped: terms.append("o.status = '\(status.rawValue)'")
        case .failed: terms.append("o.status = 'failed' AND NOT \(isInWork)")
        case .pending, .queued:
            // The first term is that of the index.
            terms.append("o.status IN ('pending', 'queued')")
            terms.append("o.status = '\(status.rawValue)' AND NOT \(isInWork)")
        case .processing: terms.append("(o.status = 'processing' OR \(isInWork))")
        }
        return terms
    }

    /// The condition that a live process has the outcome `o` in work.
    static func isInWork(_ living: [Int64]) -> String {
        if living.isEmpty { return "false" }
        return """
            (o.status IN ('pending', 'queued', 'failed') AND EXISTS (
              SELECT 1 FROM leases AS l JOIN claims AS m ON m.number = l.claim
              WHERE l.call = o.call AND m.stage = o.stage
                AND m.number IN (\(living.map(String.init).joined(separator: ", ")))))
            """
    }

    /// A statement for the numbers of the selected calls after `:after`, at most `:limit` of them.
    ///
    /// - Parameter living: The claims that hold their records.
    /// - Returns: The SQL.
    func question(_ living: [Int64]) -> String {
        let calls = onCalls.terms
        let outcomes = outcomeTerms(living)
        let asksOutcomes = stage != nil || status != nil
        if latest != nil {
            var terms = calls + ["c.number > :after"]
            if asksOutcomes {
                let inner = (["o.call = c.number"] + outcomes).joined(separator: " AND ")
                terms.append("EXISTS (SELECT 1 FROM outcomes AS o WHERE \(inner))")
            }
            return """
                SELECT c.number FROM calls AS c INDEXED BY calls_start
                WHERE c.erased_at IS NULL AND \(terms.joined(separator: " AND "))
                ORDER BY c.start_time DESC, c.number DESC LIMIT :limit
                """
        }
        guard asksOutcomes else {
            let terms = (["c.number > :after"] + calls).joined(separator: " AND ")
            return "SELECT c.number FROM calls AS c WHERE \(terms) ORDER BY c.number LIMIT :limit"
        }
        let index =
            switch status {
            case .failed: " INDEXED BY outcomes_failed"
            case .pending, .queued: " INDEXED BY outcomes_due"
            case nil, .processing, .completed, .skipped: ""
            }
        let join = calls.isEmpty ? "" : " JOIN calls AS c ON c.number = o.call"
        let terms = (["o.call > :after"] + outcomes + calls).joined(separator: " AND ")
        return """
            SELECT DISTINCT o.call FROM outcomes AS o\(index)\(join)
            WHERE \(terms) ORDER BY o.call LIMIT :limit
            """
    }

    /// A statement that has a row for the call `:after`, if it is one of the selected ones.
    func questionOfOne(_ living: [Int64]) -> String {
        var terms = ["c.number = :after"] + onCalls.terms
        if stage != nil || status != nil {
            let inner = (["o.call = c.number"] + outcomeTerms(living)).joined(separator: " AND ")
            terms.append("EXISTS (SELECT 1 FROM outcomes AS o WHERE \(inner))")
        }
        return "SELECT 1 FROM calls AS c WHERE \(terms.joined(separator: " AND ")) LIMIT :limit"
    }

    /// Binds the parameters of ``question(_:)`` or ``questionOfOne(_:)``.
    func bind(
        to question: borrowing Statement, after last: Int64, limit: Int
    ) throws(Failure) {
        try last.bind(to: question, at: question.place(of: ":after"))
        try limit.bind(to: question, at: question.place(of: ":limit"))
        try onCalls.bind(to: question)
    }
}
