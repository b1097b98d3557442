// WallTime: a time as a clock on the wall shows it, in a zone that is not said.
public import Records

/// A date and a time of day without a zone, as they stand in the names of files.
public struct WallTime: Sendable, Hashable {
    /// The milliseconds since 1970-01-01 00:00:00 on that clock.
    public let milliseconds: Int

    /// The time so many milliseconds after 1970-01-01 00:00:00 on that clock.
    public init(milliseconds: Int) {
        self.milliseconds = milliseconds
    }

    /// The time that the clock shows at a moment.
    ///
    /// - Parameters:
    ///   - moment: The moment.
    ///   - offset: The seconds by which the clock is ahead of UTC.
    public init(at moment: Timestamp, offset: Int) {
        milliseconds = moment.milliseconds + offset * 1000
    }

    /// The moment at which a clock shows this time that is ahead of UTC by so many seconds.
    public func moment(offset: Int) -> Timestamp {
        Timestamp(milliseconds: milliseconds - offset * 1000)
    }

    /// RFC 3339 with the offset, such as `2025-03-27T09:25:17+07:00`.
    ///
    /// A fraction stands there only where it is not zero; an offset is cut to minutes.
    public func text(offset: Int) -> String {
        Timestamp(milliseconds: milliseconds)
            .text(zone: Offset.text(offset), withMilliseconds: milliseconds % 1000 != 0)
    }
}

/// The distance of a clock from UTC.
public enum Offset {
    /// As RFC 3339 spells it, such as `+07:00`.
    public static func text(_ seconds: Int) -> String {
        let minutes = abs(seconds) / 60
        return (seconds < 0 ? "-" : "+") + twoDigits(minutes / 60) + ":" + twoDigits(minutes % 60)
    }

    /// The seconds of `+03:00`, `-0330` or `+03`; `nil` for anything else.
    static func seconds(_ text: String) -> Int? {
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        let digits = parts.joined()
        guard parts.count <= 2, parts[0].count == 2 || parts.count == 1,
            digits.count == 2 || digits.count == 4,
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let hours = Int(digits.prefix(2)), hours <= 14,
            let minutes = digits.count == 4 ? Int(digits.suffix(2)) : 0, minutes < 60
        else { return nil }
        return (sign == "-" ? -60 : 60) * (hours * 60 + minutes)
    }

    private static func twoDigits(_ number: Int) -> String {
        (number < 10 ? "0" : "") + String(number)
    }
}
