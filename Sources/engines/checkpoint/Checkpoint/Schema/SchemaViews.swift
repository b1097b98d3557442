// SchemaViews: the views for operators' own SQL, made anew when the version changes.
package import CheckpointSchema

extension Schema {
    /// The views, over tables that may change with any version.
    ///
    /// A file gets them with its version, so a changed view needs a step, if an empty one.
    static let views = stagesView + recordingsView + statesView + errorViews

    private static let stagesView = """
        DROP VIEW IF EXISTS stages;
        CREATE VIEW stages AS
          SELECT c.id AS call_id, o.stage,
            iif(m.call IS NOT NULL AND o.status IN ('pending', 'queued', 'failed'), 'processing',
              o.status) AS status,
            o.attempts, o.not_before, m.run AS lease_owner, m.until AS lease_until, o.error_class,
            o.error_kind, o.error_message, o.started_at, o.finished_at, o.seconds
          FROM outcomes AS o JOIN calls AS c ON c.number = o.call
          LEFT JOIN (
            SELECT l.call, m.stage, m.until, r.id AS run FROM leases AS l
            JOIN claims AS m ON m.number = l.claim JOIN runs AS r ON r.number = m.run
            WHERE m.until > strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) AS m
            ON m.call = o.call AND m.stage = o.stage;

        """

    /// The table of the replaced systems, with their names and their words for a status.
    ///
    /// A stage without an outcome is pending, as it was there from the first day; a skipped one is
    /// completed, which keeps those statements from doing it again.
    private static let recordingsView = """
        DROP VIEW IF EXISTS call_recordings;
        CREATE VIEW call_recordings AS
        \(recordings);
        \(oldTrigger("download_status", "fetch"))
        \(oldTrigger("transcription_status", "transcribe"))
        \(oldTrigger("upload_status", "upload"))
        CREATE TRIGGER call_recordings_retry_count INSTEAD OF UPDATE OF retry_count
          ON call_recordings WHEN NEW.retry_count IS NOT OLD.retry_count BEGIN
          UPDATE outcomes SET attempts = max(NEW.retry_count, 0)
            WHERE call = OLD.id AND status NOT IN ('completed', 'skipped');
        END;

        """

    /// The query of the view, for this program's own questions: with `PRAGMA trusted_schema = OFF`,
    /// SQLite runs no JSON function of a view, because a file may come from anywhere.
    package static let recordings = """
        SELECT c.number AS id, c.id AS call_id, c.source, c.batch,
          \(oldStatus("fetch", doneWith: "audio")) AS download_status,
          \(oldStatus("transcribe", doneWith: "transcript")) AS transcription_status,
          \(oldStatus("upload", doneWith: nil)) AS upload_status,
          ifnull((SELECT max(o.attempts - (o.status = 'completed')) FROM outcomes AS o
            WHERE o.call = c.number), 0) AS retry_count,
          (SELECT o.error_message FROM outcomes AS o
            WHERE o.call = c.number AND o.error_message IS NOT NULL
            ORDER BY o.status = 'failed' DESC LIMIT 1) AS error_message,
          c.start_time AS call_start_time, c.start_time AS recorded_at, c.duration,
          c.seen_at AS created_at, c.updated_at,
          json_extract(c.record, '$.recording.name') AS recording_name,
          json_extract(c.record, '$.recording.path') AS recording_path,
          json_extract(c.record, '$.audio.path') AS audio_path,
          json_extract(c.record, '$.transcript.path') AS transcript_path,
          json_extract(c.record, '$.call.id') AS rc_call_id,
          json_extract(c.record, '$.transcript.text') AS rc_transcript,
          json_extract(c.record, '$.transcript.text') IS NOT NULL AS has_transcript,
          json_extract(c.record, '$.transcript.confidence') AS rc_transcript_confidence,
          \(transcribedAt) AS rc_transcript_fetched_at,
          json_extract(c.record, '$.insights') AS rc_ai_insights, \(sentiment) AS sentiment
        FROM calls AS c WHERE c.erased_at IS NULL
        """

    /// The sentiment of the call `c` by an analysis, else by the phone system.
    package static let sentiment = """
        coalesce(json_extract(c.record, '$.analysis.sentiment.sentiment'),
          json_extract(c.record, '$.insights.sentiment'))
        """

    /// The time when the transcript of the call `c` came: the phone system's own comes with the
    /// insights, and one that no stage has marked tells the time itself.
    private static let transcribedAt = """
        coalesce((SELECT o.finished_at FROM outcomes AS o
            WHERE o.call = c.number AND o.status = 'completed' AND o.stage =
              iif(json_extract(c.record, '$.transcript.engine') = 'ringcentral', 'insights',
                'transcribe')),
            (SELECT o.finished_at FROM outcomes AS o WHERE o.call = c.number
              AND o.status = 'completed' AND o.stage = 'transcribe'),
            json_extract(c.record, '$.transcript.provenance.at'))
        """

