// Incident: what happened in a period, line by line, each with the table that says so.
public import Checkpoint
import Records

/// The course of an incident, put together from runs, errors, alerts and the audit chain.
public struct Incident: Sendable {
    /// One line of the course.
    public struct Event: Sendable {
        /// The table that the line comes from.
        public enum Source: String, Sendable {
            case run, error, alert, audit, listing
        }

        /// The time of it, or of the first of several.
        public let time: String
        /// The time of the last of several; `nil` for one.
        public let last: String?
        /// The table.
        public let source: Source
        /// The stage, the job or the rule.
        public let subject: String
        /// A sentence without its full stop; no private value.
        public let text: String
        /// True for a sign of trouble, false for a sign of the end of it or of work.
        public let isTrouble: Bool
    }

    /// The numbers of recordings that the period touched.
    public struct Impact: Sendable {
        /// Recordings whose calls began in the period.
        public let calls: Int
        /// Those of them that are uploaded at the moment of the report.
        public let uploaded: Int
        /// Those of them that failed for good and still are failed, in any stage.
        public let failed: Int
        /// Recordings of any time that the service was to purge in the period, and that were not
        /// fetched.
        public let purged: Int
        /// Runs that were killed.
        public let lostRuns: Int
    }

    /// The course, in the order of time.
    public let events: [Event]
    /// The extent of it.
    public let impact: Impact
    /// The kinds of errors, the most frequent first.
    public let kinds: [(stage: String, kind: String, count: Int)]

    /// Reads the course; inside a transaction.
    ///
    /// Errors of one hour, stage and kind are one line, and so are the audit lines of one hour and
    /// action. Runs that ended well stand there only after one of the same name that did not.
    ///
    /// - Parameters:
    ///   - period: The span of time.
    ///   - checkpoint: The open file.
    /// - Throws: `Failure` of scope `stop`.
    public init(in period: Period, of checkpoint: Checkpoint) throws {
        let course = Course(period, checkpoint)
        events = try (course.errors() + course.runs() + course.alerts() + course.audit())
            .sorted { ($0.time, $0.source.rawValue) < ($1.time, $1.source.rawValue) }
        kinds = try course.kinds()
        impact = try course.impact(lostRuns: course.lostRuns())
    }

    /// The first sign of trouble in any table.
    public var firstSign: Event? { events.first { $0.isTrouble } }
    /// The first alert.
    public var firstAlert: Event? { events.first { $0.source == .alert && $0.isTrouble } }
    /// The last sign of trouble.
    public var lastSign: Event? { events.last { $0.isTrouble } }
}
