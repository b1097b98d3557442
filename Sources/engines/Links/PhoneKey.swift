// PhoneKey: a telephone number as the key by which people are found.

/// The key of a number: its last ten digits, however it is written.
public struct PhoneKey: Hashable, Comparable, Sendable {
    let digits: UInt64

    /// Reasons why a text has no key.
    public enum Fault: String, Error, Sendable {
        case empty
        /// It is a word such as `anonymous`.
        case withheld
        /// It has less than seven digits.
        case short
        /// A spreadsheet wrote it as `1.6505E+10`, and its last digits are lost.
        case rounded
    }

    /// Reads a number.
    ///
    /// An extension behind it does not count, nor does the form `="0650…"` of spreadsheets.
    public init(_ text: String) throws(Fault) {
        var text = Substring(text)
        if text.hasPrefix("=\"") { text = text.dropFirst(2).prefix { $0 != "\"" } }
        let lower = text.lowercased()
        guard lower.contains(where: { !$0.isWhitespace }) else { throw .empty }
        if PhoneKey.isRounded(lower) { throw .rounded }
        // The digits behind it are the extension.
        var number = Substring(lower)
        for mark in ["ext", "x", ";", ",", "#"] {
            let parts = number.split(
                separator: mark, maxSplits: 1, omittingEmptySubsequences: false)
            number = parts.first ?? number
        }
        let digits = number.unicodeScalars.compactMap { scalar -> UInt64? in
            guard scalar.properties.numericType == .decimal else { return nil }
            return scalar.properties.numericValue.map { UInt64($0) }
        }
        guard !digits.isEmpty else { throw .withheld }
        guard digits.count >= 7 else { throw .short }
        // Seven digits are another key than ten that end with them.
        let last = digits.suffix(10)
        self.digits = last.reduce(UInt64(last.count)) { $0 * 10 + $1 }
    }

    private static func isRounded(_ text: String) -> Bool {
        let parts = text.split(separator: "e")
        return parts.count == 2 && Double(parts[0]) != nil && Int(parts[1]) != nil
            && text.contains("+")
    }

    /// In the order of the digits.
    public static func < (a: PhoneKey, b: PhoneKey) -> Bool { a.digits < b.digits }
}
