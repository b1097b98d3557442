// Figure: a measured number with its unit and its limits.
import Records

/// A measured number, and the limits from which on it is worth a look.
public struct Figure: Sendable, Equatable {
    /// The number.
    public let value: Double
    /// Its unit, such as `%`, `s`, `h` or `days`; empty for a count.
    public let unit: String
    /// The limit beyond which it is a warning.
    public let limit: Double?
    /// The limit beyond which it is a fault.
    public let critical: Double?
    /// True when less is worse, as with the days that a certificate still holds.
    public let isFloor: Bool

    /// A number with its limits.
    public init(
        _ value: Double, _ unit: String = "", limit: Double? = nil, critical: Double? = nil,
        isFloor: Bool = false
    ) {
        self.value = value
        self.unit = unit
        self.limit = limit
        self.critical = critical
        self.isFloor = isFloor
    }

    /// The verdict of the limits.
    public var verdict: CheckResult.Verdict {
        if isBeyond(critical) { return .fail }
        return isBeyond(limit) ? .warn : .pass
    }

    /// The number with one decimal at most and its unit, such as `84.1 %`.
    public var text: String { Figure.short(value) + (unit.isEmpty ? "" : " \(unit)") }

    private func isBeyond(_ limit: Double?) -> Bool {
        guard let limit else { return false }
        return isFloor ? value < limit : value > limit
    }

    /// The members `observed`, `unit`, `limit`, `critical`, and `floor` where less is worse.
    var members: [JSON.Member] {
        let numbers: [JSON.Member?] = [
            .init("observed", .double(Figure.rounded(value))),
            unit.isEmpty ? nil : .init("unit", .string(unit)),
            limit.map { .init("limit", .double($0)) },
            critical.map { .init("critical", .double($0)) },
            isFloor ? .init("floor", .bool(true)) : nil,
        ]
        return numbers.compactMap { $0 }
    }

    /// A number with one decimal at most.
    public static func short(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        let tenths = (value * 10).rounded()
        return tenths.truncatingRemainder(dividingBy: 10) == 0
            ? String(Int(tenths / 10)) : "\(tenths / 10)"
    }

    /// The number to a thousandth: later digits are noise.
    public static func rounded(_ value: Double) -> Double {
        value.isFinite && abs(value) < 1e12 ? (value * 1000).rounded() / 1000 : value
    }
}
