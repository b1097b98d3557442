// PercentEncoding: text in the form that a query or a form takes.
internal import System

/// The encoding of RFC 3986, section 2.1.
public enum PercentEncoding {
    /// The text with all bytes encoded but the unreserved ones.
    public static func text(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            if ASCII.isLetter(byte) || ASCII.isDigit(byte) || "-._~".utf8.contains(byte) {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }
}
