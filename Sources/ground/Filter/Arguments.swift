// Arguments: a command line, taken apart by the table of options.

/// What was typed.
struct Arguments: Sendable, Equatable {
    private(set) var values: [String: String] = [:]
    /// What was given of each option with a value, in order.
    private(set) var lists: [String: [String]] = [:]
    private(set) var operands: [String] = []

    /// Takes a command line apart.
    ///
    /// `--name value`, `--name=value`, `-n value`, `-nvalue`, joined letters, and `--` before
    /// operands are understood. Of an option given twice the last counts, unless it is a list.
    init(_ words: [String], options: [Option]) throws(UsageError) {
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
        long word: Substring, _ rest: inout ArraySlice<String>, _ options: [Option]
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
        letters word: Substring, _ rest: inout ArraySlice<String>, _ options: [Option]
    ) throws(UsageError) {
        var letters = word
        while let letter = letters.popFirst() {
            guard let option = options.first(where: { $0.letter == letter }) else {
                throw UsageError("unknown option -\(letter)")
            }
            if option.valueName == nil {
                values[option.name] = ""
                continue
            }
            let attached = letters.isEmpty ? nil : String(letters)
            try set(option, attached, &rest, as: "-\(letter)")
            return
        }
    }

    private mutating func set(
        _ option: Option, _ attached: String?, _ rest: inout ArraySlice<String>, as shown: String
    ) throws(UsageError) {
        guard option.valueName != nil else {
            values[option.name] = ""
            return
        }
        guard let value = attached ?? rest.popFirst() else {
            throw UsageError("option \(shown) needs a value")
        }
        values[option.name] = value
        lists[option.name, default: []].append(value)
    }
}
