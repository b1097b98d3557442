// RetryAfter: the wait that a service asks for.
internal import Records
internal import System

/// The header of RFC 9110, section 10.2.3: seconds, or a date.
enum RetryAfter {
    /// The seconds to wait; `nil` without a header that can be read.
    static func seconds(in headers: [Header]) -> Double? {
        guard let text = headers.value(of: "Retry-After") else { return nil }
        if let seconds = Double(text) { return seconds.isFinite ? bounded(seconds) : nil }
        guard let date = date(text) else { return nil }
        // The date is one of the service's own clock, which `Date` tells.
        let now =
            headers.value(of: "Date").flatMap { self.date($0) }
            ?? Double(SystemClock.milliseconds / 1000)
        return bounded(date - now)
    }

    /// The longest wait in seconds: a year, so that the arithmetic cannot overflow.
    private static func bounded(_ seconds: Double) -> Double {
        min(max(0, seconds), 366 * 86_400)
    }

    /// Reads a date such as `Sun, 06 Nov 1994 08:49:37 GMT`, in seconds since the epoch.
    static func date(_ text: String) -> Double? {
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let words = text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == ":" })
        guard words.count == 8, words[7] == "GMT",
            let month = months.firstIndex(of: String(words[2])),
            let year = Int(words[3]), (1...9999).contains(year), let number = Int(words[1]),
            let day = Day(year, month + 1, number),
            let hour = Int(words[4]), (0..<24).contains(hour),
            let minute = Int(words[5]), (0..<60).contains(minute),
            let second = Int(words[6]), (0...60).contains(second)
        else { return nil }
        return Double(day.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second)
    }
}
