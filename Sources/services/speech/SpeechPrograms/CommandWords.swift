// CommandWords: a command line split into words, without a shell.
internal import Records

/// The words of a command, and the places in them that are filled in for each sound.
struct CommandWords: Sendable, Equatable {
    /// The names in braces that are filled in; other braces are text for the program.
    enum Place: String, CaseIterable {
        case wav, language, model, prompt, out
    }

    let words: [String]

    /// Splits a line at spaces.
    ///
    /// Text in `'…'` is taken as it is; in `"…"` and outside of quotes a backslash takes the next
    /// character as it is.
    ///
    /// - Throws: `Failure` of scope `stop`.
    init(_ line: String) throws(Failure) {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in line {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if quote == nil, character.isWhitespace {
                if let word { words.append(word) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        guard quote == nil, !isEscaped else { throw CommandWords.unusable("a quote is not closed") }
        guard words.contains(where: { $0.contains("{wav}") }) else {
            throw CommandWords.unusable("it has no {wav}, so the program gets no sound")
        }
        self.words = words
    }

    func has(_ place: Place) -> Bool { words.contains { $0.contains("{\(place.rawValue)}") } }

    /// The words with every place filled in once; braces in a filled-in value stay text.
    func filled(_ value: (Place) -> String) -> [String] {
        words.map { word in
            var filled = ""
            var rest = Substring(word)
            while let brace = rest.firstIndex(of: "{") {
                filled += rest[..<brace]
                rest = rest[brace...]
                if let place = Place.allCases.first(where: { rest.hasPrefix("{\($0.rawValue)}") }) {
                    filled += value(place)
                    rest = rest.dropFirst(place.rawValue.count + 2)
                } else {
                    filled.append(rest.removeFirst())
                }
            }
            return filled + rest
        }
    }

    private static func unusable(_ reason: String) -> Failure {
        Failure(
            .stop, .configuration, "use --command: \(reason)",
            remedy: "let it be such as 'program --language {language} {wav}'")
    }
}
