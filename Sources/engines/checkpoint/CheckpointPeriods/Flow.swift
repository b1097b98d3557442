// Flow: how many come or are done in an hour, on average and at most.

/// Numbers by the hour.
public struct Flow: Sendable, Equatable {
    /// All of them.
    public private(set) var count = 0
    /// The most of one hour of the clock.
    public private(set) var peak = 0
    /// That hour, as `2024-01-15T14`; `nil` without any.
    public private(set) var peakHour: String?
    /// The hours of the clock in which there was one at least.
    public private(set) var busyHours = 0

    /// No number yet.
    public init() {}

    /// Adds the number of an hour; each hour comes once.
    public mutating func add(_ number: Int, in hour: String) {
        guard number > 0 else { return }
        count += number
        busyHours += 1
        if number > peak { (peak, peakHour) = (number, hour) }
    }

    /// The mean of an hour that had one at least; 0 without any.
    public var perBusyHour: Double { busyHours == 0 ? 0 : Double(count) / Double(busyHours) }
}
