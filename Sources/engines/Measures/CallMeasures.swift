// CallMeasures: how a call went, by the times of its utterances alone.
public import Records

/// Measures of a conversation.
///
/// The definitions are those of callpipe-record(5). They need no model: the times of the channels say
/// who talked when.
public struct CallMeasures: Sendable {
    /// Silences longer than this count, in seconds.
    private static let silence = 3.0
    /// A rate of words is told from this many words on.
    private static let fewestWords = 30
    /// More parties than this are no conversation.
    private static let mostParties = 100

    /// How it is known who talked.
    public enum Basis: String, Sendable {
        /// Each party has a channel of its own.
        case channel
        /// The engine told the voices apart.
        case diarized
        /// One voice, or voices that were not told apart.
        case single
    }

    private let basis: Basis
    private let parties: [String]
    private let utterances: [[Transcript.Segment]]
    private let talk: Talk
    private let announced: [Int]
    private let announcedSeconds: Double
    private let duration: Double?

    /// Measures a transcript.
    ///
    /// - Parameters:
    ///   - transcript: The transcript.
    ///   - duration: The length of the recording in seconds, where it is known.
    ///   - channels: The number of the recording's channels, where it is known.
    ///   - announcements: Says which utterances are a machine's.
    /// - Throws: `Failure` of scope `item` for an utterance that ends before it begins, and for too many
    ///   speakers.
    public init(
        _ transcript: Transcript, duration: Double?, channels: Int? = nil,
        announcements: Announcements = Announcements([])
    ) throws(Failure) {
        for segment in transcript.segments where segment.end < segment.start || segment.start < 0 {
            throw Failure(
                .item, .input,
                "measure the transcript: an utterance ends at \(segment.end) s, before its start at "
                    + "\(segment.start) s", remedy: "transcribe the recording again")
        }
        let (announced, spoken) = announcements.divide(transcript.segments)
        let isByChannel =
            (channels ?? 1) > 1 || Set(transcript.segments.map(\.channel)).count > 1
        let isTold = spoken.contains { $0.speaker != nil }
        basis = isByChannel ? .channel : isTold ? .diarized : .single
        let utterances = Dictionary(grouping: spoken) { CallMeasures.party(of: $0, isByChannel) }
        guard utterances.count <= CallMeasures.mostParties else {
            throw Failure(
                .item, .input,
                "measure the transcript: it has \(utterances.count) speakers, and at most "
                    + "\(CallMeasures.mostParties) can be told apart",
                remedy: "transcribe the recording again")
        }
        let parties = utterances.keys.sorted()
        self.parties = parties
        self.utterances = parties.map { utterances[$0] ?? [] }
        self.announced = announced
        announcedSeconds = announced.reduce(0) {
            $0 + transcript.segments[$1].end - transcript.segments[$1].start
        }
        talk = Talk(self.utterances.map { $0.map { Span(start: $0.start, end: $0.end) } })
        self.duration = duration
    }

    /// The name of the party of an utterance; a channel of whom nothing is known has its number.
    private static func party(of segment: Transcript.Segment, _ isByChannel: Bool) -> String {
        segment.speaker ?? (isByChannel ? "channel \(segment.channel)" : "all")
    }

    /// The measures as they are written on the record.
    public var json: JSON {
        let all = talk.stretches.flatMap { $0 }.joined(acrossPausesBelow: 0)
        let silences = zip(all, all.dropFirst()).map { $1.start - $0.end }
        let long = silences.filter { $0 > CallMeasures.silence }
        let sum = talk.stretches.map(\.seconds).reduce(0, +)
        return .members([
            "basis": .string(basis.rawValue), "seconds": .number(duration.map(rounded)),
            "parties": .object(
                parties.indices.map { party in
                    JSON.Member(parties[party], json(of: party, sum: sum))
                }),
            "turns": .int(talk.turns.count),
            "talk": .double(rounded(sum)),
            "overlap": .double(rounded(sum - all.seconds)),
            "silence": .members([
                "longest": .double(rounded(silences.max() ?? 0)),
                "over_3s": .double(rounded(long.reduce(0, +))),
                "count_over_3s": .int(long.count),
            ]),
            "announcements": announced.isEmpty
                ? nil
                : .members([
                    "count": .int(announced.count),
                    "seconds": .double(rounded(announcedSeconds)),
                    "segments": .array(announced.map(JSON.int)),
                ]),
        ])
    }

    private func json(of party: Int, sum: Double) -> JSON {
        let seconds = talk.stretches[party].seconds
        let words = utterances[party].reduce(0) { count, segment in
            count + segment.text.split(whereSeparator: \.isWhitespace).count
        }
        let rate =
            words >= CallMeasures.fewestWords && seconds > 0 ? Double(words) / seconds * 60 : nil
        return .members([
            "talk": .double(rounded(seconds)),
            "share": sum > 0 ? .double(rounded(seconds / sum)) : nil,
            "share_of_call": duration.flatMap { $0 > 0 ? .double(rounded(seconds / $0)) : nil },
            "turns": .int(talk.turns.count { $0.party == party }),
            "longest_monologue": .double(rounded(talk.longestMonologue(of: party))),
            "response": .number(median(talk.responseTimes(of: party)).map(rounded)),
            "interruptions": .int(talk.interruptions(by: party)),
            "words": .int(words), "words_per_minute": .number(rate.map { $0.rounded() }),
            "first_word": .number(talk.stretches[party].first.map { rounded($0.start) }),
        ])
    }

    private func median(_ values: [Double]) -> Double? {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return nil }
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2)
            ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    /// To a thousandth; a number that is too large for that has no fraction.
    private func rounded(_ value: Double) -> Double {
        abs(value) < 1e12 ? (value * 1000).rounded() / 1000 : value
    }
}
