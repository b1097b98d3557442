// Order: finished lines that wait for those before them.
internal import Synchronization

/// Holds finished records back until those before them are finished.
final class Order: Sendable {
    private struct Waiting {
        var next = 0
        var lines: [Int: [UInt8]] = [:]
        var bytes = 0
    }

    private let waiting = Mutex(Waiting())

    /// True when so much is held back that no new record should be started.
    ///
    /// Then the record that all wait for is in work, so waiting for any to finish ends some time.
    var isFull: Bool { waiting.withLock { $0.bytes > 4 << 20 } }

    /// Takes a finished line, and writes all whose turn has come while no other thread can.
    func take(_ number: Int, _ line: [UInt8], write: ([UInt8]) throws -> Void) throws {
        try waiting.withLock { waiting in
            waiting.lines[number] = line
            waiting.bytes += line.count
            while let line = waiting.lines.removeValue(forKey: waiting.next) {
                waiting.next += 1
                waiting.bytes -= line.count
                try write(line)
            }
        }
    }

    /// Writes what waits for a line that never comes.
    func giveUp(write: ([UInt8]) throws -> Void) throws {
        try waiting.withLock { waiting in
            for (_, line) in waiting.lines.sorted(by: { $0.key < $1.key }) { try write(line) }
            waiting = Waiting()
        }
    }
}
