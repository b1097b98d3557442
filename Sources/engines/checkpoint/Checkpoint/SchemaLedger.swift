// SchemaLedger: the tables of what transcripts cost, as version 3 made them.

extension Schema {
    /// Version 3: the ledger, filled from the records that say how their transcripts came about.
    ///
    /// Its sums are kept as rows come, so that telling what was spent takes no longer where more
    /// was; the numbers of one hour are added up from the ledger, which is in an index by its time.
    static let third = """
        CREATE TABLE ledger(
          number INTEGER PRIMARY KEY, call INTEGER, stage TEXT NOT NULL, engine TEXT, model TEXT,
          seconds REAL, wall REAL, cost REAL, at TEXT NOT NULL, run INTEGER,
          UNIQUE(call, at)) STRICT;
        CREATE INDEX ledger_at ON ledger(at);
        CREATE TABLE ledger_sums(
          engine TEXT NOT NULL, model TEXT NOT NULL, hour TEXT NOT NULL,
          recordings INTEGER NOT NULL, seconds REAL, wall REAL, cost REAL, timed REAL, priced REAL,
          PRIMARY KEY(engine, model, hour)) STRICT, WITHOUT ROWID;
        CREATE TRIGGER ledger_added AFTER INSERT ON ledger BEGIN \(addition) END;
        CREATE TRIGGER ledger_removed AFTER DELETE ON ledger BEGIN \(removal) END;
        CREATE TRIGGER ledger_changed
          AFTER UPDATE OF engine, model, seconds, wall, cost, at ON ledger
          BEGIN \(removal) \(addition) END;
        INSERT INTO ledger(call, stage, engine, model, seconds, wall, cost, at)
          SELECT number, 'transcribe', \(expense(in: "record", at: "$.transcript")) FROM calls
          WHERE erased_at IS NULL AND iif(json_valid(record),
            json_type(record, '$.transcript.provenance') = 'object', false)
          ORDER BY number;
        """

    /// What a transcript says of its making: engine, model, seconds, wall, cost and at.
    ///
    /// What is not said, or is no amount, is null. Without a time it is `''`, so that a call has one
    /// such row and no more. The third step is made of it: it cannot be changed any more.
    static func expense(in json: String, at transcript: String) -> String {
        func type(_ path: String) -> String { "json_type(\(json), '\(transcript).\(path)')" }
        func value(_ path: String) -> String { "json_extract(\(json), '\(transcript).\(path)')" }
        func text(_ path: String) -> String { "iif(\(type(path)) = 'text', \(value(path)), NULL)" }
        func amount(_ path: String) -> String {
            "iif(\(type(path)) IN ('integer', 'real') AND \(value(path)) BETWEEN 0 AND 1e12, "
                + "\(value(path)), NULL)"
        }
        // SQLite takes 'now' and '12:00' for times as well.
        let at = text("provenance.at")
        let time =
            "ifnull(iif(\(at) GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][Tt ]*', "
            + "strftime('%Y-%m-%dT%H:%M:%fZ', \(at)), NULL), '')"
        return [
            text("engine"), text("model"), amount("provenance.seconds"), amount("provenance.wall"),
            amount("provenance.cost"), time,
        ].joined(separator: ", ")
    }

    /// The amounts in the sums: those of the ledger, and the seconds of audio of which it is known
    /// how long they took, and what they cost.
    package static let amounts = ["seconds", "wall", "cost", "timed", "priced"]

    /// What a row of the ledger adds to the sums, or takes from them, as a row of theirs.
    package static func share(of row: String = "", _ sign: String = "") -> String {
        """
        SELECT ifnull(\(row)engine, '') AS engine, ifnull(\(row)model, '') AS model,
            substr(\(row)at, 1, 13) AS hour, \(sign)1 AS recordings, \(sign)\(row)seconds AS seconds,
            \(sign)\(row)wall AS wall, \(sign)\(row)cost AS cost,
            iif(\(row)wall IS NULL, NULL, \(sign)\(row)seconds) AS timed,
            iif(\(row)cost IS NULL, NULL, \(sign)\(row)seconds) AS priced
        """
    }

    private static func change(by share: String) -> String {
        let sums = amounts.map { sum in
            "\(sum) = ifnull(\(sum) + excluded.\(sum), ifnull(\(sum), excluded.\(sum)))"
        }
        return """
            INSERT INTO ledger_sums \(share) WHERE true
              ON CONFLICT DO UPDATE SET recordings = recordings + excluded.recordings,
                \(sums.joined(separator: ",\n    "));
            """
    }

    private static let addition = change(by: share(of: "NEW."))
    private static let removal = change(by: share(of: "OLD.", "-"))
}
