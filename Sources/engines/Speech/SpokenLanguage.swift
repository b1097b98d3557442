// SpokenLanguage: the codes of languages, and the rules by which engines accept them.
public import Records
internal import System

/// Codes and names of languages, as https://github.com/openai/whisper/blob/main/whisper/tokenizer.py
/// has them.
public enum SpokenLanguage {
    /// The codes that an engine accepts.
    public enum Codes: Sendable {
        /// The languages that Whisper was trained on.
        case whisper
        /// Any code of ISO 639, with or without a country, such as `en`, `haw` or `pt-br`.
        case iso639
        /// Any word of letters, digits, `-`, `_` and `.`, for services with names of their own.
        case word
    }

    /// Checks a code before anything is sent; several servers accept a code that they do not know,
    /// and then hear nothing.
    ///
    /// - Parameters:
    ///   - language: The code, or `auto`.
    ///   - codes: The codes that the engine accepts.
    ///   - title: The engine, for the message.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public static func check(
        _ language: String, among codes: Codes, of title: String
    ) throws(Failure) {
        let isAccepted =
            switch codes {
            case .whisper: isKnown(language)
            case .iso639: isCode(language)
            case .word: ASCII.isWord(language, marks: "-_.")
            }
        guard language == "auto" || isAccepted else {
            throw Failure(
                .stop, .configuration, "use language \"\(language)\": \(title) knows no such code",
                remedy: "let --language be a code such as en, or auto")
        }
    }

    /// The code of a language that a service names, by a name such as `english` or by a code; `nil`
    /// for any other word.
    public static func code(of name: String) -> String? {
        let name = name.lowercased()
        if let code = codes[name] { return code }
        return names[name] != nil || isCode(name) ? name : nil
    }

    /// True when Whisper knows the code.
    static func isKnown(_ code: String) -> Bool { names[code] != nil }

    /// True for a word that looks like a code of ISO 639, with or without a country.
    private static func isCode(_ text: String) -> Bool {
        let parts = text.lowercased().split(
            separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            (2...4).contains(part.count) && part.utf8.allSatisfy { (0x61...0x7A).contains($0) }
        } && (2...3).contains(parts[0].count)
    }

    private static let names: [String: String] = [
        "af": "afrikaans", "am": "amharic", "ar": "arabic", "as": "assamese", "az": "azerbaijani",
        "ba": "bashkir", "be": "belarusian", "bg": "bulgarian", "bn": "bengali", "bo": "tibetan",
        "br": "breton", "bs": "bosnian", "ca": "catalan", "cs": "czech", "cy": "welsh",
        "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
        "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fo": "faroese",
        "fr": "french", "gl": "galician", "gu": "gujarati", "ha": "hausa", "haw": "hawaiian",
        "he": "hebrew", "hi": "hindi", "hr": "croatian", "ht": "haitian creole",
        "hu": "hungarian", "hy": "armenian", "id": "indonesian", "is": "icelandic",
        "it": "italian", "ja": "japanese", "jw": "javanese", "ka": "georgian", "kk": "kazakh",
        "km": "khmer", "kn": "kannada", "ko": "korean", "la": "latin", "lb": "luxembourgish",
        "ln": "lingala", "lo": "lao", "lt": "lithuanian", "lv": "latvian", "mg": "malagasy",
        "mi": "maori", "mk": "macedonian", "ml": "malayalam", "mn": "mongolian", "mr": "marathi",
        "ms": "malay", "mt": "maltese", "my": "myanmar", "ne": "nepali", "nl": "dutch",
        "nn": "nynorsk", "no": "norwegian", "oc": "occitan", "pa": "punjabi", "pl": "polish",
        "ps": "pashto", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sa": "sanskrit",
        "sd": "sindhi", "si": "sinhala", "sk": "slovak", "sl": "slovenian", "sn": "shona",
        "so": "somali", "sq": "albanian", "sr": "serbian", "su": "sundanese", "sv": "swedish",
        "sw": "swahili", "ta": "tamil", "te": "telugu", "tg": "tajik", "th": "thai",
        "tk": "turkmen", "tl": "tagalog", "tr": "turkish", "tt": "tatar", "uk": "ukrainian",
        "ur": "urdu", "uz": "uzbek", "vi": "vietnamese", "yi": "yiddish", "yo": "yoruba",
        "yue": "cantonese", "zh": "chinese",
    ]

    private static let codes: [String: String] = {
        var codes = [
            "burmese": "my", "castilian": "es", "flemish": "nl", "haitian": "ht",
            "letzeburgesch": "lb", "mandarin": "zh", "moldavian": "ro", "moldovan": "ro",
            "panjabi": "pa", "pushto": "ps", "sinhalese": "si", "valencian": "ca",
        ]
        for (code, name) in names { codes[name] = code }
        return codes
    }()
}
