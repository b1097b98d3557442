// Speech: the words of a call as numbers, a row for each side.
internal import Records

/// A speaker that a rule can mean.
enum Speaker: String, Sendable, CaseIterable {
    case agent, customer, other
    /// A machine, as call-measure(1) found.
    case announcement

    init(_ side: SpokenText.Side) {
        switch side {
        case .agent: self = .agent
        case .customer: self = .customer
        case .other: self = .other
        }
    }
}

/// The words of a call.
struct Speech {
    /// Silence after which a phrase does not go on, in seconds.
    private static let pause = 5.0

    /// A word in a row.
    struct Word {
        let number: Int32
        /// The index of its utterance in ``SpokenText/utterances``.
        let utterance: Int
        /// Its bytes in the text of its side.
        let place: Range<Int>
    }

    /// The words of each speaker in their order.
    private(set) var rows: [Speaker: [Word]] = [:]
    /// The text of all sides.
    let text: SpokenText
    /// The speaker of each utterance.
    let speakers: [Speaker]

    /// Reads a call.
    ///
    /// - Parameters:
    ///   - text: The words.
    ///   - announced: The numbers of the segments that a machine says.
    ///   - vocabulary: The words of the rules.
    init(_ text: SpokenText, announced: Set<Int>, _ vocabulary: Vocabulary) {
        self.text = text
        speakers = text.utterances.map { utterance in
            utterance.segment.map(announced.contains) == true
                ? .announcement : Speaker(utterance.side)
        }
        var ends: [Speaker: Double] = [:]
        for (index, utterance) in text.utterances.enumerated() {
            let speaker = speakers[index]
            var row = rows.removeValue(forKey: speaker) ?? []
            if let start = utterance.start, let end = ends[speaker], start - end > Speech.pause {
                row.append(
                    Word(number: Vocabulary.pause, utterance: index, place: utterance.place))
            }
            WordScanner.each(in: text.text(of: utterance.side)[utterance.place]) {
                word, hash, place in
                row.append(
                    Word(
                        number: vocabulary.number(of: word, hash) ?? Vocabulary.unknown,
                        utterance: index, place: place))
            }
            rows[speaker] = row
            ends[speaker] = utterance.end
        }
    }

    /// The text of a row, an utterance a line, with the places of its utterances in it.
    func joined(_ speaker: Speaker) -> (bytes: [UInt8], utterances: [(index: Int, end: Int)]) {
        var bytes: [UInt8] = []
        var ends: [(index: Int, end: Int)] = []
        for (index, utterance) in text.utterances.enumerated() where speakers[index] == speaker {
            bytes += text.text(of: utterance.side)[utterance.place]
            bytes.append(UInt8(ascii: "\n"))
            ends.append((index, bytes.count))
        }
        return (bytes, ends)
    }
}

/// A place where a rule found what it looks for.
struct Finding: Equatable {
    let speaker: Speaker
    /// The indices of the first and the last utterance.
    let first: Int
    let last: Int
    /// The words, as they were said.
    let quote: String
    /// Seconds from the start of the recording at which the first utterance begins.
    let start: Double?
}
