// CallWords: directions and numbers as recorders write them.

/// The direction of a call, by the words that recorders have for it.
enum CallDirection {
    /// The words of all recorders, in lower case, and the direction on the record.
    ///
    /// `nil` is for the words of a PBX that say why it recorded, and not who called whom.
    private static let words: [String: String?] = [
        "in": "inbound", "inbound": "inbound", "incoming": "inbound", "received": "inbound",
        "\u{2193}": "inbound",
        "out": "outbound", "outbound": "outbound", "outgoing": "outbound", "dialed": "outbound",
        "dialled": "outbound", "\u{2191}": "outbound",
        "internal": "internal", "int": "internal", "local": "internal",
        // FreePBX and Issabel: an extension, a queue, a ring group, a conference, a page, a route.
        "exten": nil, "ext": nil, "q": nil, "queue": nil, "rg": nil, "group": nil, "conf": nil,
        "conference": nil, "page": nil, "force": nil, "external": nil, "ondemand": nil,
        "unknown": nil,
    ]

    static func isKnown(_ text: ArraySlice<UInt8>) -> Bool {
        text.count <= 10 && words[lower(text)] != nil
    }

    /// `inbound`, `outbound` or `internal`; `nil` for a word that says none of them.
    static func of(_ text: some Sequence<UInt8>) -> String? { words[lower(text)] ?? nil }

    private static func lower(_ text: some Sequence<UInt8>) -> String {
        String(
            decoding: text.map { $0 < 0x5B && $0 > 0x40 ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}

/// Telephone numbers in names.
enum PhoneText {
    private static let marks = Marks("+*#() -.")

    /// True when the text has digits, and nothing that no number has.
    static func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
        canBeNumber(text) && text.contains(where: \.isDigit)
    }

    /// True when more characters could make it a number.
    static func canBeNumber(_ text: ArraySlice<UInt8>) -> Bool {
        var escaped = 0
        return text.allSatisfy { byte in
            escaped = byte == UInt8(ascii: "%") ? 3 : escaped - 1
            return byte.isDigit || marks.contains(byte)
                || escaped == 3 || escaped > 0 && hexadecimal(byte) != nil
        }
    }

    /// The telephone number in the text: `%2B49…` is `+49…`; a word such as "unknown" is none.
    static func number(_ text: ArraySlice<UInt8>) -> String? {
        let plain = decoded(text)
        return withheld.contains(plain.lowercased()) ? nil : plain
    }

    /// The name in the text; a word such as "unknown" is none.
    static func name(_ text: ArraySlice<UInt8>) -> String? {
        let plain = decoded(text)
        return withheld.contains(plain.lowercased()) && plain.count > 1 ? nil : plain
    }

    private static let withheld: Set<String> = [
        "unknown", "anonymous", "private", "restricted", "unavailable", "withheld", "s",
    ]

    /// Undoes the escapes of URLs, where all of them are whole.
    static func decoded(_ text: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        var place = text.startIndex
        while place < text.endIndex {
            if text[place] == UInt8(ascii: "%"), place + 2 < text.endIndex,
                let high = hexadecimal(text[place + 1]), let low = hexadecimal(text[place + 2])
            {
                bytes.append(high << 4 | low)
                place += 3
            } else {
                bytes.append(text[place])
                place += 1
            }
        }
        return String(validating: bytes, as: UTF8.self) ?? String(decoding: text, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        if byte.isDigit { return byte - 48 }
        let letter = byte | 0x20
        return (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(letter) ? letter - 87 : nil
    }
}
