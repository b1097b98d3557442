// Ledger: the tables of what transcripts and analyses cost.

extension Schema {
    /// The ledger, and its sums, which triggers keep up to date.
    ///
    /// Reading the total takes no longer when more was spent. The numbers of one hour are added up from the index by time.
    package static let ledgerTables = """
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
        """

    /// The columns engine, model, seconds, wall, cost and at of a transcript.
    ///
    /// A value that is absent or no amount is NULL. Without a time, `at` is `''`, so that a call has
    /// one such row and no more.
    package static func expense(in json: String) -> String {
        func type(_ path: String) -> String { "json_type(\(json), '$.\(path)')" }
        func value(_ path: String) -> String { "json_extract(\(json), '$.\(path)')" }
        func text(_ path: String) -> String { "iif(\(type(path)) = 'text', \(value(path)), NULL)" }
        func amount(_ path: String) -> String {
            "iif(\(type(path)) IN ('integer', 'real') AND \(value(path)) BETWEEN 0 AND 1e12, "
                + "\(value(path)), NULL)"
        }
        // SQLite reads 'now' and '12:00' as times as well.
        let at = text("provenance.at")
        let time =
            "ifnull(iif(\(at) GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][Tt ]*', "
            + "strftime('%Y-%m-%dT%H:%M:%fZ', \(at)), NULL), '')"
        return [
            text("engine"), text("model"), amount("provenance.seconds"), amount("provenance.wall"),
            amount("provenance.cost"), time,
        ].joined(separator: ", ")
    }

    /// The amounts in the sums: those of the ledger, the seconds of audio with a known working
    /// time, and the seconds of audio with a known cost.
    package static let amounts = ["seconds", "wall", "cost", "timed", "priced"]

    /// A row of the ledger as a row of the sums; with the sign `-` to take it off them.
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
