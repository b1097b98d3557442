// CallComparison: how far two engines agree on what was said, in a call and in all of them.
public import Records

/// The counts of a comparison; those of several calls are added up.
public struct Agreement: Sendable, Equatable {
    /// The number of calls.
    public var calls = 0
    /// The words of the first transcript.
    public var words = 0
    /// The words of the second transcript.
    public var otherWords = 0
    /// Words that are others in the second.
    public var substitutions = 0
    /// Words that only the first has.
    public var deletions = 0
    /// Words that only the second has.
    public var insertions = 0
    /// Minutes of audio that each engine was given, and what they cost, where the records tell both.
    public var minutes = [0.0, 0.0]
    /// The costs of these minutes.
    public var costs = [0.0, 0.0]

    /// Begins with nothing.
    public init() {}

    /// The number of changes.
    public var errors: Int { substitutions + deletions + insertions }
    /// The changes over the words of the first; `nil` when it has none.
    public var rate: Double? { words > 0 ? Double(errors) / Double(words) : nil }
    /// The changes over the words of the longer one, which is the same whichever comes first.
    public var disagreement: Double? {
        let longer = max(words, otherWords)
        return longer > 0 ? Double(errors) / Double(longer) : nil
    }
    /// The cost of a minute of each engine, where it is known.
    public var prices: [Double?] {
        zip(costs, minutes).map { $1 > 0 ? $0 / $1 : nil }
    }

    /// Adds the counts of others.
    public mutating func add(_ other: Agreement) {
        calls += other.calls
        words += other.words
        otherWords += other.otherWords
        substitutions += other.substitutions
        deletions += other.deletions
        insertions += other.insertions
        for index in 0...1 {
            minutes[index] += other.minutes[index]
            costs[index] += other.costs[index]
        }
    }

    /// The counts and rates as an object.
    public var json: JSON {
        func rounded(_ number: Double?) -> JSON? {
            number.map { .double(($0 * 1e4).rounded() / 1e4) }
        }
        return .members([
            "calls": .int(calls), "words": .int(words), "other_words": .int(otherWords),
            "wer": rounded(rate), "disagreement": rounded(disagreement),
            "substitutions": .int(substitutions), "deletions": .int(deletions),
            "insertions": .int(insertions),
            "cost_per_minute": .members([
                "a": rounded(prices[0]), "b": rounded(prices[1]),
            ]),
        ])
    }
}

/// Two transcripts of one call.
public struct CallComparison: Sendable {
    /// A place where they differ.
    public struct Difference: Sendable, Equatable {
        /// The words of the first.
        public let first: String
        /// The words of the second.
        public let second: String
        /// The start of the utterance of the first that it stands in, where it is known.
        public let start: Double?

        /// The difference as it is written.
        public var json: JSON {
            .members(["at": .number(start), "a": .string(first), "b": .string(second)])
        }
    }

    /// The counts.
    public private(set) var agreement = Agreement()
    /// The places, in their order.
    public private(set) var differences: [Difference] = []

    /// Compares the words of two transcripts.
    public init(_ first: ComparedTranscript, _ second: ComparedTranscript) {
        agreement.calls = 1
        agreement.words = first.words.count
        agreement.otherWords = second.words.count
        for (index, transcript) in [first, second].enumerated() {
            guard let cost = transcript.cost, let seconds = transcript.seconds else { continue }
            agreement.costs[index] = cost
            agreement.minutes[index] = seconds / 60
        }
        for (one, other) in ComparedTranscript.pieces(first, second) {
            let alignment = Alignment(one, other)
            agreement.substitutions += alignment.substitutions
            agreement.deletions += alignment.deletions
            agreement.insertions += alignment.insertions
            differences += alignment.changes.map { change in
                Difference(
                    first: change.first.joined(separator: " "),
                    second: change.second.joined(separator: " "),
                    start: first.start(of: change.place))
            }
        }
    }
}

/// The words of a transcript in the order of time, as they are compared.
public struct ComparedTranscript: Sendable {
    let words: [String]
    /// The number of the first word of each utterance, and its start.
    private let starts: [(word: Int, start: Double?)]
    /// The cost, and the seconds of audio that it is for.
    let cost: Double?
    let seconds: Double?

    /// Takes the transcript of a record; `nil` for one that has none.
    public init?(_ record: Record) {
        guard record.has("transcript") else { return nil }
        let spoken = SpokenText(of: record)
        let utterances = spoken.utterances.enumerated().sorted { a, b in
            let (first, second) = (a.element.start ?? 0, b.element.start ?? 0)
            return first == second ? a.offset < b.offset : first < second
        }
        var (words, starts) = ([String](), [(word: Int, start: Double?)]())
        for (_, utterance) in utterances {
            starts.append((words.count, utterance.start))
            words += Spelling.words(spoken.text(of: utterance))
        }
        (self.words, self.starts) = (words, starts)
        func number(_ name: String) -> Double? {
            record.raw(at: ["transcript", "provenance", name]).flatMap {
                JSON.raw($0).decoded(as: Double.self)
            }
        }
        (cost, seconds) = (number("cost"), number("seconds"))
    }

    /// The words of both in pieces that can be put against each other, cut at the same times.
    ///
    /// Where the times do not tell enough, the words are cut by their number.
    fileprivate static func pieces(
        _ first: ComparedTranscript, _ second: ComparedTranscript
    ) -> [(ArraySlice<String>, ArraySlice<String>)] {
        let most = Alignment.longest
        let end = max(first.starts.last?.start ?? 0, second.starts.last?.start ?? 0)
        var count = 1
        while count <= 4096 {
            let cuts = [first, second].map { transcript in
                (0...count).map { transcript.word(at: end * Double($0) / Double(count), $0, count) }
            }
            let isFine = (0..<count).allSatisfy { piece in
                cuts.allSatisfy { $0[piece + 1] - $0[piece] <= most }
            }
            if isFine { return cut(first, second, cuts) }
            count *= 2
        }
        count = max(first.words.count, second.words.count) / most + 1
        return cut(
            first, second,
            [first, second].map { transcript in
                (0...count).map { transcript.words.count * $0 / count }
            })
    }

    private static func cut(
        _ first: ComparedTranscript, _ second: ComparedTranscript, _ cuts: [[Int]]
    ) -> [(ArraySlice<String>, ArraySlice<String>)] {
        (0..<(cuts[0].count - 1)).map { piece in
            (
                first.words[cuts[0][piece]..<cuts[0][piece + 1]],
                second.words[cuts[1][piece]..<cuts[1][piece + 1]]
            )
        }
    }

    /// The first word at a time; the ends are those of the transcript.
    private func word(at time: Double, _ piece: Int, _ count: Int) -> Int {
        if piece == 0 { return 0 }
        if piece == count { return words.count }
        return starts.first { ($0.start ?? 0) >= time }?.word ?? words.count
    }

    fileprivate func start(of word: Int) -> Double? { starts.last { $0.word <= word }?.start }
}
