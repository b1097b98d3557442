// RetrySchedule: the time of a record's next attempt, and the end of the attempts.
import Records

/// The waits between a failure and the next attempt, as `callpipe-state(5)` lists them.
package enum RetrySchedule {
    /// Seconds after the first, the second and the third failure; the fourth is the last.
    static let waits = [300.0, 3600.0, 86_400.0]

    /// The longest wait, whatever a service asks for: a week, in seconds.
    package static let longest = 604_800.0

    /// The time of the next attempt; `nil` for no more.
    ///
    /// - Parameters:
    ///   - attempts: The number of attempts, including the one that failed now.
    ///   - isAttempt: False for a rate limit of the service, which consumes no attempt.
    ///   - time: The time of the failure.
    ///   - asked: The wait in seconds that the service asked for; the longer one counts.
    /// - Returns: A time not more than ``longest`` away.
    static func next(
        after attempts: Int64, isAttempt: Bool, at time: String, asked: Double?
    ) -> String? {
        guard !isAttempt || attempts <= waits.count else { return nil }
        let step = min(max(Int(attempts) - 1, 0), waits.count - 1)
        let wait = min(max(waits[isAttempt ? step : 0], asked ?? 0), longest)
        return Timestamp(time)?.adding(seconds: wait).text
    }

    /// True while the time of the next attempt is still to come.
    ///
    /// A time further away than ``longest`` was written before the clock was set back, and counts
    /// as past.
    package static func isAhead(_ time: String, of now: String) -> Bool {
        guard time > now else { return false }
        guard let due = Timestamp(time), let moment = Timestamp(now) else { return false }
        return due <= moment.adding(seconds: longest)
    }
}
