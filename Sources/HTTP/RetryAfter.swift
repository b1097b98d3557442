// RetryAfter: how long a service wants to be left alone.
internal import Glibc
internal import Records

/// The header of RFC 9110, section 10.2.3: seconds, or a date.
enum RetryAfter {
    /// The seconds to wait; `nil` without a header that can be read.
    static func seconds(in headers: [Header]) -> Double? {
        guard let text = headers.value(of: "Retry-After") else { return nil }
        if let seconds = Double(text) { return seconds.isFinite ? max(0, seconds) : nil }
        guard let date = date(text) else { return nil }
        // The service's own clock, where it tells it, is the one that the date was read off.
        let now = headers.value(of: "Date").flatMap { self.date($0) } ?? Double(time(nil))
        return max(0, date - now)
    }

    /// Seconds after the epoch of `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func date(_ text: String) -> Double? {
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let words = text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == ":" })
        guard words.count == 8, words[7] == "GMT",
            let month = months.firstIndex(of: String(words[2])), let year = Int(words[3]),
            let number = Int(words[1]),
            let day = Day(year, month + 1, number), let hour = Int(words[4]),
            let minute = Int(words[5]), let second = Int(words[6])
        else { return nil }
        return Double(day.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second)
    }
}
