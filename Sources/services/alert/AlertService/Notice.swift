// Notice: what a channel is to tell, in the words of no service.
public import Records

/// A message of one run to one channel: a group of alerts.
public struct Notice: Sendable {
    /// An alert in a notice.
    public struct Item: Sendable {
        /// The event.
        public enum Event: String, Sendable {
            case firing, `repeat`, resolved, test
        }

        /// The key of the alert: the same in all messages about it, and no other alert's.
        public let key: String
        /// The id of the rule.
        public let rule: String
        /// The name for people.
        public let name: String
        /// The event.
        public let event: Event
        /// `info`, `warning` or `critical`.
        public let level: String
        /// `P0` to `P3`.
        public let priority: String
        /// The time within which somebody has to respond, as text.
        public let respondWithin: String
        /// The time since which it fires.
        public let since: Timestamp
        /// The time of its end.
        public let until: Timestamp?
        /// The time for which it has been firing, or was, as text.
        public let duration: String
        /// The text.
        public let message: String
        /// The command that mends it, or shows more.
        public let remedy: String

        /// An alert as it is told.
        public init(
            key: String, rule: String, name: String, event: Event, level: String, priority: String,
            respondWithin: String, since: Timestamp, until: Timestamp?, duration: String,
            message: String, remedy: String
        ) {
            self.key = key
            self.rule = rule
            self.name = name
            self.event = event
            self.level = level
            self.priority = priority
            self.respondWithin = respondWithin
            self.since = since
            self.until = until
            self.duration = duration
            self.message = message
            self.remedy = remedy
        }
    }

    /// The id of the message: the same at each attempt; letters, digits, `-` and `_`.
    public let id: String
    /// The title, one line.
    public let subject: String
    /// The text, lines.
    public let text: String
    /// The alerts.
    public let items: [Item]
    /// The host that tells it.
    public let host: String
    /// The address of the dashboard, if there is one.
    public let link: String?
    /// The environment, such as `production`, if it has a name.
    public let environment: String?
    /// The time until which an alert stays without a further message, for services that end alerts.
    public let staysUntil: Timestamp

    /// A message.
    public init(
        id: String, subject: String, text: String, items: [Item], host: String, link: String?,
        environment: String?, staysUntil: Timestamp
    ) {
        self.id = id
        self.subject = subject
        self.text = text
        self.items = items
        self.host = host
        self.link = link
        self.environment = environment
        self.staysUntil = staysUntil
    }

    /// The loudest level among the alerts that are not over.
    public var level: String {
        let levels = items.filter { $0.event != .resolved }.map(\.level)
        return ["critical", "warning", "info"].first(where: levels.contains) ?? "info"
    }
}

/// A place that alerts are told to.
public protocol Channel: Sendable {
    /// Its kind, such as `slack`.
    var name: String { get }

    /// True for a service that takes several alerts in one message.
    var takesGroups: Bool { get }

    /// Tells a notice.
    ///
    /// - Returns: The words of the service, without secrets.
    /// - Throws: `Failure`: of scope `temporary` when a later attempt may help, with the wait that the
    ///   service asks for; of scope `item` when it never will.
    func tell(_ notice: Notice) async throws(Failure) -> String
}

extension Channel {
    /// True, but for services that say otherwise.
    public var takesGroups: Bool { true }
}
