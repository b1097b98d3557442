// SeenIDs: the ids of a run, to see when two files claim one.

/// The ids that a run has given out.
struct SeenIDs {
    /// The relation of a file to the id that it claims.
    enum Claim: Equatable {
        /// The id is new.
        case first
        /// The same content.
        case copy
        /// Other content under the same name with another ending, such as WAV and MP3.
        case otherForm
        /// Another recording.
        case collision
    }

    /// Memory has an end: sixteen bytes for each id, and as much room again.
    static let most = 1_000_000

    /// Of each id 24 bits of a hash of the content, 32 of the name and 8 of its ending.
    private var claims: [UInt64: UInt64] = [:]
    /// True when there were more ids than are kept.
    private(set) var isFull = false

    /// Finds who else has the id.
    ///
    /// - Parameters:
    ///   - id: The id in its source.
    ///   - sha256: The hash of the content.
    ///   - name: The name of the file.
    /// - Returns: The earlier use of the id.
    mutating func claim(_ id: String, sha256: [UInt8], name: FileName) -> Claim {
        let key = SeenIDs.hash(id.utf8)
        let content = SeenIDs.hash(sha256) & 0xFF_FFFF
        let stem = SeenIDs.hash(name.stem) & 0xFFFF_FFFF
        let ending = SeenIDs.hash(name.ending.utf8) & 0xFF
        guard let claim = claims[key] else {
            if claims.count < SeenIDs.most {
                claims[key] = content << 40 | stem << 8 | ending
            } else {
                isFull = true
            }
            return .first
        }
        if claim >> 40 == content { return .copy }
        return claim >> 8 & 0xFFFF_FFFF == stem && claim & 0xFF != ending ? .otherForm : .collision
    }

    /// FNV-1a, 64 bits.
    private static func hash(_ text: some Sequence<UInt8>) -> UInt64 {
        text.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
