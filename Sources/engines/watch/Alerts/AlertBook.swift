// AlertBook: the states of alerts in the checkpoint, and the messages that they call for.
public import Checkpoint
public import Records

/// Writes evaluations down, and what is to be told of them.
///
/// A message is in the book before it is sent. Two processes at once make one alert and one message,
/// because each works with the lock of the file held.
public final class AlertBook {
    let checkpoint: Checkpoint
    private let interval: Double
    /// The channels that end an alert by themselves unless each run tells it again.
    private let refreshed: Set<String>

    /// Opens the book.
    ///
    /// - Parameters:
    ///   - checkpoint: The file, open for writing.
    ///   - interval: The usual time between two runs, in seconds. After a pause of more than two of
    ///     them nobody knows that a condition held all the time, so `for` begins anew.
    ///   - refreshed: The channels that each run tells again of every alert that fires.
    public init(_ checkpoint: Checkpoint, interval: Double, refreshing refreshed: Set<String> = [])
    {
        self.checkpoint = checkpoint
        self.interval = interval
        self.refreshed = refreshed
    }

    /// Writes evaluations down, and makes the messages that are due.
    ///
    /// - Parameters:
    ///   - evaluations: The answers to the rules.
    ///   - channels: The channels that can be told, by their kind.
    ///   - repeat: The time between repeats in seconds, in place of that of the rules.
    /// - Returns: The alerts that began to fire or ended.
    /// - Throws: `Failure` of scope `stop`.
    public func note(
        _ evaluations: [Evaluation], telling channels: [String], every repeat: Double? = nil
    ) throws -> [Alert] {
        try checkpoint.transaction {
            try checkpoint.begin()
            var changed: [Alert] = []
            for evaluation in evaluations {
                changed += try note(evaluation, channels, `repeat`)
            }
            return changed
        }
    }

    /// The evaluations that end open alerts which no rule of this run speaks of.
    ///
    /// - Parameter isKept: Tells of the id of a rule that its alert is to stay.
    /// - Returns: An evaluation for each of the others.
    /// - Throws: `Failure` of scope `stop`.
    public func forgotten(_ isKept: (String) -> Bool) throws(Failure) -> [Evaluation] {
        // Another run may have more rules, so its alerts get a day.
        let old = Timestamp.now.adding(seconds: -86_400)
        return try list([.pending, .firing]).filter {
            $0.lastEvaluation < old && !isKept($0.rule)
        }.map { alert in
            Evaluation(
                RuleSet.own(
                    alert.rule, alert.name, alert.message, remedy: "", level: alert.level),
                .holdsNot)
        }
    }

    /// The seconds by which one run may come sooner after another than cron's time says.
    var slack: Double { interval / 10 }

    private var now: Timestamp { Timestamp(checkpoint.now) ?? .now }

    private func note(
        _ evaluation: Evaluation, _ channels: [String], _ every: Double?
    ) throws(Failure) -> [Alert] {
        let rule = evaluation.rule
        let open = try alerts("a.rule = ?1 AND a.state <> 'resolved'", rule.id).first
        switch (evaluation.outcome, open) {
        // An alert stays as it is when nobody knows; that it is not known is an alert of its own.
        case (.unknown, _), (.holdsNot, nil): return []
        case (.holdsNot, let alert?):
            // Only an evaluation under which the condition held has changed the time.
            if alert.state == .firing, !isOver(rule.keeps, since: alert.lastEvaluation) {
                return []
            }
            return try end(alert)
        case (.holds, nil): try begin(evaluation, since: checkpoint.now)
        case (.holds, let alert?)
        where alert.state == .firing
            && (alert.level, alert.priority) != (rule.level, rule.priority):
            // It is as urgent as another alert, so it is another one: people and services that wait for
            // the repeat, or took the old one over, have to hear of it.
            let ended = try end(alert)
            try begin(evaluation, since: alert.firstTrue.text)
            return try ended
                + fire(try openAlert(of: rule.id), rule, channels, every, heedsCooldown: false)
        case (.holds, let alert?):
            let pause = now.seconds - alert.lastEvaluation.seconds
            // A clock that was set back tells nothing about the time that passed.
            let isUnbroken = pause >= 0 && pause <= 2 * interval
            try checkpoint.database.run(
                """
                UPDATE alerts SET last_eval = :now, value = :value, message = :message,
                  remedy = :remedy, level = :level, priority = :priority,
                  respond_within = :within, name = :name,
                  first_true = iif(state = 'pending' AND NOT :unbroken, :now, first_true)
                WHERE number = :number
                """,
                [
                    ":now": checkpoint.now, ":value": evaluation.value?.text,
                    ":message": evaluation.message, ":remedy": evaluation.remedy,
                    ":level": rule.level.rawValue, ":priority": rule.priority.rawValue,
                    ":within": rule.respondWithin, ":name": rule.name, ":unbroken": isUnbroken,
                    ":number": alert.number,
                ])
        }
        return try fire(try openAlert(of: rule.id), rule, channels, every)
    }

