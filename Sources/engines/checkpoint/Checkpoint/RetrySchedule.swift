// RetrySchedule: when a record is tried again, and when no more.
import Records

/// The waits between one failure and the next try, as `callpipe-state(5)` says them.
package enum RetrySchedule {
    /// In seconds: after the first failure, the second, the third; after the next it has failed.
    static let waits = [300.0, 3600.0, 86_400.0]

    /// How many failed tries may be followed by another.
    static var tries: Int { waits.count }

    /// When to try again, `nil` for never.
    ///
    /// - Parameters:
    ///   - attempts: How often it was tried, the one that failed now among them.
    ///   - isAttempt: Whether that one counts: waiting for a limit of the service does not.
    ///   - time: When it failed.
    ///   - asked: The wait in seconds that the service asked for; the longer one counts.
    /// - Returns: A time not more than ``longest`` away.
    static func next(
        after attempts: Int64, isAttempt: Bool, at time: String, asked: Double?
    ) -> String? {
        guard !isAttempt || attempts <= tries else { return nil }
        let rung = min(max(Int(attempts) - 1, 0), tries - 1)
        let wait = min(max(waits[isAttempt ? rung : 0], asked ?? 0), longest)
        return Timestamp(time)?.adding(seconds: wait).text
    }

    /// Nobody waits longer, whatever a service asks for: a week, in seconds.
    static let longest = 604_800.0

    /// Whether a next try is still to wait for.
    ///
    /// A time that lies further ahead than any wait was written before the clock was set back.
    package static func isAhead(_ time: String, of now: String) -> Bool {
        guard time > now else { return false }
        guard let due = Timestamp(time), let moment = Timestamp(now) else { return false }
        return due <= moment.adding(seconds: longest)
    }
}
