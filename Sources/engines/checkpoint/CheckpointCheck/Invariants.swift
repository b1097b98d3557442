// Invariants: the conditions that hold in a checkpoint after every kill, and their repairs.
import CheckpointSchema
import Checkpoint
import Records

/// A condition on the tables that holds after every commit.
struct Invariant {
    /// The rows that must not exist.
    let what: String
    /// A statement that counts them.
    let count: String
    /// Statements that repair them without losing any work; `nil` when only a person can decide.
    var repair: String?

    static let all = [
        Invariant(
            what: "outcomes without their call",
            count: "SELECT count(*) FROM outcomes WHERE \(isOrphan("outcomes.call"))",
            repair: "DELETE FROM outcomes WHERE \(isOrphan("outcomes.call"))"),
        Invariant(
            what: "leases without their call or claim",
            count: "SELECT count(*) FROM leases WHERE \(isLoose)",
            repair: "DELETE FROM leases WHERE \(isLoose)"),
        Invariant(
            what: "claims without their run",
            count: "SELECT count(*) FROM claims WHERE run NOT IN (SELECT number FROM runs)",
            repair: """
                DELETE FROM leases WHERE claim IN (
                  SELECT number FROM claims WHERE run NOT IN (SELECT number FROM runs));
                DELETE FROM claims WHERE run NOT IN (SELECT number FROM runs)
                """),
        Invariant(
            what: "holds without their call",
            count: "SELECT count(*) FROM holds WHERE \(isOrphan("holds.call"))"),
        Invariant(
            what: "outcomes of an unknown stage or status",
            count: """
                SELECT count(*) FROM outcomes WHERE stage NOT IN (\(Stage.allCases.sqlList))
                  OR status NOT IN (\(Status.allCases.sqlList))
                """),
        Invariant(
            what: "open outcomes with another start or end than their call's",
            count: "SELECT count(*) \(stale)",
            repair: """
                UPDATE outcomes SET
                  start_time = (SELECT start_time FROM calls WHERE number = call),
                  expires = (SELECT expires FROM calls WHERE number = call)
                WHERE (call, stage) IN (SELECT o.call, o.stage \(stale))
                """),
        Invariant(
            what: "queues that say they are past the last call",
            count: "SELECT count(*) FROM enrolled WHERE up_to > (\(lastCall))",
            repair: "UPDATE enrolled SET up_to = (\(lastCall)) WHERE up_to > (\(lastCall))"),
        Invariant(
            what: "totals that are not those of the outcomes",
            count: """
                SELECT count(*) FROM (SELECT 1 FROM (
                    SELECT stage, status, hour, count AS n FROM tallies
                    UNION ALL \(tallies("-count(*)")))
                  GROUP BY stage, status, hour HAVING sum(n) <> 0)
                """,
            repair: "DELETE FROM tallies; INSERT INTO tallies \(tallies("count(*)"))"),
        Invariant(
            what: "rows of the ledger without their call, or of one that was erased",
            count: "SELECT count(*) FROM ledger WHERE \(isUnknown)",
            // The money was spent, so the row stays.
            repair: "UPDATE ledger SET call = NULL, run = NULL WHERE \(isUnknown)"),
        Invariant(
            what: "sums that are not those of the ledger",
            count: """
                SELECT count(*) FROM (SELECT 1 FROM (
                    SELECT * FROM ledger_sums UNION ALL \(Schema.share(of: "", "-")) FROM ledger)
                  GROUP BY engine, model, hour HAVING sum(recordings) <> 0
                    OR \(Schema.amounts.map(differs).joined(separator: " OR ")))
                """,
            repair: """
                DELETE FROM ledger_sums;
                INSERT INTO ledger_sums SELECT engine, model, hour, sum(recordings), \(sums)
                  FROM (\(Schema.share()) FROM ledger) GROUP BY engine, model, hour
                """),
    ]

    /// The one that reads every record, which takes longer than all the others.
    static let records = Invariant(
        what: "records that are no record, or another call's",
        count: """
            SELECT count(*) FROM calls WHERE erased_at IS NULL
              AND CASE WHEN json_valid(record) THEN record ->> '$.id' IS NOT id ELSE true END
            """)

    private static func isOrphan(_ call: String) -> String {
        "NOT EXISTS (SELECT 1 FROM calls AS c WHERE c.number = \(call))"
    }

    private static let isUnknown = """
        ledger.call IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM calls AS c WHERE c.number = ledger.call AND c.erased_at IS NULL)
        """

    private static let isLoose =
        isOrphan("leases.call") + " OR claim NOT IN (SELECT number FROM claims)"

    private static let stale = """
        FROM outcomes AS o JOIN calls AS c ON c.number = o.call
        WHERE o.status IN ('pending', 'queued')
          AND (o.start_time IS NOT c.start_time OR o.expires IS NOT c.expires)
        """

    private static let lastCall = "SELECT ifnull(max(number), 0) FROM calls"

    private static func tallies(_ count: String) -> String {
        """
        SELECT stage, status, ifnull(substr(finished_at, 1, 13), ''), \(count)
        FROM outcomes GROUP BY 1, 2, 3
        """
    }

    /// The condition that a sum is not zero, but for rounding.
    private static func differs(_ amount: String) -> String {
        "abs(total(\(amount))) > 1e-9 * max(1, total(abs(\(amount))))"
    }

    private static let sums = Schema.amounts.map { "sum(\($0))" }.joined(separator: ", ")
}
