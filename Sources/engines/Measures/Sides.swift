// Sides: which party of a call is the agent, where neither channel nor direction says it.
public import Records

/// The party that is the agent, and how that is known.
///
/// It stays on the record as `sides`, so that a transcript that is made again gets the same names.
public struct Sides: MemberValue, Equatable {
    /// The way in which the agent is known.
    public enum Reason: String, Codable, Sendable {
        /// It says what only an agent says.
        case phrases
        /// It has the channel that the agent has in other calls of the extension.
        case `extension`
        /// A person said so.
        case swap
    }

    /// A place in the transcript that shows it.
    public struct Quote: Codable, Equatable, Sendable {
        let quote: String
        let start: Double
    }

    /// The agent's channel, from 0; `nil` where the voices have no channel of their own.
    public let channel: Int?
    /// The names that the agent and the customer have without this; `nil` for channels.
    let voices: Voices?
    /// The way in which it is known.
    public let by: Reason
    var evidence: [Quote]?
    /// Calls of the extension in which the agent has this channel, and all that are known.
    var calls, of: Int?

    struct Voices: Codable, Equatable, Sendable {
        let agent: String
        let customer: String
    }

    /// The value as it is written.
    public var json: JSON {
        .members([
            "channel": .whole(channel),
            "voices": voices.map {
                .members(["agent": .string($0.agent), "customer": .string($0.customer)])
            },
            "by": .string(by.rawValue),
            "evidence": evidence.map { quotes in
                .array(
                    quotes.map {
                        .members(["quote": .string($0.quote), "start": .double($0.start)])
                    })
            },
            "calls": .whole(calls), "of": .whole(of),
        ])
    }

    /// The transcript with the two sides named; the same when they are named so already.
    public func naming(_ transcript: Transcript) -> Transcript {
        var transcript = transcript
        name(&transcript.segments)
        return transcript
    }

    /// Names the speaker of each segment.
    public func name(_ segments: inout [Transcript.Segment]) {
        for index in segments.indices {
            segments[index].speaker = name(of: segments[index])
        }
    }

    private func name(of segment: Transcript.Segment) -> String? {
        if let channel {
            if segment.channel == channel { return "agent" }
            let isOther = segment.channel == (channel == 0 ? 1 : 0) || segment.speaker == "agent"
            return isOther ? "customer" : segment.speaker
        }
        switch segment.speaker {
        case let speaker? where speaker == voices?.agent: return "agent"
        case let speaker? where speaker == voices?.customer: return "customer"
        default: return segment.speaker
        }
    }
}

/// Decides which side of a call is the agent.
public struct SideFinder: Sendable {
    /// At most so many quotes are kept as evidence.
    private static let quotes = 3
    /// The side of other calls decides from so many calls on, and if so great a part of them agrees.
    private static let fewestCalls = 3
    private static let agreement = 0.8

    private let phrases: [[String]]
    /// The number of calls by extension and the agent's channel.
    private var agents: [String: [Int: Int]] = [:]

    /// Knows the agent by phrases such as "thank you for calling", which count as whole words.
    public init(phrases: some Sequence<String>) {
        self.phrases = phrases.map(\.words).filter { !$0.isEmpty }
    }

    /// True for a transcript with two parties of which none is known to be the agent.
    public static func isNeeded(for transcript: Transcript) -> Bool {
        let speakers = Set(transcript.segments.map { $0.speaker ?? "" })
        if speakers.contains("agent") || speakers.contains("customer") { return false }
        return Set(transcript.segments.map(\.channel)).count == 2
            || speakers.count == 2 && !speakers.contains("")
    }

    /// Learns from a call whose agent is known by more than the habit of its extension.
    public mutating func learn(from record: Record, _ transcript: Transcript, _ sides: Sides?) {
        guard sides?.by != .extension, let end = SideFinder.end(of: record) else { return }
        let agent = Set(transcript.segments.filter { $0.speaker == "agent" }.map(\.channel))
        guard Set(transcript.segments.map(\.channel)).count == 2, agent.count == 1 else { return }
        for channel in agent { agents[end, default: [:]][channel, default: 0] += 1 }
    }

    /// The sides of a call by the phrases, else by the habit of its extension; `nil` when neither says.
    public func sides(of record: Record, _ transcript: Transcript) -> Sides? {
        let isByChannel = Set(transcript.segments.map(\.channel)).count == 2
        func party(_ segment: Transcript.Segment) -> String {
            isByChannel ? String(segment.channel) : segment.speaker ?? ""
        }
        var said: [String: [Sides.Quote]] = [:]
        for segment in transcript.segments {
            let words = segment.text.words
            guard phrases.contains(where: words.contains) else { continue }
            said[party(segment), default: []].append(
                Sides.Quote(quote: segment.text, start: segment.start))
        }
        let ranked = said.sorted { $0.value.count > $1.value.count }
        if let agent = ranked.first, agent.value.count > ranked.dropFirst().first?.value.count ?? 0
        {
            let customer = transcript.segments.map(party).first { $0 != agent.key } ?? ""
            return Sides(
                channel: isByChannel ? Int(agent.key) : nil,
                voices: isByChannel ? nil : .init(agent: agent.key, customer: customer),
                by: .phrases, evidence: Array(agent.value.prefix(SideFinder.quotes)))
        }
        guard isByChannel, let end = SideFinder.end(of: record), let known = agents[end],
            let most = known.max(by: { $0.value < $1.value })
        else { return nil }
        let all = known.values.reduce(0, +)
        guard all >= SideFinder.fewestCalls,
            Double(most.value) >= SideFinder.agreement * Double(all)
        else { return nil }
        return Sides(channel: most.key, voices: nil, by: .extension, calls: most.value, of: all)
    }

    /// The sides of a call the other way round.
    ///
    /// - Throws: `Failure` of scope `item` when there are no two sides that are known.
    public static func swapped(
        _ record: Record, _ transcript: Transcript, _ sides: Sides?
    ) throws(Failure) -> Sides {
        if let voices = sides?.voices {
            return Sides(
                channel: nil, voices: .init(agent: voices.customer, customer: voices.agent),
                by: .swap)
        }
        let channels = Set(transcript.segments.map(\.channel))
        let agent = Set(transcript.segments.filter { $0.speaker == "agent" }.map(\.channel))
        let customer = Set(transcript.segments.filter { $0.speaker == "customer" }.map(\.channel))
        guard channels.isSubset(of: [0, 1]), agent.count + customer.count == channels.count,
            agent.isDisjoint(with: customer), !channels.isEmpty
        else {
            throw Failure(
                .item, .input, "swap the sides of \(record.id): it has no agent and customer",
                remedy: "let --agent-phrases tell them apart first")
        }
        return Sides(channel: customer.first ?? 1 - (agent.first ?? 0), voices: nil, by: .swap)
    }

    /// The extension of a call and the end that it is; `nil` for a call within the house.
    private static func end(of record: Record) -> String? {
        let ends = ["from", "to"].compactMap { end in
            record.string(end, "extension").map { "\(end) \($0)" }
        }
        return ends.count == 1 ? ends[0] : nil
    }
}

extension [String] {
    /// True when the words stand in this order, right after each other.
    fileprivate func contains(_ phrase: [String]) -> Bool {
        guard count >= phrase.count else { return false }
        return (0...(count - phrase.count)).contains { first in
            self[first..<(first + phrase.count)].elementsEqual(phrase)
        }
    }
}
