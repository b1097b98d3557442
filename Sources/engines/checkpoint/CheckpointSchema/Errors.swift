// Errors: errors in the words of the replaced systems, and the requests of an HTTP log.
import Records

extension Schema {
    /// Severity and category in words that alerts understand, beside the kind.
    ///
    /// Version 1 had the kind as `category`, and `error`, `warning` or `info` as `severity`.
    package static let errorKinds = """
        ALTER TABLE errors ADD COLUMN kind TEXT NOT NULL DEFAULT 'internal';
        UPDATE errors SET kind = category;
        UPDATE errors SET severity = \(severities), category = \(categories);
        CREATE INDEX errors_grave ON errors(time) WHERE severity = 'CRITICAL';

        """

    private static let severities = {
        let rows = Failure.Kind.allCases.flatMap { kind in
            [("error", Failure.Scope.item), ("warning", .temporary)].map { old, scope in
                "WHEN '\(old) \(kind.rawValue)' THEN '\(Severity(scope, kind).rawValue)'"
            }
        }
        return """
            CASE severity || ' ' || kind
              \(rows.joined(separator: "\n      "))
              ELSE iif(severity = 'error', 'HIGH', iif(severity = 'warning', 'MEDIUM', 'LOW')) END
            """
    }()

    private static let categories = {
        let rows = Failure.Kind.allCases.map { kind in
            "WHEN '\(kind.rawValue)' THEN '\(ErrorCategory(kind).rawValue)'"
        }
        return """
            CASE kind WHEN 'lease' THEN 'PROCESSING'
              \(rows.joined(separator: "\n      "))
              ELSE 'SYSTEM' END
            """
    }()

    /// The requests that `state-errors --http FILE --keep` takes from the file of `--http-log`.
    ///
    /// A line of the file has its time, the process that wrote it and its number in that process, so
    /// that it comes in once.
    package static let requestTables = """
        CREATE TABLE requests(
          number INTEGER PRIMARY KEY, time TEXT NOT NULL, tool TEXT NOT NULL,
          process INTEGER NOT NULL, sequence INTEGER NOT NULL, method TEXT NOT NULL,
          host TEXT NOT NULL, path TEXT NOT NULL, status INTEGER, milliseconds REAL NOT NULL,
          bytes INTEGER, sent INTEGER, error TEXT, UNIQUE(time, process, sequence)) STRICT;

        """

    /// Errors and requests under the names of the replaced systems.
    package static let errorViews = """
        DROP VIEW IF EXISTS error_logs;
        CREATE VIEW error_logs AS
          SELECT number AS id, time AS timestamp, severity, category, kind, message, stage,
            call_id AS recording_id, run AS run_id FROM errors;
        DROP VIEW IF EXISTS api_logs;
        CREATE VIEW api_logs AS
          SELECT number AS id, time AS timestamp, tool AS service, method, host, path AS endpoint,
            status AS status_code, milliseconds AS duration_ms, bytes, sent, error FROM requests;

        """
}
