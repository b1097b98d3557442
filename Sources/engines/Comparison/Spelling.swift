// Spelling: words as they are compared, so that only what was heard counts.

/// The spelling of English that comparisons of speech engines use, after the normalizer of Whisper.
///
/// Case, punctuation and accents do not count, nor do `uh` and `um` and what stands in brackets;
/// contractions are written out, and numbers in words are digits. British words keep their spelling.
enum Spelling {
    private static let fillers: Set<String> = ["hmm", "mm", "mhm", "mmm", "uh", "um"]
    private static let contractions: [String: [String]] = [
        "won't": ["will", "not"], "can't": ["can", "not"], "let's": ["let", "us"],
        "ain't": ["aint"], "y'all": ["you", "all"], "wanna": ["want", "to"],
        "gotta": ["got", "to"], "gonna": ["going", "to"], "i'ma": ["i", "am", "going", "to"],
        "imma": ["i", "am", "going", "to"], "woulda": ["would", "have"],
        "coulda": ["could", "have"], "shoulda": ["should", "have"], "ma'am": ["madam"],
        "mr": ["mister"], "mrs": ["missus"], "dr": ["doctor"], "prof": ["professor"],
    ]
    private static let endings: [(String, String)] = [
        ("n't", "not"), ("'re", "are"), ("'s", "is"), ("'d", "would"), ("'ll", "will"),
        ("'t", "not"), ("'ve", "have"), ("'m", "am"),
    ]
    private static let small: [String: Int] = {
        let words = [
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
            "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
            "eighteen", "nineteen",
        ]
        let tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
        var small = Dictionary(uniqueKeysWithValues: zip(words, 0...))
        for (index, word) in tens.enumerated() { small[word] = 20 + 10 * index }
        return small
    }()

    /// The words of a text.
    static func words(_ text: String) -> [String] {
        var words: [String] = []
        for word in raw(text) where !fillers.contains(word) {
            if let long = contractions[word] {
                words += long
            } else if let (ending, long) = endings.first(where: { word.hasSuffix($0.0) }),
                word.count > ending.count
            {
                words += [String(word.dropLast(ending.count)), long]
            } else {
                words.append(word.filter { $0 != "'" })
            }
        }
        return numbers(words.filter { !$0.isEmpty })
    }

    /// Letters, digits and apostrophes between all else; what stands in brackets is left out.
    private static func raw(_ text: String) -> [String] {
        var (words, word, depth) = ([String](), "", 0)
        let scalars = Array(text.lowercased().unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "[", "(", "<": depth += 1
            case "]", ")", ">": depth = max(0, depth - 1)
            case _ where depth > 0: continue
            case "'", "\u{2019}": word += "'"
            case ",", ".":
                // A comma inside a number goes, and its point stays.
                let isInside =
                    index > 0 && index + 1 < scalars.count && isDigit(scalars[index - 1])
                    && isDigit(scalars[index + 1])
                if isInside {
                    if scalar == "." { word += "." }
                    continue
                }
                fallthrough
            default:
                switch scalar.properties.generalCategory {
                case .nonspacingMark, .format: continue
                case .uppercaseLetter, .lowercaseLetter, .otherLetter, .modifierLetter,
                    .titlecaseLetter, .decimalNumber:
                    word.unicodeScalars.append(plain(scalar))
                    continue
                default: break
                }
                if !word.isEmpty { words.append(word) }
                word = ""
                continue
            }
            if depth > 0 || scalar == "]" || scalar == ")" || scalar == ">" {
                if !word.isEmpty { words.append(word) }
                word = ""
            }
        }
        return word.isEmpty ? words : words + [word]
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar)
    }

    private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let accented = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿ".unicodeScalars
        let bare = "aaaaaaceeeeiiiinooooouuuuyy".unicodeScalars
        guard let index = accented.firstIndex(of: scalar) else { return scalar }
        let distance = accented.distance(from: accented.startIndex, to: index)
        return bare[bare.index(bare.startIndex, offsetBy: distance)]
    }

    /// Words that are one number become digits: `forty two` is `42`, `four two` is `42` as well.
    private static func numbers(_ words: [String]) -> [String] {
        var (result, at) = ([String](), 0)
        while at < words.count {
            guard small[words[at]] != nil else {
                result.append(words[at])
                at += 1
                continue
            }
            var digits = ""
            while at < words.count, let value = small[words[at]] {
                at += 1
                var number = value
                if value >= 20, at < words.count, let unit = small[words[at]],
                    (1...9).contains(unit)
                {
                    number += unit
                    at += 1
                }
                for (word, factor) in [("hundred", 100), ("thousand", 1000)]
                where at < words.count && words[at] == word && number > 0 {
                    number *= factor
                    at += 1
                    if at + 1 < words.count, words[at] == "and", small[words[at + 1]] != nil {
                        at += 1
                    }
                    if at < words.count, let rest = small[words[at]] {
                        at += 1
                        number += rest
                        if rest >= 20, at < words.count, let unit = small[words[at]],
                            (1...9).contains(unit)
                        {
                            number += unit
                            at += 1
                        }
                    }
                }
                digits += String(number)
            }
            result.append(digits)
        }
        return result
    }
}
