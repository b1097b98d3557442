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
        let heard = Segment.whole(document.transcription).compactMap {
            $0.utterance(channel: channel)
        }
        utterances = hasWordTimes ? heard : heard.map(\.withoutWordTimes)
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

        /// The segments with whole characters: the first bytes of a character at the end of one
        /// segment join the rest in the next one, and are left out when there is no rest.
        static func whole(_ segments: [Segment]) -> [Segment] {
            var half = ""
            return segments.map {
                var segment = $0
                segment.prepend(half)
                half = segment.removeHalfCharacter()
                return segment
            }
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
        func utterance(channel: Int) -> Utterance? {
            let said = SoundTags.removed(
                from:
                    WhisperJSON.utf8(text).split(whereSeparator: \.isWhitespace).map(String.init)
            ) { $0 }
            // For a tone Whisper writes broken characters and punctuation alone.
            guard said.contains(where: \.hasWord) else { return nil }
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

    /// Decodes a text whose characters are bytes, and leaves out bytes that are no character.
    private static func utf8(_ text: String) -> String {
        String(
            decoding: text.unicodeScalars.flatMap { scalar in
                scalar.value < 0x100
                    ? [UInt8(scalar.value)] : Array(String(Character(scalar)).utf8)
            }, as: UTF8.self
        ).replacing("\u{FFFD}", with: "")
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
