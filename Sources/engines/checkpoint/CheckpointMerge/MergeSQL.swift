// MergeSQL: the SQL that copies rows of the database `other` into ours.
import Checkpoint

/// Statements that change nothing when they are run again.
enum MergeSQL {
    static let batches = """
        INSERT INTO main.batches(name, created_at, note)
        SELECT name, created_at, note FROM other.batches WHERE true ON CONFLICT DO NOTHING
        """

    /// A run that was still going on when it was noted here gets its end.
    static func runs(_ database: Database) throws -> String {
        let columns =
            try database.value(
                """
                SELECT group_concat(name, ', ') FROM pragma_table_info('runs', 'main')
                WHERE name <> 'number'
                """) ?? ""
        return """
            INSERT INTO main.runs(\(columns)) SELECT \(columns) FROM other.runs WHERE true
            ON CONFLICT(id) DO UPDATE SET finished_at = excluded.finished_at,
              exit_status = excluded.exit_status, counts = excluded.counts,
              max_memory = excluded.max_memory, open_programs = excluded.open_programs
            WHERE excluded.finished_at > ifnull(finished_at, '')
            """
    }

    static let calls = """
        INSERT INTO main.calls(id, source, start_time, duration, batch, expires, seen_at,
          updated_at, erased_at, record)
        SELECT id, source, start_time, duration, batch, expires, seen_at, updated_at, erased_at,
          record
        FROM other.calls WHERE number BETWEEN ?1 AND ?2 ORDER BY number
        ON CONFLICT DO NOTHING
        """

    /// Calls that came from the other with a transcript, and are not in the index of the search.
    static let unindexed = """
        SELECT c.number, c.record FROM other.calls AS o JOIN main.calls AS c ON c.id = o.id
        WHERE o.number BETWEEN ?1 AND ?2 AND c.erased_at IS NULL
          AND instr(o.record, '"transcript":') > 0
          AND NOT EXISTS (SELECT 1 FROM main.spoken AS s WHERE s.call = c.number)
        """

    /// Calls of both, of which the records differ or only one is erased.
    static let differing = """
        SELECT c.number, o.number FROM other.calls AS o JOIN main.calls AS c ON c.id = o.id
        WHERE o.number BETWEEN ?1 AND ?2
          AND (c.record <> o.record OR (c.erased_at IS NULL) <> (o.erased_at IS NULL))
        """

    /// The condition that the row `theirs` is a better outcome than the row `ours` of the same stage.
    ///
    /// Completed is better than anything else; of two completed outcomes the later one is better. Of
    /// others, more attempts are better, and then skipped before failed before the rest.
    static func isBetter(_ theirs: String, _ ours: String) -> String {
        func ended(_ row: String) -> String {
            "CASE \(row).status WHEN 'skipped' THEN 2 WHEN 'failed' THEN 1 ELSE 0 END"
        }
        return """
            iif(\(theirs).status = 'completed',
              \(ours).status <> 'completed'
                OR ifnull(\(theirs).finished_at, '') > ifnull(\(ours).finished_at, ''),
              \(ours).status <> 'completed' AND (\(theirs).attempts, \(ended(theirs)))
                > (\(ours).attempts, \(ended(ours))))
            """
    }

    /// The stages of a call whose outcome is taken from the other.
    static let theirStages = """
        SELECT t.stage, t.status FROM other.outcomes AS t
        LEFT JOIN main.outcomes AS m ON m.call = ?1 AND m.stage = t.stage
        WHERE t.call = ?2 AND (m.call IS NULL OR \(isBetter("t", "m")))
        """

    /// Outcomes of recordings that are in both or erased in both.
    static let outcomes = """
        INSERT INTO main.outcomes(call, stage, status, attempts, not_before, start_time, expires,
          error_class, error_kind, error_message, started_at, finished_at, seconds, run)
        SELECT c.number, t.stage, t.status, t.attempts, t.not_before, c.start_time, c.expires,
          t.error_class, t.error_kind, t.error_message, t.started_at, t.finished_at, t.seconds,
          (SELECT r.number FROM other.runs AS q JOIN main.runs AS r ON r.id = q.id
            WHERE q.number = t.run)
        FROM other.calls AS o JOIN other.outcomes AS t ON t.call = o.number
        JOIN main.calls AS c ON c.id = o.id
        WHERE o.number BETWEEN ?1 AND ?2 AND (c.erased_at IS NULL) = (o.erased_at IS NULL)
        ON CONFLICT(call, stage) DO UPDATE SET status = excluded.status,
          attempts = excluded.attempts, not_before = excluded.not_before,
          error_class = excluded.error_class, error_kind = excluded.error_kind,
          error_message = excluded.error_message, started_at = excluded.started_at,
          finished_at = excluded.finished_at, seconds = excluded.seconds, run = excluded.run
        WHERE \(isBetter("excluded", "outcomes"))
        """

