// SpokenLanguage: the languages that Whisper knows, by code and by English name.

/// Codes and names of languages, as https://github.com/openai/whisper/blob/main/whisper/tokenizer.py
/// has them.
public enum SpokenLanguage {
    /// The code for what a service calls a language, a name such as `english` or a code already;
    /// what is neither stands for nothing.
    public static func code(of name: String) -> String? {
        let name = name.lowercased()
        if let code = codes[name] { return code }
        return names[name] != nil || isCode(name) ? name : nil
    }

    /// Whether Whisper knows the code.
    public static func isKnown(_ code: String) -> Bool { names[code] != nil }

    /// Whether it looks like a code of ISO 639, with or without a country: `en`, `haw`, `pt-br`.
    public static func isCode(_ text: String) -> Bool {
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
