// Wording: the text of an alert, with the values that were found.

extension Rule {
    /// The text with its places filled.
    ///
    /// `{value}`, `{limit}`, `{name}` and `{remedy}` are those of the rule; other places, such as
    /// `{checks.disk.output}` or the name of a column, are looked up. A place that is unknown stays.
    ///
    /// - Parameters:
    ///   - template: The message or the remedy.
    ///   - value: The value that was compared.
    ///   - find: Looks a place up.
    /// - Returns: One line.
    func filled(
        _ template: String, _ value: Condition.Value?, _ find: (String) -> Condition.Value?
    ) -> String {
        var (text, rest) = ("", template[...])
        while let start = rest.firstIndex(of: "{") {
            text += rest[..<start]
            rest = rest[start...]
            guard let end = rest.firstIndex(of: "}") else { break }
            let name = String(rest[rest.index(after: start)..<end])
            let found: String? =
                switch name {
                case "value": value?.text ?? ""
                case "limit": condition.comparison.limit
                case "name": self.name
                case "remedy": remedy
                default: find(name)?.text
                }
            text += found ?? String(rest[...end])
            rest = rest[rest.index(after: end)...]
        }
        return Rule.onOneLine(text + rest)
    }

    /// A text that is one line of at most 1,000 letters, so that no value can break a message.
    static func onOneLine(_ text: String) -> String {
        let line = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: " "
            default: scalar
            }
        }
        return String(String(String.UnicodeScalarView(line)).prefix(1000))
    }
}