    /// Calls of which the other has the audio or the transcript come into the queues of the stages
    /// that work on it, where the watermark is past them.
    static let admissions = """
        INSERT INTO main.outcomes(call, stage, status, start_time, expires)
        SELECT c.number, e.stage, 'pending', c.start_time, c.expires
        FROM other.calls AS o JOIN main.calls AS c ON c.id = o.id
        JOIN main.enrolled AS e ON c.number <= e.up_to
        WHERE o.number BETWEEN ?1 AND ?2 AND c.erased_at IS NULL AND (\(isSupplied))
        ON CONFLICT DO NOTHING
        """

    private static let isSupplied = Stage.allCases.filter { $0.supplier != nil }.map { stage in
        "e.stage = '\(stage.rawValue)' \(QueueWatermark.condition(of: stage, call: "c.number"))"
    }.joined(separator: " OR ")

    /// Errors without a call are in no unique index; those of erased calls stay out.
    static let errors = """
        INSERT INTO main.errors(time, stage, severity, category, kind, message, call_id, run)
        SELECT time, stage, severity, category, kind, message, call_id, run FROM other.errors AS e
        WHERE number BETWEEN ?1 AND ?2 AND iif(e.call_id IS NULL,
          NOT EXISTS (SELECT 1 FROM main.errors AS m WHERE m.call_id IS NULL AND m.time = e.time
            AND m.stage IS e.stage AND m.kind = e.kind AND m.message = e.message),
          NOT EXISTS (SELECT 1 FROM main.calls AS c
            WHERE c.id = e.call_id AND c.erased_at IS NOT NULL))
        ORDER BY number ON CONFLICT DO NOTHING
        """

    /// Costs count also for a recording that is not here, or was erased.
    ///
    /// A row without a call is the same as another when all of its values are the same.
    static let ledger = """
        INSERT INTO main.ledger(call, stage, engine, model, seconds, wall, cost, at, run)
        SELECT c.number, l.stage, l.engine, l.model, l.seconds, l.wall, l.cost, l.at,
          iif(c.number IS NULL, NULL, (SELECT r.number FROM other.runs AS q
            JOIN main.runs AS r ON r.id = q.id WHERE q.number = l.run))
        FROM other.ledger AS l LEFT JOIN other.calls AS o ON o.number = l.call
        LEFT JOIN main.calls AS c ON c.id = o.id AND c.erased_at IS NULL
        WHERE l.number BETWEEN ?1 AND ?2 AND NOT EXISTS (
          SELECT 1 FROM main.ledger AS m WHERE m.at = l.at AND (m.call IS NULL OR c.number IS NULL)
            AND (m.stage, m.engine, m.model, m.seconds, m.wall, m.cost)
              IS (l.stage, l.engine, l.model, l.seconds, l.wall, l.cost))
        ORDER BY l.number ON CONFLICT DO NOTHING
        """

    static let releases = """
        UPDATE main.holds SET released_at = h.released_at, release_reason = h.release_reason
        FROM other.holds AS h JOIN other.calls AS o ON o.number = h.call
          JOIN main.calls AS c ON c.id = o.id
        WHERE holds.call = c.number AND holds.since = h.since AND holds.reason = h.reason
          AND holds.released_at IS NULL AND h.released_at IS NOT NULL
        """

    /// Holds of the other that cannot stand here beside a hold with another reason.
    static let heldTwice = """
        SELECT c.id, m.reason, h.reason FROM other.holds AS h
          JOIN other.calls AS o ON o.number = h.call JOIN main.calls AS c ON c.id = o.id
          JOIN main.holds AS m ON m.call = c.number AND m.released_at IS NULL
        WHERE h.released_at IS NULL AND NOT EXISTS (SELECT 1 FROM main.holds AS k
          WHERE k.call = c.number AND k.since = h.since AND k.reason = h.reason)
        ORDER BY h.number
        """

    static let holds = """
        INSERT INTO main.holds(call, reason, since, released_at, release_reason)
        SELECT c.number, h.reason, h.since, h.released_at, h.release_reason
        FROM other.holds AS h JOIN other.calls AS o ON o.number = h.call
          JOIN main.calls AS c ON c.id = o.id
        WHERE NOT EXISTS (SELECT 1 FROM main.holds AS m
          WHERE m.call = c.number AND m.since = h.since AND m.reason = h.reason)
        ON CONFLICT DO NOTHING
        """
}
