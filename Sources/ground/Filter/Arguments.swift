// Arguments: a command line, split by the table of options.

/// The words of a command line.
struct Arguments: Sendable, Equatable {
    /// The values of each option that is given, in their order; `""` for one without a value.
    private(set) var values: [String: [String]] = [:]
    private(set) var operands: [String] = []

    /// Splits a command line.
    ///
    /// It may hold `--name value`, `--name=value`, `-n value`, `-nvalue`, joined letters, and `--`
    /// before operands.
    init(_ words: [String], options: [OptionSpelling]) throws(UsageError) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                operands += rest
                return
            }
            if word.hasPrefix("--") {
                try take(long: word.dropFirst(2), &rest, options)
            } else if word.hasPrefix("-"), word.count > 1 {
                try take(letters: word.dropFirst(), &rest, options)
            } else {
                operands.append(word)
            }
        }
    }

    private mutating func take(
        long word: Substring, _ rest: inout ArraySlice<String>, _ options: [OptionSpelling]
    ) throws(UsageError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let option = options.first(where: { $0.name == name }) else {
            throw UsageError("unknown option --\(name)")
        }
        let attached = parts.count == 2 ? String(parts[1]) : nil
        if option.valueName == nil, attached != nil {
            throw UsageError("option --\(name) takes no value")
        }
        try set(option, attached, &rest, as: "--\(name)")
    }

    private mutating func take(
        letters word: Substring, _ rest: inout ArraySlice<String>, _ options: [OptionSpelling]
    ) throws(UsageError) {
        var letters = word
        while let letter = letters.popFirst() {
            guard let option = options.first(where: { $0.letter == letter }) else {
                throw UsageError("unknown option -\(letter)")
            }
            let attached = option.valueName == nil || letters.isEmpty ? nil : String(letters)
            try set(option, attached, &rest, as: "-\(letter)")
            if option.valueName != nil { return }
        }
    }

    private mutating func set(
        _ option: OptionSpelling, _ attached: String?, _ rest: inout ArraySlice<String>,
        as shown: String
    ) throws(UsageError) {
        var value = ""
        if option.valueName != nil {
            guard let next = attached ?? rest.popFirst() else {
                throw UsageError("option \(shown) needs a value")
            }
            value = next
        }
        values[option.name, default: []].append(value)
    }
}
