// KnownFile: what is remembered of a file, and how it is written down.

/// A file of a folder as an earlier run found it.
struct KnownFile: Equatable {
    /// Relative to the folder.
    var path: [UInt8]
    var bytes: Int
    /// The nanoseconds since 1970 at which it was written to last.
    var nanoseconds: Int
    var inode: UInt64
    /// The 32 bytes of the SHA-256.
    var sha256: [UInt8]
    /// True where the name does not tell the recording from another, so that its content is its
    /// identity.
    var isByContent = false

    /// The order in which a walk comes by: a directory's files stand where its name does.
    static func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        let count = min(a.count, b.count)
        for index in 0..<count where a[index] != b[index] {
            return rank(a[index]) < rank(b[index])
        }
        return a.count < b.count
    }

    /// The end of a name sorts before every byte of a name.
    private static func rank(_ byte: UInt8) -> UInt8 { byte == UInt8(ascii: "/") ? 0 : byte }
}

/// Files one after another, each path without what it shares with the one before.
///
/// A file is: the number of bytes shared, the number of bytes that follow and these bytes; size,
/// time, inode and flags as numbers of seven bits a byte; the hash; and four bytes of FNV-1a over
/// all of it with the whole path, so that damage is seen.
enum KnownFileCode {
    static let header = Array("callpipe known files 1\n".utf8)
    /// A longer entry was not written by this program.
    static let longest = 8192

    static func encode(_ file: KnownFile, after previous: [UInt8], to bytes: inout [UInt8]) {
        let shared = zip(file.path, previous).prefix { $0 == $1 }.count
        let start = bytes.count
        put(UInt64(shared), &bytes)
        put(UInt64(file.path.count - shared), &bytes)
        bytes += file.path[shared...]
        put(UInt64(file.bytes), &bytes)
        put(UInt64(bitPattern: Int64(file.nanoseconds)), &bytes)
        put(file.inode, &bytes)
        put(file.isByContent ? 1 : 0, &bytes)
        bytes += file.sha256
        let sum = check(bytes[start...], file.path[..<shared])
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: sum >> shift))
        }
    }

    /// The file that begins at a place; `nil` for what is cut off or damaged.
    static func decode(
        _ bytes: [UInt8], at start: Int, after previous: [UInt8]
    ) -> (file: KnownFile, end: Int)? {
        var place = start
        guard let shared = number(bytes, &place), shared <= previous.count,
            let length = number(bytes, &place), length <= longest,
            place + Int(length) <= bytes.count
        else { return nil }
        let path = previous[..<Int(shared)] + bytes[place..<(place + Int(length))]
        place += Int(length)
        guard let size = number(bytes, &place), let time = number(bytes, &place),
            let inode = number(bytes, &place), let flags = number(bytes, &place),
            place + 36 <= bytes.count
        else { return nil }
        let hash = Array(bytes[place..<(place + 32)])
        place += 32
        let sum = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << (UInt32($1) * 8) }
        guard sum == check(bytes[start..<place], previous[..<Int(shared)]), size <= Int.max else {
            return nil
        }
        let file = KnownFile(
            path: Array(path), bytes: Int(size), nanoseconds: Int(Int64(bitPattern: time)),
            inode: inode, sha256: hash, isByContent: flags & 1 == 1)
        return (file, place + 4)
    }

    private static func check(_ code: ArraySlice<UInt8>, _ shared: ArraySlice<UInt8>) -> UInt32 {
        var sum: UInt32 = 0x811c_9dc5
        for byte in shared { sum = (sum ^ UInt32(byte)) &* 0x0100_0193 }
        for byte in code { sum = (sum ^ UInt32(byte)) &* 0x0100_0193 }
        return sum
    }

    private static func put(_ number: UInt64, _ bytes: inout [UInt8]) {
        var rest = number
        while rest > 127 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func number(_ bytes: [UInt8], _ place: inout Int) -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard place < bytes.count else { return nil }
            let byte = bytes[place]
            place += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        return nil
    }
}
