// WhisperJSON: the document that whisper.cpp writes with -ojf, which is not always JSON.
internal import FoundationEssentials
internal import Records
package import Speech

/// The words that whisper.cpp heard on one channel.
package struct WhisperJSON {
    /// The language's code.
    package let language: String?
    /// The model's type, such as `base`.
    package let model: String?
    /// The utterances in the times of the file.
    package let utterances: [Utterance]
    /// True when nothing at all is in it, not even the name of a sound.
    package let isEmpty: Bool
    /// The number of characters of which a part is missing, and which are left out.
    package let halfCharacters: Int

    /// Reads the bytes of a file; `nil` when they are no such document.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - channel: The channel that was heard; with `-di` the file tells the channel itself.
    ///   - hasWordTimes: False when the times of the words cannot be used.
    ///   - keepsTags: True to keep the names of sounds, such as `[BLANK_AUDIO]`.
    ///
    /// whisper.cpp cuts a character of several bytes into several tokens, and escapes no control
    /// character. So each byte is read as a character of its own (as if it were Latin-1), and the
    /// text becomes UTF-8 when its tokens are joined.
    package init?(
        _ bytes: [UInt8], channel: Int, hasWordTimes: Bool = true, keepsTags: Bool = false
    ) {
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
        model = document.model?.type
        isEmpty = !document.transcription.contains { $0.text.hasWord }
        let (whole, halves) = Segment.whole(document.transcription)
        halfCharacters = halves
        let heard = whole.compactMap { $0.utterance(channel: channel, keepsTags: keepsTags) }
        utterances = hasWordTimes ? heard : heard.map(\.withoutWordTimes)
    }

    private struct Document: Decodable {
        struct Result: Decodable { let language: String? }
        struct Model: Decodable { let type: String? }
        let result: Result?
        let model: Model?
        let transcription: [Segment]
    }

    private struct Offsets: Decodable {
        let from: Double
        let to: Double
    }

    private struct Token: Decodable {
        var text: String
        let offsets: Offsets?
        let p: Double?
        /// True for `[_BEG_]`, `[_TT_50]`, `<|endoftext|>`: marks, not text.
        var isSpecial: Bool { text.hasPrefix("[_") || text.hasPrefix("<|") }
    }

    private struct Segment: Decodable {
        let offsets: Offsets
        var text: String
        var tokens: [Token]?
        /// The channel by its loudness, with `-di`: `0`, `1` or `?`.
        let speaker: String?

        /// The segments with whole characters: the first bytes of a character at the end of one
        /// segment join the rest in the next one, and are left out when there is no rest.
        ///
        /// - Returns: The segments, and the number of characters without a rest.
        static func whole(_ segments: [Segment]) -> ([Segment], halves: Int) {
            var half = ""
            var halves = 0
            let whole = segments.map {
                var segment = $0
                segment.prepend(half)
                half = segment.removeHalfCharacter()
                halves += WhisperJSON.broken(segment.text)
                return segment
            }
            return (whole, halves + (half.isEmpty ? 0 : 1))
        }

        private mutating func prepend(_ half: String) {
            guard !half.isEmpty else { return }
            text = half + text
            guard let tokens, let first = tokens.firstIndex(where: { !$0.isSpecial }) else {
                return
            }
            self.tokens?[first].text = half + tokens[first].text
        }

        private mutating func removeHalfCharacter() -> String {
            let half = text.halfCharacter
            guard !half.isEmpty else { return "" }
            text.removeLast(half.count)
            guard let tokens, let last = tokens.lastIndex(where: { !$0.isSpecial }),
                tokens[last].text.hasSuffix(half)
            else { return half }
            self.tokens?[last].text.removeLast(half.count)
            return half
        }

        /// The utterance; `nil` when the segment holds no speech.
        func utterance(channel: Int, keepsTags: Bool) -> Utterance? {
            let all = WhisperJSON.utf8(text).split(whereSeparator: \.isWhitespace).map(String.init)
            let said = keepsTags ? all : SoundTags.removed(from: all) { $0 }
            // For a tone Whisper writes broken characters and punctuation alone.
            guard keepsTags ? !said.isEmpty : said.contains(where: \.hasWord) else { return nil }
            let spoken = WhisperJSON.words(tokens ?? [])
            let words = keepsTags ? spoken : SoundTags.removed(from: spoken) { $0.text }
            return Utterance(
                start: offsets.from / 1000, end: offsets.to / 1000,
                channel: speaker.flatMap { Int($0) } ?? channel,
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

    /// Decodes a text whose characters are bytes, and leaves out bytes that are no character.
    private static func utf8(_ text: String) -> String {
        decoded(text).replacing("\u{FFFD}", with: "")
    }

    /// The number of places in a text that are no character.
    fileprivate static func broken(_ text: String) -> Int {
        decoded(text).unicodeScalars.count { $0 == "\u{FFFD}" }
    }

    private static func decoded(_ text: String) -> String {
        String(
            decoding: text.unicodeScalars.flatMap { scalar in
                scalar.value < 0x100
                    ? [UInt8(scalar.value)] : Array(String(Character(scalar)).utf8)
            }, as: UTF8.self)
    }
}

extension String {
    /// The first bytes of a character of UTF-8 at the end, whose rest is missing; each character of
    /// this text stands for a byte.
    fileprivate var halfCharacter: String {
        let tail = unicodeScalars.suffix(3)
        for index in tail.indices.reversed() {
            let length =
                switch tail[index].value {
                case 0xC2...0xDF: 2
                case 0xE0...0xEF: 3
                case 0xF0...0xF4: 4
                case 0x80...0xBF: 0
                default: 1
                }
            if length == 0 { continue }
            let rest = tail[index...]
            return rest.count < length ? String(String.UnicodeScalarView(rest)) : ""
        }
        return ""
    }
}
