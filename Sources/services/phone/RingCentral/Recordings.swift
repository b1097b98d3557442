// Recordings: the recordings of calls and their legs as records, each recording once.
internal import Records

/// The numbers of a listing, for the summary at its end.
public struct ListingTally: Sendable, Equatable {
    /// Distinct recordings, one record each.
    public var recordings = 0
    /// Calls that the log showed.
    public var calls = 0
    /// Calls left out because they had not ended.
    public var unfinished = 0
    /// Calls with a recording that the service did not keep because it was too short.
    public var short = 0
    /// Other ended calls without a recording: never recorded, or purged.
    public var unrecorded = 0
    /// Calls that could not be read.
    public var unreadable = 0
    /// Spans of time of which RingCentral did not show all the calls that it says there are.
    public var incomplete: [CallRange] = []

    /// Starts with nothing.
    public init() {}
}

/// The number of days for which the account keeps recordings.
struct Retention: Sendable, Equatable {
    /// The usual retention; an administrator can choose less.
    static let standard = Retention(automatic: 90, onDemand: 90)

    var automatic: Int
    var onDemand: Int

    func days(of type: String?) -> Int {
        type == "ondemand" ? onDemand : automatic
    }

    /// A note for a range that begins before the oldest recording that the service still keeps.
    ///
    /// Its days are listed all the same: the service may purge later than it says.
    func purged(of range: CallRange, now: Timestamp) -> String? {
        let days = max(automatic, onDemand)
        let oldest = now.day.adding(days: -days)
        guard range.start.day < oldest else { return nil }
        return "RingCentral keeps recordings for \(days) days: of calls before \(oldest.text)"
            + " there will hardly be any"
    }
}

/// Makes one record of each recording, oldest first within a window.
///
/// Windows overlap by a second, and pages may shift while they are read. In both cases a call is
/// shown twice, in the same window or in two that follow each other, so the ids of the last two
/// windows are enough to know it again.
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

    /// Gives the records of the window to `emit`, oldest first, and begins the next window.
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

    /// The record of a recording.
    ///
    /// A recording that only a leg has gets the leg's times and parties. Direction and result are
    /// always those of the call, because an inbound call is forwarded by a leg that goes outbound.
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

/// The records of a window while it is read, as one text: a busy day has many.
private struct RecordedWindow {
    private var text: [UInt8] = []
    private var places: [(start: Timestamp, line: Range<Int>)] = []

    mutating func append(_ record: Record, _ start: Timestamp) {
        places.append((start, text.count..<(text.count + record.bytes.count)))
        text += record.bytes
    }

    /// Gives the records, oldest first; two of the same moment by their ids, with which lines
    /// begin.
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
