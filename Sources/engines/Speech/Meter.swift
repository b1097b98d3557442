// Meter: how much sound an engine was given, which is what services charge for.
internal import Synchronization

/// Adds up the seconds that are answered for, as they are answered.
///
/// It stands beside the answer: what fails at its fourth piece was charged for three.
public final class Meter: Sendable {
    private let sum = Mutex(0.0)

    init() {}

    /// The seconds of audio so far, over all channels and attempts.
    public var seconds: Double { sum.withLock { $0 } }

    /// Counts an answer, whether or not it can be used.
    ///
    /// - Parameter seconds: How much sound it is for.
    public func add(_ seconds: Double) { sum.withLock { $0 += seconds } }
}
