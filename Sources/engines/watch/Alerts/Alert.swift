// Alert: a rule whose condition holds, or held, as the checkpoint has it.
internal import Checkpoint
public import Records

/// One alert, from its first true evaluation to its end.
public struct Alert: Sendable {
    /// The state; a rule without an alert is inactive.
    public enum State: String, Sendable {
        case pending, firing, resolved
    }

    /// The number in the checkpoint, which names the alert for `--acknowledge`.
    public let number: Int64
    /// The id of the rule.
    public let rule: String
    /// The name for people.
    public let name: String
    /// How loud it is.
    public let level: Rule.Level
    /// How soon somebody has to look.
    public let priority: Rule.Priority
    /// The time in seconds within which somebody has to respond.
    public let respondWithin: Double
    /// The state.
    public let state: State
    /// The time of the first true evaluation.
    public let firstTrue: Timestamp
    /// The time of the last evaluation.
    let lastEvaluation: Timestamp
    /// The time since which it fires.
    public let firedAt: Timestamp?
    /// The time of its end.
    public let resolvedAt: Timestamp?
    /// The value that was found last.
    public let value: String?
    /// The text.
    public let message: String
    /// The command that mends it, or shows more.
    public let remedy: String
    /// The time when somebody took it over.
    public let acknowledgedAt: Timestamp?

    static let columns = """
        a.number, a.rule, a.name, a.level, a.priority, a.state, a.first_true, a.last_eval,
        a.fired_at, a.resolved_at, a.value, a.message, a.remedy, a.acknowledged_at, a.respond_within
        """

    /// Reads the columns of ``columns``.
    init(_ row: borrowing Statement) throws(Failure) {
        func time(_ column: Int32) throws(Failure) -> Timestamp? {
            try row.string(column).flatMap { Timestamp($0) }
        }
        number = try row.integer(0)
        rule = try row.text(1)
        name = try row.text(2)
        level = Rule.Level(rawValue: try row.text(3)) ?? .warning
        priority = Rule.Priority(rawValue: try row.text(4)) ?? .P2
        state = State(rawValue: try row.text(5)) ?? .firing
        firstTrue = try time(6) ?? Timestamp(milliseconds: 0)
        lastEvaluation = try time(7) ?? Timestamp(milliseconds: 0)
        firedAt = try time(8)
        resolvedAt = try time(9)
        value = try row.string(10)
        message = try row.text(11)
        remedy = try row.string(12) ?? ""
        acknowledgedAt = try time(13)
        respondWithin = try row.number(14) ?? priority.respondWithin
    }

    /// The time for which it has been firing, or was, in seconds.
    public func duration(until now: Timestamp) -> Double {
        max(0, (resolvedAt ?? now).seconds - (firedAt ?? firstTrue).seconds)
    }

    /// The members of a line of `call-alert --list`.
    public var json: JSON {
        .members([
            "alert": .int(Int(number)), "rule": .string(rule), "name": .string(name),
            "state": .string(state.rawValue), "level": .string(level.rawValue),
            "priority": .string(priority.rawValue), "respond_within": .double(respondWithin),
            "since": .string((firedAt ?? firstTrue).text),
            "resolved_at": .text(resolvedAt?.text), "value": .text(value),
            "message": .string(message), "remedy": remedy.isEmpty ? nil : .string(remedy),
            "acknowledged_at": .text(acknowledgedAt?.text),
        ])
    }

    /// A line for people.
    public var sentence: String {
        switch state {
        case .resolved:
            "resolved \(name), after \(RuleTime.text(duration(until: resolvedAt ?? .now)))"
        case .firing, .pending:
            "\(state.rawValue) \(level.rawValue) \(priority.rawValue) \(name): \(message)"
        }
    }

    /// The object that Alertmanager's `/api/v1/alerts` has for an active alert.
    public var alertmanagerJSON: JSON {
        .members([
            "status": .members(["state": .string(state == .firing ? "active" : state.rawValue)]),
            "labels": .members([
                "alertname": .string(rule), "severity": .string(level.rawValue),
                "priority": .string(priority.rawValue),
            ]),
            "annotations": .members([
                "summary": .string(message), "remedy": remedy.isEmpty ? nil : .string(remedy),
            ]),
            "startsAt": .string((firedAt ?? firstTrue).text),
        ])
    }
}

/// A message about an alert to one channel, which the checkpoint keeps until it is sent.
public struct AlertMessage: Sendable {
    /// The event that is told.
    public enum Event: String, Sendable {
        case firing, `repeat`, resolved
    }

    /// The number in the checkpoint: the same at each attempt.
    public let number: Int64
    /// The alert.
    public let alert: Alert
    /// The event.
    public let event: Event
    /// The channel, by its kind.
    public let channel: String
    /// The number of attempts, with this one.
    public let attempts: Int
    /// The time when it was written into the book: the same for all that one run made.
    public let madeAt: Timestamp
}