    /// The open alert of a rule.
    private func openAlert(of rule: String) throws(Failure) -> Alert {
        guard let alert = try alerts("a.rule = ?1 AND a.state <> 'resolved'", rule).first else {
            throw Failure(.stop, .internal, "note an alert: it is gone")
        }
        return alert
    }

    /// Begins an alert, which is pending first.
    private func begin(_ evaluation: Evaluation, since time: String) throws(Failure) {
        let rule = evaluation.rule
        try checkpoint.database.run(
            """
            INSERT INTO alerts(rule, name, level, priority, respond_within, state, first_true,
              last_eval, value, message, remedy)
            VALUES (:rule, :name, :level, :priority, :within, 'pending', :since, :now, :value,
              :message, :remedy)
            """,
            [
                ":rule": rule.id, ":name": rule.name, ":level": rule.level.rawValue,
                ":priority": rule.priority.rawValue, ":within": rule.respondWithin,
                ":since": time, ":now": checkpoint.now, ":value": evaluation.value?.text,
                ":message": evaluation.message, ":remedy": evaluation.remedy,
            ])
    }

    /// Lets an alert fire when its time has come, and makes its messages.
    private func fire(
        _ alert: Alert, _ rule: Rule, _ channels: [String], _ every: Double?,
        heedsCooldown: Bool = true
    ) throws(Failure) -> [Alert] {
        var begins = false
        if alert.state == .pending {
            let held = now.seconds - alert.firstTrue.seconds
            guard held >= rule.holds - slack else { return [] }
            begins = true
            try checkpoint.database.run(
                "UPDATE alerts SET state = 'firing', fired_at = ?2 WHERE number = ?1",
                alert.number, checkpoint.now)
        }
        if try !isSilenced(rule.id) {
            for channel in rule.told(of: channels) {
                try tell(alert, rule, channel, every, heedsCooldown)
            }
        }
        return begins ? try alerts("a.number = ?1", alert.number) : []
    }

    /// Makes the message of a firing alert, or of its repeat, when one is due.
    private func tell(
        _ alert: Alert, _ rule: Rule, _ channel: String, _ every: Double?, _ heedsCooldown: Bool
    ) throws(Failure) {
        // All alerts of the rule count: one that comes and goes is told once in a while.
        let last = try lastMessage(of: rule.id, channel)
        if let last, last.alert == alert.number {
            guard last.status != "open" else { return }
            if refreshed.contains(channel) { return try refresh(last.number) }
            guard alert.acknowledgedAt == nil,
                isOver(every ?? rule.repeat, since: last.madeAt)
            else { return }
            try add(alert.number, .repeat, channel)
        } else {
            let isPaused = last.map { !isOver(rule.cooldown, since: $0.madeAt) } ?? false
            if heedsCooldown && isPaused { return }
            try add(alert.number, .firing, channel)
        }
    }

