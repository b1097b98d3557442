// TextReaders: plain text, and the page in Markdown that callpipe writes.
internal import Records
internal import System

/// Reads plain text, an utterance a line; there are no times in it.
struct PlainTextReader: LineFormatReader {
    private(set) var facts: Facts
    private(set) var remarks = Remarks()
    let hasTimes = false
    private let parties: PartyNames

    init(id: String, parties: PartyNames) {
        facts = Facts(id: id)
        self.parties = parties
    }

    mutating func take(
        _ line: [UInt8], _ number: Int, _ sink: (Spoken, _ line: Int) throws -> Void
    ) throws {
        guard !line.allSatisfy(ASCII.isSpace) else { return }
        let said = parties.split(remarks.text(line, number))
        try sink(
            Spoken(
                Transcript.Segment(
                    start: 0, end: 0, channel: said.channel ?? 0, speaker: said.speaker,
                    text: said.text)), number)
    }

    mutating func finish(_ sink: (Spoken, _ line: Int) throws -> Void) {}
}

/// Reads the page that callpipe writes; its times are whole seconds, and an utterance ends where the
/// next one begins.
struct MarkdownReader: LineFormatReader {
    private(set) var facts: Facts
    private(set) var remarks = Remarks()
    let hasTimes = true
    private let parties: PartyNames
    private var held: (spoken: Spoken, line: Int)?
    private var isBeforeFirst = true

    private static let title = "# Transcript of "

    init(id: String, parties: PartyNames) {
        facts = Facts(id: id)
        self.parties = parties
    }

    mutating func take(
        _ line: [UInt8], _ number: Int, _ sink: (Spoken, _ line: Int) throws -> Void
    ) throws {
        guard !line.allSatisfy(ASCII.isSpace) else { return }
        let text = remarks.text(line, number)
        if let said = MarkdownReader.paragraph(text) {
            isBeforeFirst = false
            let start = Double(said.seconds)
            try give(until: start, sink)
            let spoken = Spoken(
                Transcript.Segment(
                    start: start, end: start, channel: 0, speaker: said.name.map(parties.party),
                    text: said.text))
            held = (spoken, number)
        } else if isBeforeFirst {
            readHead(text)
        } else {
            remarks.add("lines that are no utterances, and are left out", line: number)
        }
    }

    mutating func finish(_ sink: (Spoken, _ line: Int) throws -> Void) throws {
        try give(until: facts.seconds ?? 0, sink)
    }

    private mutating func give(
        until end: Double, _ sink: (Spoken, _ line: Int) throws -> Void
    ) throws {
        guard var held else { return }
        held.spoken.segment.end = max(held.spoken.segment.start, end)
        self.held = nil
        try sink(held.spoken, held.line)
    }

    /// The heading with the id, and the line with the engine, the language and the length.
    private mutating func readHead(_ line: String) {
        if line.hasPrefix(MarkdownReader.title) {
            facts.id = MarkdownReader.plain(line.dropFirst(MarkdownReader.title.count))
            return
        }
        guard !line.hasPrefix("#") else { return }
        for fact in MarkdownReader.plain(line[...]).split(separator: ",") {
            let fact = String(fact).trimmedLine
            if let seconds = MarkdownReader.clock(fact[...]) {
                facts.seconds = Double(seconds)
            } else if (2...3).contains(fact.utf8.count), !fact.contains(" ") {
                facts.language = fact
            } else {
                let words = fact.split(separator: " ", maxSplits: 1).map(String.init)
                facts.engine = words.first ?? ""
                facts.model = words.count > 1 ? words[1] : nil
            }
        }
    }

    static func isParagraph(_ line: String) -> Bool { paragraph(line) != nil }

    /// Takes apart a line with a name, a time and words; `nil` for another line.
    private static func paragraph(
        _ line: String
    ) -> (name: String?, seconds: Int, text: String)? {
        var rest = line[...]
        var name: String?
        if rest.hasPrefix("**"), let end = rest.dropFirst(2).firstRange(of: "** (") {
            name = plain(rest[..<end.lowerBound].dropFirst(2))
            rest = rest[end.lowerBound...].dropFirst(3)
        }
        guard rest.hasPrefix("("), let end = rest.firstIndex(of: ")"),
            let seconds = clock(rest[..<end].dropFirst())
        else { return nil }
        let text = rest[end...].dropFirst()
        return (name, seconds, plain(text.hasPrefix(" ") ? text.dropFirst() : text))
    }

    /// Whole seconds of `HH:MM:SS`.
    private static func clock(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3 else { return nil }
        return parts.reduce(0) { sum, part in
            guard let sum, let part, part >= 0 else { return nil }
            return sum * 60 + part
        }
    }

    /// The text without the marks before characters that have a meaning in Markdown.
    private static func plain(_ text: Substring) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return String(text) }
        var plain = ""
        var isEscaped = false
        for character in text {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                plain.append(character)
                isEscaped = false
            }
        }
        return plain
    }
}
