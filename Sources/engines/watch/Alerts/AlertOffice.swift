// AlertOffice: messages on their way, and what operators do with alerts.
internal import Checkpoint
public import Records

extension AlertBook {
    /// The time in seconds for which a message belongs to the process that sends it.
    private static let lease = 300.0
    /// The pauses before further attempts of a message, in seconds; the last one is for all later.
    private static let pauses = [60.0, 300, 900, 3600]

    /// Claims the messages to a channel that are due, for this process alone.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public func claim(_ channel: String) throws -> [AlertMessage] {
        try checkpoint.transaction {
            try checkpoint.begin()
            let now = Timestamp(checkpoint.now) ?? .now
            // A time far ahead was written by a clock that was set back since.
            let far = now.adding(seconds: 86_400).text
            let question = try Statement(
                checkpoint.database,
                """
                SELECT m.number, m.event, m.attempts, m.made_at FROM alert_messages AS m
                WHERE m.channel = ?1 AND m.status = 'open'
                  AND (m.claimed_until IS NULL OR m.claimed_until NOT BETWEEN ?2 AND ?3)
                  AND (m.not_before IS NULL OR m.not_before NOT BETWEEN ?2 AND ?3)
                ORDER BY m.number
                """)
            try question.bind(channel, checkpoint.now, far)
            let rows = try question.all { row throws(Failure) in
                (
                    number: try row.integer(0), event: try row.text(1),
                    attempts: try row.integer(2),
                    madeAt: try row.text(3)
                )
            }
            let end = now.adding(seconds: AlertBook.lease).text
            return try rows.compactMap { row in
                try checkpoint.database.run(
                    """
                    UPDATE alert_messages SET attempts = attempts + 1, claimed_until = ?2
                    WHERE number = ?1
                    """, row.number, end)
                let alert = try alerts(
                    "m.number = ?1", row.number,
                    from: "alert_messages AS m JOIN alerts AS a ON a.number = m.alert"
                ).first
                guard let alert, let event = AlertMessage.Event(rawValue: row.event) else {
                    return nil
                }
                return AlertMessage(
                    number: row.number, alert: alert, event: event, channel: channel,
                    attempts: Int(row.attempts) + 1,
                    madeAt: Timestamp(row.madeAt) ?? Timestamp(milliseconds: 0))
            }
        }
    }

    /// Notes that messages were sent.
    ///
    /// - Parameters:
    ///   - messages: The messages.
    ///   - reply: The words of the service.
    /// - Throws: `Failure` of scope `stop`.
    public func sent(_ messages: [AlertMessage], _ reply: String) throws {
        try end(messages, "sent", reply)
    }

    /// Notes that messages were not sent.
    ///
    /// A message that may go later is tried again by the next runs, with longer pauses. One that the
    /// service refuses for good is not.
    ///
    /// - Parameters:
    ///   - messages: The messages.
    ///   - failure: The reason.
    /// - Throws: `Failure` of scope `stop`.
    public func failed(_ messages: [AlertMessage], _ failure: Failure) throws {
        guard failure.scope != .item else {
            return try end(messages, "refused", failure.message)
        }
        try checkpoint.transaction {
            try checkpoint.begin()
            let now = Timestamp(checkpoint.now) ?? .now
            for message in messages {
                let usual = AlertBook.pauses[min(message.attempts, AlertBook.pauses.count) - 1]
                // A person who has to respond within 15 minutes cannot wait an hour for the message.
                let pause = min(usual, max(60, message.alert.respondWithin / 3))
                // An hour is the longest wait that a service gets.
                let wait = max(pause - slack, min(failure.retryAfter ?? 0, 3600))
                try checkpoint.database.run(
                    """
                    UPDATE alert_messages SET claimed_until = NULL, not_before = :next, reply = :reply
                    WHERE number = :number
                    """,
                    [
                        ":next": now.adding(seconds: wait).text,
                        ":reply": Rule.onOneLine(failure.message), ":number": message.number,
                    ])
            }
        }
    }

    private func end(_ messages: [AlertMessage], _ status: String, _ reply: String) throws {
        try checkpoint.transaction {
            try checkpoint.begin()
            for message in messages {
                try checkpoint.database.run(
                    """
                    UPDATE alert_messages SET status = :status, ended_at = :now, reply = :reply,
                      claimed_until = NULL WHERE number = :number
                    """,
                    [
                        ":status": status, ":now": checkpoint.now,
                        ":reply": Rule.onOneLine(reply), ":number": message.number,
                    ])
            }
        }
    }

    /// The alerts in these states, the newest last.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public func list(_ states: [Alert.State]) throws(Failure) -> [Alert] {
        let words = states.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return try alerts("a.state IN (\(words))")
    }

    /// Notes that somebody took an alert over: it is not repeated until it ends.
    ///
    /// - Parameters:
    ///   - name: The alert's number, or the id of its rule.
    ///   - note: The words of the operator.
    /// - Throws: `Failure` of scope `item` when no such alert is open.
    public func acknowledge(_ name: String, note: String?) throws {
        try checkpoint.transaction {
            try checkpoint.begin()
            try checkpoint.database.run(
                """
                UPDATE alerts SET acknowledged_at = :now, note = :note
                WHERE state <> 'resolved' AND (rule = :name OR CAST(number AS TEXT) = :name)
                """, [":now": checkpoint.now, ":note": note, ":name": name])
            guard checkpoint.database.changes > 0 else {
                throw Failure(
                    .item, .notFound, "acknowledge alert \(name.prefix(64)): it is not open",
                    remedy: "call-alert --list shows the open ones")
            }
        }
    }

    /// True when a rule has an alert, open or not.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public func hasAlert(of rule: String) throws(Failure) -> Bool {
        try !alerts("a.rule = ?1", rule).isEmpty
    }

    /// Tells nobody of a rule until a time.
    ///
    /// - Parameters:
    ///   - rule: The id.
    ///   - end: The end of the silence; a time before now ends those that are.
    ///   - note: The words of the operator.
    /// - Throws: `Failure` of scope `stop`.
    public func silence(_ rule: String, until end: Timestamp, note: String?) throws {
        try checkpoint.transaction {
            try checkpoint.begin()
            try checkpoint.database.run(
                "UPDATE alert_silences SET until = ?2 WHERE rule = ?1 AND until > ?2", rule,
                max(end, .now).text)
            guard end > .now else { return }
            try checkpoint.database.run(
                """
                INSERT INTO alert_silences(rule, made_at, until, note)
                VALUES (:rule, :now, :end, :note)
                """,
                [
                    ":rule": rule, ":now": checkpoint.now, ":end": end.text, ":note": note,
                ])
        }
    }
}
