// Recordings: the recordings of calls and their legs as records, each recording once.
internal import Records

/// What a listing came across, for the summary at its end.
public struct ListingTally: Sendable, Equatable {
    /// Distinct recordings, each a record.
    public var recordings = 0
    /// Calls that the log showed.
    public var calls = 0
    /// Calls left out because they were still going on.
    public var unfinished = 0
    /// Calls with a recording that the service did not keep because it was too short.
    public var short = 0
    /// Other finished calls without a recording (any more): never recorded, or purged.
    public var unrecorded = 0
    /// Calls that could not be read.
    public var unreadable = 0
    /// Spans of time of which RingCentral did not show all the calls that it says there are.
    public var incomplete: [CallRange] = []

    /// Starts with nothing.
    public init() {}
}

/// For how many days the account keeps recordings.
struct Retention: Sendable, Equatable {
    /// What accounts have unless somebody chose less.
    static let standard = Retention(automatic: 90, onDemand: 90)

    var automatic: Int
    var onDemand: Int

    func days(of type: String?) -> Int {
        type == "ondemand" ? onDemand : automatic
    }

    /// A remark where a range begins before what the service still keeps; its days are asked for
    /// all the same, since the service purges when it likes.
    func purged(of range: CallRange, now: Timestamp) -> String? {
        let days = max(automatic, onDemand)
        let oldest = now.day.adding(days: -days)
        guard range.start.day < oldest else { return nil }
        return "RingCentral keeps recordings for \(days) days: of calls before \(oldest.text)"
            + " there will hardly be any"
    }
}

/// Turns calls into records, oldest first within a window, each recording once.
///
/// Windows overlap by a second, and pages may shift while they are read. Both show a call twice,
/// never with a window between, so the ids of the last two windows are enough to tell.
struct RecordingCollector {
    private let range: Range<Timestamp>
    private let retention: Retention
    private var seen: Set<String> = []
    private var seenBefore: Set<String> = []
    private var window = RecordedWindow()
    /// The calls of this window and of the one before, by id or, without one, by their text.
    private var calls: Set<[UInt8]> = []
    private var callsBefore: Set<[UInt8]> = []
    var tally = ListingTally()

    init(range: Range<Timestamp>, retention: Retention) {
        self.range = range
        self.retention = retention
    }

    /// The number of calls that the window has shown so far.
    var callsOfWindow: Int { calls.count }

    /// Takes the calls of a page; the check counts its rows.
    mutating func add(_ page: CallLogPage, _ check: inout WindowCheck) {
        check.add(page.paging, rows: page.rows, hasNext: page.nextPage != nil)
        page.forEachCall { call, text in
            check.add(row: call?.id)
            guard let call, let start = Timestamp(call.start) else {
                if isNew(Array(text)) { tally.unreadable += 1 }
                return
            }
            if range.contains(start) { add(call, start, isNew: isNew(Array(call.id.utf8))) }
        }
    }

    /// Counts a call; false for one that was shown before.
    private mutating func isNew(_ call: [UInt8]) -> Bool {
        guard !callsBefore.contains(call), calls.insert(call).inserted else { return false }
        tally.calls += 1
        return true
    }

    /// Gives away the records of the window, oldest first; the next window begins.
    mutating func endWindow(_ emit: (Record) throws -> Void) rethrows {
        let ended = window
        window = RecordedWindow()
        (seenBefore, seen) = (seen, [])
        (callsBefore, calls) = (calls, [])
        try ended.forEach(emit)
    }

    private mutating func add(_ call: LoggedCall, _ start: Timestamp, isNew: Bool) {
        if call.isUnfinished {
            if isNew { tally.unfinished += 1 }
            return
        }
        let parts = [call.facts] + call.legs
        let isShort = parts.contains(where: \.isShort)
        if isShort, isNew { tally.short += 1 }
        var isRecorded = false
        for (index, part) in parts.enumerated() {
            guard let recording = part.recording else { continue }
            isRecorded = true
            guard !seenBefore.contains(recording.id), seen.insert(recording.id).inserted else {
                continue
            }
            guard let record = record(of: recording, part, index > 0, call, start) else {
                tally.unreadable += 1
                continue
            }
            tally.recordings += 1
            window.append(record.record, record.start)
        }
        if !isRecorded, !isShort, isNew { tally.unrecorded += 1 }
    }

    /// A recording that only a leg has gets the leg's times and parties; direction and result are
    /// always the call's, because an inbound call is forwarded by a leg that goes outbound.
    private func record(
        of recording: LoggedRecording, _ part: CallFacts, _ isLeg: Bool, _ call: LoggedCall,
        _ callStart: Timestamp
    ) -> (start: Timestamp, record: Record)? {
        let start = part.start.flatMap { Timestamp($0) } ?? callStart
        let type = recording.type.map { $0.lowercased() }
        let expires = start.day.adding(days: retention.days(of: type)).text
        let record = try? Record([
            "id": .string("rc:\(recording.id)"),
            "source": .string("ringcentral"),
            "start": .string(start.text),
            "duration": .number(part.seconds ?? call.facts.seconds),
            "direction": .text(call.facts.direction?.lowercased()),
            "result": .text(call.facts.result),
            "from": Self.party(part.from, call.facts.from).json,
            "to": Self.party(part.to, call.facts.to).json,
            "call": .members([
                "id": .string(call.id), "session": .text(call.session),
                "telephony_session": .text(part.telephonySession ?? call.facts.telephonySession),
                "legs": .int(call.legs.count),
            ]),
            "recording": Recording(
                id: recording.id, uri: recording.contentURI, type: type, expires: expires
            ).json,
        ])
        return record.map { (start, $0) }
    }

    private static func party(_ own: LoggedParty?, _ ofCall: LoggedParty?) -> Party {
        let party = own?.isKnown == true ? own : ofCall
        return Party(phone: party?.phone, name: party?.name, extension: party?.extension)
    }
}

/// The records of a window while it is read, as text without gaps: a busy day has many.
private struct RecordedWindow {
    private var text: [UInt8] = []
    private var places: [(start: Timestamp, line: Range<Int>)] = []

    mutating func append(_ record: Record, _ start: Timestamp) {
        places.append((start, text.count..<(text.count + record.bytes.count)))
        text += record.bytes
    }

    /// Oldest first; of the same moment, by id, with which the lines begin.
    func forEach(_ body: (Record) throws -> Void) rethrows {
        let inTurn = places.sorted { a, b in
            a.start == b.start
                ? text[a.line].lexicographicallyPrecedes(text[b.line]) : a.start < b.start
        }
        for place in inTurn {
            guard let record = try? Record(text[place.line]) else { continue }
            try body(record)
        }
    }
}
