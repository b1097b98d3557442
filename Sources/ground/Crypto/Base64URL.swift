// Base64URL: bytes as JSON Web Tokens spell them.

/// Base64 with `-` and `_` and without padding; RFC 4648, section 5.
public enum Base64URL {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The text that stands for the bytes.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var bits = 0
        var width = 0
        for byte in bytes {
            bits = bits << 8 | Int(byte)
            width += 8
            while width >= 6 {
                width -= 6
                text.append(alphabet[bits >> width & 63])
            }
            bits &= (1 << width) - 1
        }
        if width > 0 { text.append(alphabet[bits << (6 - width) & 63]) }
        return String(decoding: text, as: UTF8.self)
    }
}
