// Parties: the channels that are heard apart, and the speaker on each.
import Audio
import Filter
import Records

/// The plan for the channels of a recording.
struct Parties {
    /// The ways to hear several channels.
    enum Plan: String, CaseIterable {
        case auto, mix, split
    }

    private let plan: Plan
    private let names: [String]

    /// Reads `--channels` and `--speakers`.
    init(_ options: Options<ToolOptions>) {
        plan = options.channels
        names = options.speakers.split(separator: ",", omittingEmptySubsequences: false).map(
            String.init)
    }

    /// Two channels are two parties, unless both carry the same call; of more tracks, each is a party.
    func channels(of facts: Audio.Facts) -> Audio.Channels {
        let isSplit =
            switch plan {
            case .mix: false
            case .split: true
            case .auto: facts.isDualMono == false || facts.tracks > 2
            }
        return isSplit ? .split : facts.isReversed ? .mixReversed : .mix
    }

    /// The speakers on the channels of a record.
    func speakers(of record: Record) -> Speakers {
        guard let agent = record.agentChannel, agent == 0 || agent == 1 else {
            return Speakers(names: toldNames(of: record))
        }
        return Speakers(names: agent == 0 ? ["agent", "customer"] : ["customer", "agent"])
    }

    /// The part of a transcript's key that channels and speakers decide.
    ///
    /// Sides that were found later do not count: they change names, not words, and nothing is heard
    /// again for them.
    func identity(of record: Record) -> String {
        "\(plan.rawValue) \(toldNames(of: record).joined(separator: ","))"
    }

    /// The names by the options and the direction of the call.
    private func toldNames(of record: Record) -> [String] {
        names.map { Parties.name($0, record.direction) }
    }

    /// The agent or the customer for `from` and `to`, which the call's direction decides.
    private static func name(_ name: String, _ direction: String?) -> String {
        switch (name, direction) {
        case ("from", "inbound"), ("to", "outbound"): "customer"
        case ("from", "outbound"), ("to", "inbound"): "agent"
        case ("from", _), ("to", _): ""
        default: name
        }
    }

    /// The names of the channels of one record.
    struct Speakers: Sendable {
        fileprivate let names: [String]

        /// The speaker on a channel that holds one party.
        subscript(channel: Int) -> String {
            let name = channel < names.count ? names[channel] : ""
            return name.isEmpty ? "channel-\(channel)" : name
        }
    }
}
