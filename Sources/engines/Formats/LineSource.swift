// LineSource: the lines of an input, or all of its bytes, in bounded memory.
internal import Records
internal import System

/// Reads a descriptor that stays the caller's.
struct LineSource {
    /// The longest line in bytes, without its end.
    private static let longestLine = 16 << 20
    /// The largest document that is read as a whole, in bytes.
    static let largest = 256 << 20
    private static let chunk = 256 << 10

    /// The bytes at the beginning of the input, without being taken.
    var head: ArraySlice<UInt8> { bytes[position...] }

    private let descriptor: Int32
    private var bytes: [UInt8] = []
    private var position = 0
    private var hasEnded = false
    private var room = [UInt8](repeating: 0, count: LineSource.chunk)

    init(_ descriptor: Int32) throws(Failure) {
        self.descriptor = descriptor
        while bytes.count < LineSource.chunk, !hasEnded { try fill() }
    }

    private mutating func fill() throws(Failure) {
        do {
            let count = try Descriptor.read(descriptor, into: &room)
            hasEnded = count == 0
            bytes += room[..<count]
        } catch {
            throw Failure(.stop, .storage, "read the input: \(error.reason)")
        }
    }

    /// The next line without its end, `LF` or `CR LF`; `nil` at the end.
    mutating func next() throws(Failure) -> [UInt8]? {
        var searched = position
        while true {
            if let end = bytes[searched...].firstIndex(of: 0x0A) {
                defer { position = end + 1 }
                return line(until: end)
            }
            searched = bytes.count
            if hasEnded {
                defer { position = bytes.count }
                return position < bytes.count ? line(until: bytes.count) : nil
            }
            guard bytes.count - position <= LineSource.longestLine else {
                throw Failure(.item, .input, "a line is longer than 16 MiB")
            }
            searched -= position
            bytes.removeFirst(position)
            position = 0
            try fill()
        }
    }

    private func line(until end: Int) -> [UInt8] {
        let stop = end > position && bytes[end - 1] == 0x0D ? end - 1 : end
        return Array(bytes[position..<stop])
    }

    /// All bytes of the input.
    mutating func all() throws(Failure) -> [UInt8] {
        while !hasEnded {
            try fill()
            guard bytes.count <= LineSource.largest else {
                throw Failure(
                    .item, .input, "the document is larger than 256 MiB",
                    remedy: "cut it up, or convert it where it was made")
            }
        }
        return bytes
    }
}
