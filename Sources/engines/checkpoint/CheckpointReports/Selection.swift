// Selection: which recordings of a checkpoint somebody wants to see.
public import Checkpoint
public import Records

/// Recordings by what the checkpoint knows of them; what is not said does not matter.
public struct Selection: Sendable {
    /// Those with a row for this stage.
    public var stage: Stage?
    /// Those that are so far in the stage; in any stage, when none is named.
    public var status: Status?
    /// Those that began then or later.
    public var since: Timestamp?
    /// Those that began before.
    public var until: Timestamp?
    /// Those of a batch.
    public var batch: String?
    /// Those of a source, such as `ringcentral`.
    public var source: String?
    /// Only so many of them, the newest first.
    public var latest: Int?

    /// All recordings.
    public init() {}

    /// Whether every recording is meant.
    var isAll: Bool {
        stage == nil && status == nil && since == nil && until == nil && batch == nil
            && source == nil && latest == nil
    }
}

extension Selection {
    /// The parts of a question, and what is bound to it from `?3` on.
    struct Terms {
        var texts: [String] = []
        var bound: [String] = []

        mutating func add(_ term: (String) -> String, _ value: String?) {
            guard let value else { return }
            bound.append(value)
            texts.append(term("?\(bound.count + 2)"))
        }

        var text: String { texts.joined(separator: " AND ") }
    }

    /// What the table of calls says, as conditions on `c`.
    private func callTerms() -> Terms {
        var terms = Terms()
        terms.add({ "c.start_time >= \($0)" }, since?.text)
        terms.add({ "c.start_time < \($0)" }, until?.text)
        terms.add({ "c.batch = \($0)" }, batch)
        terms.add({ "c.source = \($0)" }, source)
        return terms
    }

    /// What the table of outcomes says, as conditions on `o`.
    private func outcomeTerms(_ living: [Int64]) -> [String] {
        var terms: [String] = []
        if let stage {
            terms.append("o.stage = '\(stage.rawValue)'")
        } else {
            let all = Stage.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            terms.append("o.stage IN (\(all))")
        }
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

    /// Whether somebody alive works on the outcome `o`.
    static func isInWork(_ living: [Int64]) -> String {
        if living.isEmpty { return "false" }
        return """
            (o.status IN ('pending', 'queued', 'failed') AND EXISTS (
              SELECT 1 FROM leases AS l JOIN claims AS m ON m.number = l.claim
              WHERE l.call = o.call AND m.stage = o.stage
                AND m.number IN (\(living.map(String.init).joined(separator: ", ")))))
            """
    }

    /// The question for the numbers of calls after `?1`, at most `?2` of them.
    ///
    /// - Parameter living: The claims that hold their records still.
    /// - Returns: Its text, and what is bound from `?3` on.
    func question(_ living: [Int64]) -> (sql: String, bound: [String]) {
        let calls = callTerms()
        let outcomes = outcomeTerms(living)
        let asksOutcomes = stage != nil || status != nil
        if latest != nil {
            var terms = calls.texts + ["c.number > ?1"]
            if asksOutcomes {
                let inner = (["o.call = c.number"] + outcomes).joined(separator: " AND ")
                terms.append("EXISTS (SELECT 1 FROM outcomes AS o WHERE \(inner))")
            }
            return (
                """
                SELECT c.number FROM calls AS c INDEXED BY calls_start
                WHERE c.erased_at IS NULL AND \(terms.joined(separator: " AND "))
                ORDER BY c.start_time DESC, c.number DESC LIMIT ?2
                """, calls.bound
            )
        }
        guard asksOutcomes else {
            let terms = (["c.number > ?1"] + calls.texts).joined(separator: " AND ")
            return (
                "SELECT c.number FROM calls AS c WHERE \(terms) ORDER BY c.number LIMIT ?2",
                calls.bound
            )
        }
        let index =
            switch status {
            case .failed: " INDEXED BY outcomes_failed"
            case .pending, .queued: " INDEXED BY outcomes_due"
            case nil, .processing, .completed, .skipped: ""
            }
        let join = calls.texts.isEmpty ? "" : " JOIN calls AS c ON c.number = o.call"
        let terms = (["o.call > ?1"] + outcomes + calls.texts).joined(separator: " AND ")
        return (
            """
            SELECT DISTINCT o.call FROM outcomes AS o\(index)\(join)
            WHERE \(terms) ORDER BY o.call LIMIT ?2
            """, calls.bound
        )
    }
}
