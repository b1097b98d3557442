// Distribution: percentiles of many numbers in little memory.

/// Times, counted in classes that grow with the time.
///
/// A class is 1/64 of a power of two wide, so a percentile is right to 1 percent, and the memory does
/// not grow with the number of times.
public struct Distribution: Sendable {
    /// The number of times.
    public private(set) var count = 0
    /// The longest time.
    public private(set) var most = 0.0
    private var sum = 0.0
    private var classes: [Int: Int] = [:]
    private static let parts = 64.0
    /// The shortest time that has a class of its own.
    private static let least = 0.001

    /// No times yet.
    public init() {}

    /// Adds a time of 0 or more.
    public mutating func add(_ time: Double) {
        count += 1
        sum += time
        most = max(most, time)
        let time = max(time, Distribution.least)
        let part = Int((time.significand - 1) * Distribution.parts)
        classes[Int(time.exponent) * Int(Distribution.parts) + part, default: 0] += 1
    }

    /// The mean; `nil` without times.
    public var mean: Double? { count == 0 ? nil : sum / Double(count) }

    /// The time that a share of the times does not exceed.
    ///
    /// - Parameter share: From 0 to 1, such as 0.95.
    /// - Returns: `nil` without times.
    public func percentile(_ share: Double) -> Double? {
        let wanted = max(1, Int((share * Double(count)).rounded(.up)))
        var seen = 0
        for (number, members) in classes.sorted(by: { $0.key < $1.key }) {
            seen += members
            if seen >= wanted { return min(Distribution.middle(number), most) }
        }
        return nil
    }

    /// The middle of a class.
    private static func middle(_ number: Int) -> Double {
        let width = Int(parts)
        let part = ((number % width) + width) % width
        let exponent = (number - part) / width
        let significand = 1 + (Double(part) + 0.5) / parts
        return Double(sign: .plus, exponent: exponent, significand: significand)
    }
}