    /// The status of a stage in the words of the replaced systems, for the call `c`.
    package static func oldStatus(_ stage: String, doneWith member: String?) -> String {
        // A recording from a folder has its audio from the beginning.
        let unasked =
            member.map { "iif(json_extract(c.record, '$.\($0)') IS NULL, 'pending', 'completed')" }
            ?? "'pending'"
        return """
            ifnull((SELECT CASE
                WHEN o.status = 'skipped' THEN 'completed'
                WHEN o.status <> 'completed' AND EXISTS (
                  SELECT 1 FROM leases AS l JOIN claims AS m ON m.number = l.claim
                  WHERE l.call = o.call AND m.stage = o.stage
                    AND m.until > strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) THEN 'processing'
                ELSE o.status END
              FROM outcomes AS o WHERE o.call = c.number AND o.stage = '\(stage)'), \(unasked))
            """
    }

    /// Sets a status by hand; only a lease makes a stage `processing`.
    ///
    /// A stage that is `pending` already becomes due at once; one that was never asked for stays so.
    /// An attempt that completed a stage is no failed attempt. SQLite does not define the order of
    /// one statement's triggers, so each does the whole.
    private static func oldTrigger(_ column: String, _ stage: String) -> String {
        let isDone = "NEW.\(column) = 'completed'"
        let admission = Stage(rawValue: stage).flatMap {
            QueueWatermark.admission(by: $0, of: "OLD.id", if: isDone)
        }
        return """
            CREATE TRIGGER call_recordings_\(column) INSTEAD OF UPDATE OF \(column)
              ON call_recordings
              WHEN NEW.\(column) IS NOT OLD.\(column)
                OR NEW.\(column) IN ('pending', 'queued') BEGIN
              SELECT RAISE(ABORT, '\(column) is pending, queued, completed or failed')
                WHERE NEW.\(column) IS NULL
                  OR NEW.\(column) NOT IN ('pending', 'queued', 'completed', 'failed');
              INSERT INTO outcomes(call, stage, status, attempts, start_time, expires, finished_at)
                SELECT number, '\(stage)', NEW.\(column), NEW.\(column) = 'completed', start_time,
                  expires,
                  iif(NEW.\(column) IN ('completed', 'failed'),
                    strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), NULL)
                FROM calls WHERE number = OLD.id AND (NEW.\(column) IS NOT OLD.\(column)
                  OR EXISTS (SELECT 1 FROM outcomes WHERE call = OLD.id AND stage = '\(stage)'))
                ON CONFLICT DO UPDATE SET status = excluded.status,
                  attempts = iif(NEW.retry_count IS NOT OLD.retry_count, max(NEW.retry_count, 0),
                    attempts - (status = 'completed')) + (excluded.status = 'completed'),
                  not_before = NULL,
                  start_time = excluded.start_time, expires = excluded.expires, error_class = NULL,
                  error_kind = NULL, error_message = NULL, finished_at = excluded.finished_at,
                  seconds = NULL, run = NULL;
              \(admission.map { $0 + ";" } ?? "")
            END;
            """
    }

    /// The state of work, under the key that the replaced system gave its only worker.
    ///
    /// SQL cannot tell if a process lives. So setting the state to false, or deleting the row,
    /// removes the claims whose time is up and no others. The next program that claims removes the
    /// claims of killed processes.
    private static let statesView = """
        DROP VIEW IF EXISTS processing_states;
        CREATE VIEW processing_states AS
          SELECT 'main_processor' AS state_key,
            EXISTS (SELECT 1 FROM claims AS m JOIN leases AS l ON l.claim = m.number
              WHERE m.until > strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) AS is_active,
            (SELECT max(m.since) FROM claims AS m) AS updated_at;
        CREATE TRIGGER processing_states_updated INSTEAD OF UPDATE OF is_active
          ON processing_states WHEN NOT NEW.is_active BEGIN \(sweep) END;
        CREATE TRIGGER processing_states_removed INSTEAD OF DELETE ON processing_states
          BEGIN \(sweep) END;
        """

    private static let sweep = """
        INSERT INTO errors(time, stage, severity, category, kind, message, call_id, run)
            SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), m.stage, 'LOW', 'PROCESSING', 'lease',
              'run ' || r.id || ' ended without an outcome', c.id, r.id
            FROM leases AS l JOIN claims AS m ON m.number = l.claim
            JOIN runs AS r ON r.number = m.run JOIN calls AS c ON c.number = l.call
            WHERE m.until <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
            ON CONFLICT DO NOTHING;
          UPDATE runs SET open_programs = max(open_programs, 1)
            WHERE number IN (SELECT m.run FROM claims AS m JOIN leases AS l ON l.claim = m.number
              WHERE m.until <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));
          DELETE FROM leases WHERE claim IN (SELECT number FROM claims
            WHERE until <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));
          DELETE FROM claims WHERE until <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now');
        """
}
