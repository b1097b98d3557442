// Turns: a conversation as numbered turns, and the search for words in it.
internal import Crypto
public import Records

/// The words of one party until another party speaks.
public struct Turn: Sendable, Equatable {
    /// An utterance of the turn.
    struct Utterance: Sendable, Equatable {
        /// Seconds from the start of the recording.
        let start: Double
        /// The text as a model may see it.
        let text: String
        /// True when marks of templates, or characters that cannot be seen, were taken out of it.
        var isMarked = false
    }

    /// The number in the conversation, from 1.
    let number: Int
    /// The party: `agent`, `customer`, another name, or `speaker` when nobody is known.
    let speaker: String
    /// The utterances in order.
    let utterances: [Utterance]

    /// Seconds from the start of the recording.
    var start: Double { utterances.first?.start ?? 0 }
    /// The words of the turn.
    var text: String { utterances.map(\.text).joined(separator: " ") }
    /// The turn as a model sees it: `[17 agent 03:12] Good morning.` and the like.
    var line: String { "[\(number) \(speaker) \(Turn.clock(start))] \(text)" }

    private static func clock(_ seconds: Double) -> String {
        let whole = Int(min(max(0, seconds), 359_999))
        let (minutes, rest) = (whole / 60, whole % 60)
        return (minutes < 10 ? "0" : "") + "\(minutes):" + (rest < 10 ? "0" : "") + "\(rest)"
    }
}

/// The turns of a call.
public struct Conversation: Sendable {
    /// A turn does not grow beyond so many characters, so that a call can be cut between turns.
    private static let longestTurn = 1500

    /// The turns in order.
    public let turns: [Turn]
    /// The SHA-256 of everything that a model sees of the call.
    public let hash: String
    /// The folded text of each utterance, by turn.
    private let folded: [[String]]

    /// True when nobody says a word.
    public var isEmpty: Bool { turns.isEmpty }

    /// Takes the words of a transcript.
    public init(_ transcript: Transcript) {
        var turns: [Turn] = []
        var open: [Turn.Utterance] = []
        var (speaker, length) = ("", 0)
        func close() {
            guard !open.isEmpty else { return }
            turns.append(Turn(number: turns.count + 1, speaker: speaker, utterances: open))
            (open, length) = ([], 0)
        }
        for segment in transcript.segments {
            let text = PlainText.spoken(segment.text)
            guard !text.isEmpty else { continue }
            let party = Conversation.party(segment.speaker)
            if party != speaker || length + text.utf8.count > Conversation.longestTurn { close() }
            speaker = party
            open.append(
                Turn.Utterance(
                    start: segment.start, text: text,
                    isMarked: PlainText.hasMarks(segment.text)))
            length += text.utf8.count + 1
        }
        close()
        if turns.isEmpty {
            let text = PlainText.spoken(transcript.text)
            if !text.isEmpty {
                let all = Turn.Utterance(start: 0, text: text)
                turns = [Turn(number: 1, speaker: Conversation.party(nil), utterances: [all])]
            }
        }
        self.init(turns)
    }

    private init(_ turns: [Turn]) {
        self.turns = turns
        folded = turns.map { $0.utterances.map { PlainText.folded($0.text) } }
        hash = Digest.sha256(Array(turns.map(\.line).joined(separator: "\n").utf8))
    }

    /// The name of a party is data as well: a word of letters, at most 24 characters.
    private static func party(_ speaker: String?) -> String {
        let word = (speaker ?? "").lowercased().filter {
            $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_"
        }
        return word.isEmpty ? "speaker" : String(word.prefix(24))
    }

    /// A place in the conversation.
    struct Place: Equatable {
        /// The index of the turn, from 0.
        let turn: Int
        /// Seconds from the start of the recording.
        let start: Double
    }

    /// The place of words in the conversation.
    ///
    /// They have to stand there letter for letter, but for case, space, quotation marks and dashes.
    ///
    /// - Parameters:
    ///   - quote: The words; one word is enough only where it is the whole utterance.
    ///   - expected: The number of the turn, from 1, in which they are looked for first.
    ///   - isAllowed: Says of a turn if words in it count.
    /// - Returns: The place; `nil` when they stand nowhere.
    func place(
        of quote: String, near expected: Int?, where isAllowed: (Turn) -> Bool = { _ in true }
    ) -> Place? {
        let wanted = PlainText.folded(quote).trimmingMarks
        guard !wanted.isEmpty else { return nil }
        let isShort = !wanted.contains(" ")
        var order = Array(turns.indices)
        if let expected, let index = order.firstIndex(of: expected - 1) {
            order.insert(order.remove(at: index), at: 0)
        }
        for index in order where isAllowed(turns[index]) {
            if let start = start(of: wanted, in: index, isWhole: isShort) {
                return Place(turn: index, start: start)
            }
        }
        return nil
    }

    /// The time of words in a turn, which may go on from the turn into the next of the same party.
    private func start(of wanted: String, in index: Int, isWhole: Bool) -> Double? {
        if isWhole {
            return folded[index].firstIndex { $0.trimmingMarks == wanted }.map {
                turns[index].utterances[$0].start
            }
        }
        var text = folded[index].joined(separator: " ")
        let own = text.utf8.count
        if turns.indices.contains(index + 1), turns[index + 1].speaker == turns[index].speaker {
            text += " " + folded[index + 1].joined(separator: " ")
        }
        guard let at = text.firstWords(wanted), at < own else { return nil }
        var end = 0
        for (number, utterance) in folded[index].enumerated() {
            end += utterance.utf8.count + 1
            if at < end { return turns[index].utterances[number].start }
        }
        return nil
    }
}

extension String {
    /// The text without punctuation at its ends.
    fileprivate var trimmingMarks: String {
        func isWord(_ character: Character) -> Bool { character.isLetter || character.isNumber }
        guard let first = firstIndex(where: isWord), let last = lastIndex(where: isWord) else {
            return ""
        }
        return String(self[first...last])
    }

    /// The offset in bytes at which words stand that do not begin or end inside another word.
    fileprivate func firstWords(_ wanted: String) -> Int? {
        var from = startIndex
        while let found = self[from...].firstRange(of: wanted) {
            let before =
                found.lowerBound == startIndex ? nil : self[index(before: found.lowerBound)]
            let after = found.upperBound == endIndex ? nil : self[found.upperBound]
            if ![before, after].contains(where: { $0?.isLetter == true || $0?.isNumber == true }) {
                return utf8.distance(from: startIndex, to: found.lowerBound)
            }
            from = index(after: found.lowerBound)
        }
        return nil
    }
}
