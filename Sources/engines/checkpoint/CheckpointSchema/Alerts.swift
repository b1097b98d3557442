// Alerts: the tables of what call-alert watches, and of what it told to whom.

extension Schema {
    /// The alerts, the messages about them, and the silences.
    ///
    /// A rule has at most one open alert. A message is written before it is sent, and has the
    /// channel's reply afterwards; a message without a reply is sent again, with the same key.
    package static let alertTables = """
        CREATE TABLE alerts(
          number INTEGER PRIMARY KEY, rule TEXT NOT NULL, name TEXT NOT NULL, level TEXT NOT NULL,
          priority TEXT NOT NULL, respond_within REAL NOT NULL, state TEXT NOT NULL,
          first_true TEXT NOT NULL, last_eval TEXT NOT NULL, fired_at TEXT, resolved_at TEXT, value TEXT,
          message TEXT NOT NULL, remedy TEXT, acknowledged_at TEXT, note TEXT,
          CHECK (state IN ('pending', 'firing', 'resolved'))) STRICT;
        CREATE UNIQUE INDEX alerts_open ON alerts(rule) WHERE state <> 'resolved';
        CREATE INDEX alerts_rule ON alerts(rule, number);
        CREATE TABLE alert_messages(
          number INTEGER PRIMARY KEY, alert INTEGER NOT NULL, event TEXT NOT NULL,
          channel TEXT NOT NULL, made_at TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
          not_before TEXT, claimed_until TEXT, ended_at TEXT, reply TEXT,
          status TEXT NOT NULL DEFAULT 'open',
          CHECK (event IN ('firing', 'repeat', 'update', 'resolved', 'channel')),
          CHECK (status IN ('open', 'sent', 'refused', 'dropped'))) STRICT;
        CREATE INDEX alert_messages_open ON alert_messages(channel, number) WHERE status = 'open';
        CREATE INDEX alert_messages_alert ON alert_messages(alert, number);
        CREATE TABLE alert_silences(
          number INTEGER PRIMARY KEY, rule TEXT NOT NULL, made_at TEXT NOT NULL,
          until TEXT NOT NULL, note TEXT) STRICT;

        """
}
