// NativeTranscript: RingCentral's own transcript in the form of a record's.
internal import Crypto
public import Records

extension Insights {
    /// An utterance of the reply; every member may be absent.
    private struct Utterance: Decodable {
        let speakerId: Loose?
        let text: Loose?
        let start: Loose?
        let end: Loose?
    }

    private struct Speaker: Decodable {
        let speakerId: Loose?
        let extensionId: Loose?
    }

    /// The utterances by time; `nil` without a transcript, empty when there is no speech.
    ///
    /// A missing time is that of the utterance before. RingCentral tells no channel, so all are on
    /// 0.
    public var segments: [Transcript.Segment]? {
        guard let listed = self["transcript"].flatMap({ JSON.elements(of: $0.bytes) }) else {
            return nil
        }
        let names = speakers
        var last = 0.0
        let segments = listed.compactMap { element -> Transcript.Segment? in
            guard let utterance = element.decoded(as: Utterance.self),
                let text = utterance.text?.text?.trimmed, !text.isEmpty
            else { return nil }
            let start = Insights.bounded(utterance.start?.number ?? last)
            let end = max(start, Insights.bounded(utterance.end?.number ?? start))
            last = end
            let id = utterance.speakerId?.text.flatMap { $0.isEmpty ? nil : $0 }
            return Transcript.Segment(
                start: start, end: end, channel: 0, speaker: names[id ?? ""] ?? id, text: text)
        }
        return segments.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    }

    /// A time of the reply in bounds: no recording lasts longer than about ten days.
    private static func bounded(_ time: Double) -> Double { min(max(0, time), 1e6) }

    /// The utterances with all times within the recording, as far as its length is known.
    public func segments(within record: Record) -> [Transcript.Segment]? {
        // The duration of a call has no fractions.
        let lengths = [
            seconds.flatMap { (0...1e6).contains($0) ? $0 : nil },
            (try? record.audio())?.flatMap(\.seconds), record.number("duration").map { $0 + 1 },
        ].compactMap { $0 }
        guard let length = lengths.max() else { return segments }
        return segments?.map { segment in
            var bounded = segment
            bounded.start = min(segment.start, length)
            bounded.end = min(segment.end, length)
            return bounded
        }
    }

    /// A hash over everything that the transcript was made from.
    public var transcriptKey: String {
        let parts = [
            Insights.engine, Insights.model, recording ?? "", self["speakers"]?.text ?? "",
            self["transcript"]?.text ?? "",
        ]
        return Digest.sha256(Array(parts.joined(separator: "\n").utf8))
    }

    /// The origin of the transcript.
    public var provenance: Transcript.Provenance {
        var provenance = Transcript.Provenance()
        provenance.settings = self["domain"]?.decoded(as: String.self).map { "domain=\($0)" }
        provenance.request = recording
        provenance.seconds = seconds
        provenance.at = self["at"]?.decoded(as: String.self)
        return provenance
    }

    /// The share of the recording that the transcript covers, from 0 to 1.
    ///
    /// Transcripts have been seen to end without notice when a call became a conference. `nil`
    /// without a transcript, or when no length is known.
    public func coverage(of record: Record) -> Double? {
        guard let segments else { return nil }
        // The longer one of two lengths: the shorter may be that of a cut recording.
        let lengths = [seconds, (try? record.audio())?.flatMap(\.seconds)].compactMap { $0 }
        let length = lengths.max() ?? record.number("duration") ?? 0
        guard length > 0 else { return nil }
        let reach = segments.map(\.end).max() ?? 0
        return (min(1, reach / length) * 1000).rounded() / 1000
    }

    /// The speakers by id.
    ///
    /// A speaker with an extension is an agent. The others are customers, if there is an agent.
    private var speakers: [String: String] {
        let listed = self["speakers"].flatMap { JSON.elements(of: $0.bytes) } ?? []
        let known = listed.compactMap { $0.decoded(as: Speaker.self) }
        func isOurs(_ speaker: Speaker) -> Bool { speaker.extensionId?.text.isFilled == true }
        guard known.contains(where: isOurs) else { return [:] }
        var names: [String: String] = [:]
        var counts: [String: Int] = [:]
        // Outside parties have been seen without an id: one such can be told from the others.
        let nameless = known.filter { $0.speakerId?.text.isFilled != true }
        for speaker in known {
            let id = speaker.speakerId?.text ?? ""
            guard names[id] == nil, !id.isEmpty || nameless.count == 1 else { continue }
            let name = isOurs(speaker) ? "agent" : "customer"
            let count = counts[name, default: 0] + 1
            counts[name] = count
            names[id] = count == 1 ? name : "\(name)-\(count)"
        }
        return names
    }
}

/// A value that the service sends as a string or as a number; any other form is absent.
private struct Loose: Decodable {
    let text: String?
    let number: Double?

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let number = try? value.decode(Double.self) {
            self.number = number
            text =
                number == number.rounded() && abs(number) < 1e15
                ? String(Int(number)) : String(number)
        } else {
            text = try? value.decode(String.self)
            number = text.flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil }
        }
    }
}

extension String? {
    fileprivate var isFilled: Bool { self?.isEmpty == false }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
