// WebVTTReader: captions in the W3C's WebVTT, with their voices.
internal import Records

/// Reads WebVTT: skips its header, notes, styles and regions; a cue with two voices is two utterances.
struct WebVTTReader: LineFormatReader {
    private(set) var facts: Facts
    private(set) var remarks = Remarks()
    let hasTimes = true

    private enum Place {
        case start, header, between, skipped, cue
    }

    private let parties: PartyNames
    private var place = Place.start
    private var time: (line: TimeLine, number: Int)?
    private var lines: [[UInt8]] = []

    init(id: String, parties: PartyNames) {
        facts = Facts(id: id)
        self.parties = parties
    }

    mutating func take(
        _ line: [UInt8], _ number: Int, _ sink: (Spoken, _ line: Int) throws -> Void
    ) throws {
        if place == .start {
            try checkHeader(line)
            place = .header
            return
        }
        let isBlank = line.allSatisfy { $0 == 0x20 || $0 == 0x09 }
        if place != .skipped, let next = TimeLine(line) {
            try give(sink)
            time = (next, number)
            place = .cue
        } else if line.isEmpty || isBlank && place != .cue {
            try give(sink)
            place = .between
        } else if place == .cue {
            lines.append(line)
        } else if place == .between, WebVTTReader.isSkipped(line) {
            place = .skipped
        }
    }

    mutating func finish(_ sink: (Spoken, _ line: Int) throws -> Void) throws {
        if place == .start { try checkHeader([]) }
        try give(sink)
    }

    private func checkHeader(_ line: [UInt8]) throws {
        let rest = line.dropFirst("WEBVTT".utf8.count)
        guard line.starts(with: "WEBVTT".utf8), rest.first.map({ $0 == 0x20 || $0 == 0x09 }) ?? true
        else {
            throw Failure(
                .item, .input, "line 1 is not WEBVTT, which is spelled in capitals",
                remedy: "correct the line, or name the format with --from")
        }
    }

    /// True for the first line of a block that is no cue.
    private static func isSkipped(_ line: [UInt8]) -> Bool {
        ["NOTE", "STYLE", "REGION"].contains { name in
            line.starts(with: name.utf8)
                && (line.count == name.utf8.count
                    || [0x20, 0x09, 0x3A].contains(line[name.utf8.count]))
        }
    }

    private mutating func give(_ sink: (Spoken, _ line: Int) throws -> Void) throws {
        defer {
            time = nil
            lines.removeAll(keepingCapacity: true)
        }
        guard let (time, number) = time else { return }
        let end = remarks.end(time, number)
        let voices = CueText.voices(remarks.text(Array(lines.joined(separator: [0x20])), number))
        for voice in voices {
            try sink(
                Spoken(
                    time, end: end, speaker: voice.name.map(parties.party), text: voice.text),
                number)
        }
    }
}

/// The text of a cue, taken apart by the rules of WebVTT.
enum CueText {
    /// The voices of a cue and their words, without tags and with characters for references.
    ///
    /// A cue without a voice has one entry, which may be empty.
    static func voices(_ text: String) -> [(name: String?, text: String)] {
        var voices: [(name: String?, text: String)] = []
        var current: (name: String?, text: String) = (nil, "")
        func isWorthy(_ voice: (name: String?, text: String)) -> Bool {
            !voice.text.trimmedLine.isEmpty
        }
        var rest = text[...]
        while let character = rest.first {
            if character == "<", let end = rest.firstIndex(of: ">") {
                let tag = rest[rest.index(after: rest.startIndex)..<end]
                rest = rest[rest.index(after: end)...]
                let isVoice = tag == "v" || tag.hasPrefix("v ") || tag.hasPrefix("v.")
                if isVoice || tag == "/v" {
                    if isWorthy(current) || isVoice && current.name != nil {
                        voices.append(current)
                    }
                    let name = tag.drop { $0 != " " && $0 != "\t" }
                    let plain = references(String(name)).trimmedLine
                    current = (isVoice && !plain.isEmpty ? plain : nil, "")
                }
            } else {
                let end = rest.firstIndex(of: "<") ?? rest.endIndex
                let stop = end == rest.startIndex ? rest.index(after: end) : end
                current.text += references(String(rest[..<stop]))
                rest = rest[stop...]
            }
        }
        if isWorthy(current) || current.name != nil || voices.isEmpty { voices.append(current) }
        return voices.map { ($0.name, $0.text.trimmedLine) }
    }

    private static let named: [Substring: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}",
        "lrm": "\u{200E}", "rlm": "\u{200F}",
    ]

    /// The text with characters in the place of `&amp;`, `&#233;` and the like.
    private static func references(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var result = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "&") {
            result += rest[..<mark]
            rest = rest[mark...]
            if let end = rest.prefix(12).firstIndex(of: ";"),
                let character = character(rest[rest.index(after: mark)..<end])
            {
                result += character
                rest = rest[rest.index(after: end)...]
            } else {
                result += "&"
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    private static func character(_ name: Substring) -> String? {
        guard name.hasPrefix("#") else { return named[name] }
        let digits = name.dropFirst()
        let number =
            digits.hasPrefix("x") || digits.hasPrefix("X")
            ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return number.flatMap(Unicode.Scalar.init).map { String(Character($0)) }
    }
}
