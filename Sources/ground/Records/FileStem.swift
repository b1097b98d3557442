// FileStem: an id from outside as a file's name that cannot leave its directory.
internal import System

/// Names for files, made from ids so that no two ids share a name.
enum FileStem {
    /// Letters, digits, `_`, `-` and inner points stay, and the first colon, after the source,
    /// becomes `-`; every other byte becomes `~` and its two hexadecimal digits.
    ///
    /// So a name can be read back to its id, which keeps different ids apart. Only what would be
    /// longer than a file's name may be is cut, and ends with a hash of the whole id.
    static func of(_ id: String) -> String {
        var stem: [UInt8] = []
        var colonSeen = false
        for byte in id.utf8 {
            if stem.count > longest { break }
            switch byte {
            case _ where ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == UInt8(ascii: "_"):
                stem.append(byte)
            case UInt8(ascii: ".") where !stem.isEmpty:
                stem.append(byte)
            // Before the colon it could be taken for the colon; in front, for an option.
            case UInt8(ascii: "-") where colonSeen:
                stem.append(byte)
            case UInt8(ascii: ":") where !colonSeen && !stem.isEmpty:
                colonSeen = true
                stem.append(UInt8(ascii: "-"))
            default:
                stem += "~".utf8 + hexadecimal(UInt64(byte), digits: 2)
            }
        }
        if stem.isEmpty || stem.count > longest {
            stem = stem.prefix(64) + "~~".utf8 + hexadecimal(fingerprint(id), digits: 16)
        }
        return String(decoding: stem, as: UTF8.self)
    }

    /// Leaves room for suffixes such as `.json.part` in the 255 bytes of a file's name.
    private static let longest = 160

    /// FNV-1a over the id, 64 bits.
    private static func fingerprint(_ id: String) -> UInt64 {
        id.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    private static func hexadecimal(_ number: UInt64, digits: Int) -> [UInt8] {
        let text = String(number, radix: 16)
        return Array((String(repeating: "0", count: digits - text.utf8.count) + text).utf8)
    }
}
