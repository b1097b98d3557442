// Questions: what the tools ask again and again, and how SQLite would find the answer.
import Checkpoint

/// A statement whose cost every run pays.
struct Question {
    /// What it asks.
    let what: String
    /// Asks it, of call number ?1 whose id is ?2.
    let sql: String

    /// Each must be answered from an index, however many calls there are.
    static let all = [
        Question(what: "a call by its id", sql: "SELECT number FROM calls WHERE id = ?2"),
        Question(
            what: "the calls of a day",
            sql: """
                SELECT count(*) FROM calls
                WHERE start_time >= '2024-01-15' AND start_time < '2024-01-16'
                """),
        Question(
            what: "the stages of a call",
            sql: "SELECT stage, status FROM outcomes WHERE call = ?1"),
        Question(
            what: "what is due, oldest first", sql: due("IN ('pending', 'queued')", "start_time")),
        Question(
            what: "what is due, nearest to its purge first",
            sql: due("IN ('pending', 'queued')", "expires", "AND expires IS NOT NULL")),
        Question(what: "what was queued by hand", sql: due("= 'queued'", "start_time")),
        Question(what: "what failed for good", sql: due("= 'failed'", "finished_at")),
        Question(
            what: "totals by stage and status",
            sql: "SELECT stage, status, sum(count) FROM tallies GROUP BY 1, 2"),
        Question(
            what: "who has a call in work",
            sql: "SELECT claim FROM leases WHERE call = ?1"),
        Question(what: "what a claim has in work", sql: "SELECT call FROM leases WHERE claim = 1"),
        Question(
            what: "the run of a process group",
            sql: "SELECT number FROM runs WHERE process_group = 1 ORDER BY number DESC LIMIT 1"),
        Question(
            what: "the errors of a call",
            sql: "SELECT time, message FROM errors WHERE call_id = ?2"),
        Question(
            what: "the errors of a time",
            sql: "SELECT count(*) FROM errors WHERE time > '2999-01-01'"),
        Question(
            what: "whether a call is held",
            sql: "SELECT 1 FROM holds WHERE call = ?1 AND released_at IS NULL"),
        Question(
            what: "what was spent on a call", sql: "SELECT cost FROM ledger WHERE call = ?1"),
        Question(
            what: "what was spent in a time",
            sql: "SELECT sum(cost) FROM ledger WHERE at > '2999-01-01'"),
        Question(
            what: "what was spent by engine and model",
            sql: "SELECT engine, model, sum(cost) FROM ledger_sums GROUP BY 1, 2"),
        Question(
            what: "the head of the audit",
            sql: "SELECT hash FROM audit ORDER BY number DESC LIMIT 1"),
    ]

    private static func due(_ status: String, _ order: String, _ more: String = "") -> String {
        """
        SELECT call FROM outcomes
        WHERE stage = 'upload' AND status \(status) \(more) ORDER BY \(order) LIMIT 1
        """
    }
}
