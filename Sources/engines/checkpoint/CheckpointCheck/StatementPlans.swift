// StatementPlans: the query plans of the statements that the work of a stage really runs.
import Checkpoint
import CheckpointSchedule
import Records

/// The statements whose cost every run pays, in the very text in which the work prepares them.
struct StatementPlans {
    /// The statements of one kind of work in one stage.
    struct Work {
        /// Such as `upload: next`.
        let name: String
        /// The number of statements.
        let count: Int
        /// The statements that take longer with every call, each with its plan; or the reason why
        /// one cannot be prepared.
        let slow: [String]
    }

    /// The kinds of work, each with a closure that prepares its statements.
    private static let kinds:
        [(name: String, prepare: @Sendable (Stage, Checkpoint) throws -> Void)] = [
            ("todo", { _ = try Todo($0, in: $1) }),
            ("mark", { _ = try Mark($0, in: $1) }),
            (
                "next",
                { stage, checkpoint in
                    _ = try Next(stage, in: checkpoint)
                    for order in Next.Order.allCases {
                        for walk in Queue.Walk.allCases {
                            _ = try Queue(walk, of: stage, order, in: checkpoint)
                        }
                    }
                }
            ),
            (
                "run",
                { _, checkpoint in
                    _ = try Run.find(nil, checkpoint.processGroup, in: checkpoint.database)
                    _ = try Claims.leaseOwner(of: 0, checkpoint)
                    _ = try Audit(checkpoint)
                }
            ),
        ]

    private let checkpoint: Checkpoint
    /// A table with fewer rows may be read from end to end.
    private let few: Int

    /// Opens a connection that only reads, so that no prepared statement can change a row.
    init(_ path: String, few: Int) throws(Failure) {
        checkpoint = try Checkpoint(reading: path)
        self.few = few
    }

    /// All work of all stages.
    func all() throws -> [Work] {
        try Stage.allCases.flatMap { stage in
            try StatementPlans.kinds.map { kind in
                var statements: [String] = []
                checkpoint.database.onPrepare = { statements.append($0) }
                defer { checkpoint.database.onPrepare = nil }
                var slow: [String] = []
                do {
                    try kind.prepare(stage, checkpoint)
                } catch let failure as Failure {
                    slow.append(failure.message)
                }
                checkpoint.database.onPrepare = nil
                slow += try statements.dropLast(slow.count).compactMap(slowPlan)
                return Work(
                    name: "\(stage.rawValue): \(kind.name)", count: statements.count, slow: slow)
            }
        }
    }

    /// The plan and the text of a statement that reads a large table from end to end, or sorts it.
    private func slowPlan(of sql: String) throws(Failure) -> String? {
        let plan = try Statement(checkpoint.database, "EXPLAIN QUERY PLAN \(sql)")
            .all { row throws(Failure) in try row.text(3) }
        let sorts = plan.contains { $0.hasPrefix("USE TEMP B-TREE") }
        for step in plan {
            let words = step.split(separator: " ").map(String.init)
            guard words.count > 1, words[0] == "SCAN" && !words.contains("INDEX") || sorts,
                let table = try table(words[1], in: sql)
            else { continue }
            let rows = "SELECT 1 FROM \(table) LIMIT \(few)"
            if try checkpoint.database.number("SELECT count(*) FROM (\(rows))") >= few {
                return plan.joined(separator: "; ") + ": " + sql
            }
        }
        return nil
    }

    /// The table of a name in a plan, which may be an alias; `nil` for one that stays small.
    private func table(_ name: String, in sql: String) throws(Failure) -> String? {
        let words = sql.split { !$0.isLetter && $0 != "_" }
        let alias = words.indices.dropFirst(2).first { words[$0] == name && words[$0 - 1] == "AS" }
        let table = alias.map { String(words[$0 - 2]) } ?? name
        let isThere =
            try checkpoint.database.number(
                "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '\(table)'") > 0
        // Of the audit chain only the last line is read; claims are as many as the workers.
        return isThere && !["audit", "tallies", "claims"].contains(table) ? table : nil
    }
}
