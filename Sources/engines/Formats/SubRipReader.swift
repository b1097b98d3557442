// SubRipReader: captions in SRT, which has no standard, as programs and people really write it.
internal import Records

/// Reads SRT: blank lines at the start and in captions, captions without numbers or without text,
/// and captions of digits alone.
struct SubRipReader: LineFormatReader {
    private(set) var facts: Facts
    private(set) var remarks = Remarks()
    let hasTimes = true

    private let parties: PartyNames
    /// The times of the caption whose lines come now, and the number of their line.
    private var time: (line: TimeLine, number: Int)?
    /// The lines since the last times.
    private var lines: [[UInt8]] = []
    /// The number of the last caption that had one.
    private var index: Int?
    /// The captions whose times were read.
    private var count = 0

    init(id: String, parties: PartyNames) {
        facts = Facts(id: id)
        self.parties = parties
    }

    mutating func take(
        _ line: [UInt8], _ number: Int, _ sink: (Spoken, _ line: Int) throws -> Void
    ) throws {
        guard let next = TimeLine(line) else {
            // Nothing before the first caption is kept but what can be its number.
            if time == nil { lines.removeAll(keepingCapacity: true) }
            lines.append(line)
            return
        }
        removeIndex()
        try give(sink)
        time = (next, number)
        count += 1
    }

    mutating func finish(_ sink: (Spoken, _ line: Int) throws -> Void) throws {
        try give(sink)
    }

    /// Takes the number of the next caption off the end of this one's lines.
    ///
    /// A number stands behind a blank line or follows the one before; digits elsewhere were said.
    private mutating func removeIndex() {
        guard let last = lines.last, let number = Int(String(decoding: last, as: UTF8.self)) else {
            if time == nil { lines = [] }
            return
        }
        let isBehindBlank = lines.count > 1 && lines[lines.count - 2].isEmpty
        let isNext = number == (index ?? count) + 1
        guard time == nil || isBehindBlank && (index != nil || isNext) || index != nil && isNext
        else { return }
        index = number
        lines.removeLast()
    }

    private mutating func give(_ sink: (Spoken, _ line: Int) throws -> Void) throws {
        defer { lines.removeAll(keepingCapacity: true) }
        guard let (time, number) = time else { return }
        let text = remarks.text(Array(lines.joined(separator: [0x20])), number).trimmedLine
        let said = parties.split(text)
        try sink(
            Spoken(
                time, end: remarks.end(time, number), speaker: said.speaker,
                channel: said.channel ?? 0, text: said.text), number)
    }
}

extension String {
    /// The text without spaces around it and with one between words, where lines were joined.
    var trimmedLine: String {
        var text = ""
        text.reserveCapacity(utf8.count)
        var isPending = false
        for scalar in unicodeScalars {
            if scalar == " " || scalar == "\t" {
                isPending = !text.isEmpty
            } else {
                if isPending { text.unicodeScalars.append(" ") }
                isPending = false
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