    /// True when so many seconds have passed, also when the clock was set back since.
    ///
    /// A time that is a moment ahead is that of a run which came at the same time.
    private func isOver(_ seconds: Double, since time: Timestamp) -> Bool {
        let passed = now.seconds - time.seconds
        return passed >= seconds - slack || passed < -slack
    }

    private func end(_ alert: Alert) throws(Failure) -> [Alert] {
        if alert.state == .pending {
            try checkpoint.database.run("DELETE FROM alerts WHERE number = ?1", alert.number)
            return []
        }
        try checkpoint.database.run(
            """
            UPDATE alerts SET state = 'resolved', resolved_at = ?2, last_eval = ?2 WHERE number = ?1
            """, alert.number, checkpoint.now)
        // A channel that has not heard of it does not hear of its end. One that may have heard, since
        // its reply was lost, does.
        try checkpoint.database.run(
            """
            INSERT INTO alert_messages(alert, event, channel, made_at)
            SELECT DISTINCT alert, 'resolved', channel, ?2 FROM alert_messages
            WHERE alert = ?1 AND event <> 'resolved'
              AND (status = 'sent' OR (status = 'open' AND claimed_until IS NOT NULL))
            """, alert.number, checkpoint.now)
        try checkpoint.database.run(
            """
            UPDATE alert_messages SET status = 'dropped', ended_at = ?2
            WHERE alert = ?1 AND event <> 'resolved' AND status = 'open'
            """, alert.number, checkpoint.now)
        return try alerts("a.number = ?1", alert.number)
    }

    private func add(
        _ alert: Int64, _ event: AlertMessage.Event, _ channel: String
    ) throws(Failure) {
        try checkpoint.database.run(
            """
            INSERT INTO alert_messages(alert, event, channel, made_at)
            VALUES (:alert, :event, :channel, :now)
            """,
            [
                ":alert": alert, ":event": event.rawValue, ":channel": channel,
                ":now": checkpoint.now,
            ])
    }

    /// Sends the last message again, in its own row: there is one each few minutes.
    private func refresh(_ message: Int64) throws(Failure) {
        try checkpoint.database.run(
            """
            UPDATE alert_messages SET status = 'open', event = 'repeat', made_at = ?2, attempts = 0,
              ended_at = NULL, claimed_until = NULL, not_before = NULL WHERE number = ?1
            """, message, checkpoint.now)
    }

    private struct LastMessage {
        let number: Int64
        let alert: Int64
        let madeAt: Timestamp
        let status: String
    }

    private func lastMessage(
        of rule: String, _ channel: String
    ) throws(Failure) -> LastMessage? {
        let question = try Statement(
            checkpoint.database,
            """
            SELECT m.number, m.alert, m.made_at, m.status FROM alert_messages AS m
            JOIN alerts AS a ON a.number = m.alert
            WHERE a.rule = ?1 AND m.channel = ?2 AND m.event <> 'resolved' AND m.status <> 'dropped'
            ORDER BY m.number DESC LIMIT 1
            """)
        try question.bind(rule, channel)
        return try question.first { row throws(Failure) in
            LastMessage(
                number: try row.integer(0), alert: try row.integer(1),
                madeAt: Timestamp(try row.text(2)) ?? Timestamp(milliseconds: 0),
                status: try row.text(3))
        }
    }

    private func isSilenced(_ rule: String) throws(Failure) -> Bool {
        let question = try Statement(
            checkpoint.database, "SELECT 1 FROM alert_silences WHERE rule = ?1 AND until > ?2")
        try question.bind(rule, checkpoint.now)
        return try question.first { _ throws(Failure) in true } ?? false
    }

    func alerts(
        _ condition: String, _ value: some SQLValue = Unbound(), from table: String = "alerts AS a"
    ) throws(Failure) -> [Alert] {
        let question = try Statement(
            checkpoint.database,
            "SELECT \(Alert.columns) FROM \(table) WHERE \(condition) ORDER BY a.number")
        if !(value is Unbound) { try question.bind(value) }
        return try question.all { row throws(Failure) in try Alert(row) }
    }
}
