// StitchedCall: the legs of one telephony session as one call on one timeline.
internal import Crypto
internal import Files
public import Formats
public import Records

/// One leg of a call: a recording with its place in time.
struct Leg {
    let record: Record
    let start: Timestamp
    /// The length of the recording in seconds; 0 when nothing tells it.
    let seconds: Double

    var end: Timestamp { start.adding(seconds: seconds) }

    /// - Throws: `Failure` of scope `item` for a record that has no place in time.
    init(_ record: Record) throws(Failure) {
        guard let start = record.start.flatMap({ Timestamp($0) }) else {
            throw Failure(
                .item, .input, "stitch \(record.id): it has no start",
                remedy: "list it again with its time, or leave it out")
        }
        self.record = record
        self.start = start
        let seconds = try record.audio()?.seconds ?? record.number("duration") ?? 0
        self.seconds = max(0, seconds)
    }
}

/// A call that was made of its legs.
public struct StitchedCall {
    /// The record of the whole call, without a transcript.
    public let record: Record
    /// The transcript on the call's timeline; `nil` when no leg has one.
    public let document: Document?
    /// The facts about the call, with the recording of each leg that has an address.
    public let call: CallFacts
    /// The remarks about it, a sentence each.
    public let remarks: [String]

    /// Puts legs together.
    ///
    /// Each leg begins where its `start` is after the first one's. A channel of a leg is a channel of
    /// the call, so that no two voices share one.
    ///
    /// - Parameters:
    ///   - session: The telephony session.
    ///   - legs: At least one.
    ///   - data: The directory of the files.
    /// - Throws: `Failure` of scope `item`.
    init(_ session: String, _ legs: [Leg], in data: DataDirectory) throws(Failure) {
        let legs = legs.sorted { ($0.start, $0.record.id) < ($1.start, $1.record.id) }
        let first = legs[0]
        let source = first.record.id.prefix { $0 != ":" }
        let id = "\(source):\(session)"
        var entries: [JSON] = []
        var spoken: [Spoken] = []
        var facts: Facts?
        var keys: [String] = []
        var remarks: [String] = []
        var recordings: [CallFacts.Audio] = []
        var (channel, end, overlap) = (0, first.start, 0.0)
        for leg in legs {
            let offset = leg.start.seconds - first.start.seconds
            let document = try Document.of(leg.record, in: data)
            entries.append(StitchedCall.entry(leg, offset: offset, hasTranscript: document != nil))
            overlap += max(0, min(end.seconds, leg.end.seconds) - leg.start.seconds)
            end = max(end, leg.end)
            recordings += try CallFacts(of: leg.record, in: data).recordings
            guard let document else {
                remarks.append("\(leg.record.id) of \(id) has no transcript")
                continue
            }
            facts = facts ?? document.facts
            keys.append("\(document.facts.key ?? "") \(offset)")
            for var said in document.spoken.map({ $0.later(by: offset) }) {
                said.segment.channel += channel
                spoken.append(said)
            }
            let used = document.spoken.map(\.segment.channel).max() ?? 0
            channel += max(used + 1, try leg.record.audio()?.channels ?? 1)
        }
        let seconds = end.seconds - first.start.seconds
        if var facts {
            (facts.id, facts.seconds, facts.provenance) = (id, seconds, nil)
            facts.key = Digest.sha256(Array(keys.joined(separator: "\n").utf8))
            spoken = spoken.enumerated().sorted {
                ($0.element.segment.start, $0.offset) < ($1.element.segment.start, $1.offset)
            }.map(\.element)
            document = Document(facts, spoken)
        } else {
            document = nil
        }
        var call = try CallFacts(of: first.record)
        call.recordings = recordings
        self.call = call
        self.remarks = remarks
        record = try StitchedCall.record(
            id, first, entries, seconds: seconds, overlap: overlap, session: session)
    }

    private static func record(
        _ id: String, _ first: Leg, _ entries: [JSON], seconds: Double, overlap: Double,
        session: String
    ) throws(Failure) -> Record {
        func member(_ name: String) -> JSON? { first.record.raw(name).map { .raw(Array($0)) } }
        do {
            return try Record([
                "id": .string(id), "source": member("source"), "start": .string(first.start.text),
                "duration": .double(rounded(seconds)), "direction": member("direction"),
                "from": member("from"), "to": member("to"), "call": member("call"),
                "overlap": .double(rounded(overlap)), "legs": .array(entries),
            ])
        } catch {
            throw Failure(.item, .input, "stitch \(id): its id is no id of a record")
        }
    }

    private static func entry(_ leg: Leg, offset: Double, hasTranscript: Bool) -> JSON {
        func member(_ name: String) -> JSON? { leg.record.raw(name).map { .raw(Array($0)) } }
        return .members([
            "id": .string(leg.record.id), "start": .string(leg.start.text),
            "offset": .double(rounded(offset)), "seconds": .double(rounded(leg.seconds)),
            "from": member("from"), "to": member("to"), "transcript": .bool(hasTranscript),
        ])
    }

    private static func rounded(_ number: Double) -> Double { (number * 1000).rounded() / 1000 }
}
