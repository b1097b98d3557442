// FileStem: an id from outside as a file's name that cannot leave its directory.

/// Names for files, made from ids.
enum FileStem {
    /// Letters, digits, `.`, `_` and `-` stay; the first colon, after the source, becomes `-`.
    static func of(_ id: String) -> String {
        var stem = ""
        var isExact = true
        var colonSeen = false
        for byte in id.utf8.prefix(96) {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                stem.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: ".") where !stem.isEmpty:
                stem.append(".")
            case UInt8(ascii: ":") where !colonSeen:
                colonSeen = true
                stem.append("-")
            default:
                isExact = false
                stem.append("_")
            }
        }
        guard isExact, id.utf8.count <= 96, colonSeen else { return stem + "-" + fingerprint(id) }
        return stem
    }

    /// FNV-1a over the id, 64 bits: it only has to keep apart ids that look alike once cleaned.
    private static func fingerprint(_ id: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in id.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
