// Samples: bytes seen as samples of sound, without a copy.

/// Views of bytes.
public enum Samples {
    /// Gives bytes to the closure as samples of 16 bits in the machine's own form.
    ///
    /// - Parameters:
    ///   - bytes: Holds the samples.
    ///   - start: The index of the first byte, a multiple of 2.
    ///   - count: The number of samples, all of them in the array.
    ///   - body: Takes the samples.
    /// - Throws: The error of the closure.
    public static func view<Problem: Error>(
        _ bytes: [UInt8], from start: Int, count: Int,
        _ body: (Span<Int16>) throws(Problem) -> Void
    ) throws(Problem) {
        precondition(start.isMultiple(of: 2) && start >= 0 && count >= 0)
        precondition(start + count * 2 <= bytes.count)
        // The memory of an array is aligned for any number.
        try unsafe bytes.span.withUnsafeBytes { bytes throws(Problem) in
            let place = start..<(start + count * 2)
            try body(unsafe Span(_unsafeBytes: UnsafeRawBufferPointer(rebasing: bytes[place])))
        }
    }
}
