// FilePart: a part of an open file, as the Range header asks for it.
public import System

/// A part of a file, which is open as long as this lives.
public final class FilePart: Sendable {
    private let file: OwnedDescriptor
    /// The first byte.
    public let start: Int
    /// The number of bytes.
    public let count: Int

    /// Takes over an open file.
    public init(_ file: consuming OwnedDescriptor, start: Int, count: Int) {
        self.file = file
        self.start = start
        self.count = count
    }

    /// Writes the part, piece by piece; a file that became shorter ends it early.
    func write(to descriptor: Int32) throws(SystemError) {
        var done = 0
        while done < count {
            let bytes = try Descriptor.bytes(
                of: file.number, at: start + done, count: min(256 << 10, count - done))
            if bytes.isEmpty { return }
            try Descriptor.writeAll(descriptor, bytes)
            done += bytes.count
        }
    }
}

/// The answer to a Range header (RFC 9110, section 14).
public enum ByteRange: Sendable, Equatable {
    /// The whole file: nothing was asked, or what is not understood, or several ranges.
    case whole
    /// Some bytes.
    case part(start: Int, count: Int)
    /// Bytes that the file does not have.
    case beyond

    /// Reads the header.
    ///
    /// - Parameters:
    ///   - header: The value of `Range`.
    ///   - size: The size of the file in bytes.
    public init(_ header: String?, of size: Int) {
        guard let header, header.hasPrefix("bytes=") else {
            self = .whole
            return
        }
        let bounds = header.dropFirst(6).split(
            separator: "-", omittingEmptySubsequences: false)
        let isNumeric = bounds.allSatisfy { $0.utf8.allSatisfy(ASCII.isDigit) }
        guard bounds.count == 2, isNumeric, !(bounds[0].isEmpty && bounds[1].isEmpty) else {
            self = .whole
            return
        }
        // A number that is too large for an integer lies beyond every file.
        let first = bounds[0].isEmpty ? nil : Int(bounds[0]) ?? .max
        let last = bounds[1].isEmpty ? nil : Int(bounds[1]) ?? .max
        if let first {
            if let last, last < first {
                self = .whole
            } else if first >= size {
                self = .beyond
            } else {
                self = .part(start: first, count: min(last ?? .max, size - 1) - first + 1)
            }
        } else {
            let count = min(last ?? 0, size)
            self = count == 0 ? .beyond : .part(start: size - count, count: count)
        }
    }
}
