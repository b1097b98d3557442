// TimeSpan: a length of time as people write it: 60s, 5m, 2h, 7d.

/// Reads lengths of time.
public enum TimeSpan {
    private static let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]

    /// The seconds of `60s`, `5m`, `2h` or `7d`; a number alone is seconds, `nil` is no span.
    public static func seconds(_ text: String) -> Double? {
        let unit = text.last.flatMap { units[$0] }
        let number = unit == nil ? text[...] : text.dropLast()
        guard let value = Double(number), value >= 0, value <= 1e9 else { return nil }
        return value * (unit ?? 1)
    }
}
