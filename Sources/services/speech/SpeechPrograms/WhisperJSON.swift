// WhisperJSON: the document that whisper.cpp writes with -ojf, which is not always JSON.
internal import FoundationEssentials
internal import Records
internal import Speech

/// The words that whisper.cpp heard on one channel.
struct WhisperJSON {
    let language: String?
    let utterances: [Utterance]
    /// True when nothing at all is in it, not even the name of a sound.
    let isEmpty: Bool

    /// Reads the bytes of a file; `nil` when they are no such document.
    ///
    /// whisper.cpp cuts a character of several bytes into several tokens, and escapes no control
    /// character. So each byte is read as a character of its own (as if it were Latin-1), and the
    /// text becomes UTF-8 when its tokens are joined.
    init?(_ bytes: [UInt8], channel: Int, hasWordTimes: Bool = true) {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        for byte in bytes {
            switch byte {
            case 0..<0x20, 0x7F: text.append(0x20)
            case 0x80...: text += [0xC0 | byte >> 6, 0x80 | byte & 0x3F]
            default: text.append(byte)
            }
        }
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(text)) else {
            return nil
        }
        language = document.result?.language
        isEmpty = !document.transcription.contains { $0.text.hasWord }
        utterances = document.transcription.compactMap { segment in
            guard var utterance = segment.utterance(channel: channel) else { return nil }
            if !hasWordTimes {
                let words = utterance.words
                utterance.words = words.map { Word($0.text, confidence: $0.confidence) }
            }
            return utterance
        }
    }

    private struct Document: Decodable {
        struct Result: Decodable { let language: String? }
        let result: Result?
        let transcription: [Segment]
    }

    private struct Offsets: Decodable {
        let from: Double
        let to: Double
    }

    private struct Token: Decodable {
        let text: String
        let offsets: Offsets?
        let p: Double?
        /// True for `[_BEG_]`, `[_TT_50]`, `<|endoftext|>`: marks, not text.
        var isSpecial: Bool { text.hasPrefix("[_") || text.hasPrefix("<|") }
    }

    private struct Segment: Decodable {
        let offsets: Offsets
        let text: String
        let tokens: [Token]?

        /// The utterance; `nil` when the segment holds no speech.
        func utterance(channel: Int) -> Utterance? {
            let said = SoundTags.removed(
                from:
                    WhisperJSON.utf8(text).split(whereSeparator: \.isWhitespace).map(String.init)
            ) { $0 }
            guard !said.isEmpty else { return nil }
            let words = SoundTags.removed(from: WhisperJSON.words(tokens ?? [])) { $0.text }
            return Utterance(
                start: offsets.from / 1000, end: offsets.to / 1000, channel: channel,
                text: said.joined(separator: " "), confidence: words.confidence, words: words)
        }
    }

    /// Tokens joined up to the next one that begins with a space.
    private static func words(_ tokens: [Token]) -> [Word] {
        var words: [[Token]] = []
        for token in tokens where !token.isSpecial {
            if words.isEmpty || token.text.hasPrefix(" ") {
                words.append([token])
            } else {
                words[words.count - 1].append(token)
            }
        }
        return words.compactMap { tokens in
            let text = utf8(tokens.map(\.text).joined())
                .drop { $0.isWhitespace }
            let sure = tokens.compactMap(\.p)
            return text.isEmpty
                ? nil
                : Word(
                    String(text), start: tokens.compactMap(\.offsets).first.map { $0.from / 1000 },
                    end: tokens.compactMap(\.offsets).last.map { $0.to / 1000 },
                    confidence: sure.isEmpty ? nil : sure.reduce(0, +) / Double(sure.count))
        }
    }

    /// Decodes a text whose characters are bytes; broken characters become U+FFFD.
    private static func utf8(_ text: String) -> String {
        String(
            decoding: text.unicodeScalars.flatMap { scalar in
                scalar.value < 0x100
                    ? [UInt8(scalar.value)] : Array(String(Character(scalar)).utf8)
            }, as: UTF8.self)
    }
}
