// Pipe: two ends, and a thread that feeds one of them.
import Foundation
import Glibc

/// A pipe whose ends are closed with it.
final class Pipe: Sendable {
    let output: Int32
    let input: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        unsafe pipe(&ends)
        (output, input) = (ends[0], ends[1])
    }

    deinit {
        close(output)
    }

    /// Writes the pieces from a thread of their own, then closes that end.
    func feed(_ pieces: [[UInt8]]) {
        Thread.detachNewThread { [input] in
            for piece in pieces {
                var rest = piece[...]
                while !rest.isEmpty {
                    let count = unsafe rest.withUnsafeBytes { bytes in
                        unsafe write(input, bytes.baseAddress, bytes.count)
                    }
                    if count <= 0 { break }
                    rest = rest.dropFirst(count)
                }
            }
            close(input)
        }
    }
}
