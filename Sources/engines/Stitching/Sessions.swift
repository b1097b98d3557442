// Sessions: gathers the legs of telephony sessions, and gives each session when it is complete.
public import Files
public import Records

/// Holds the legs of the sessions that may still get one.
///
/// Where records come in the order of their starts, memory is that of the sessions within the window,
/// and 8 bytes for each session that was given.
public struct Sessions {
    private let data: DataDirectory
    private let window: Double
    private var open: [String: (legs: [Leg], end: Timestamp)] = [:]
    private var given: Set<Int> = []
    private var latest = Timestamp(milliseconds: .min / 2)

    /// Waits for further legs.
    ///
    /// - Parameters:
    ///   - data: The directory of the files.
    ///   - window: The seconds after a leg's end in which another leg of its session may begin.
    public init(data: DataDirectory, window: Double) {
        self.data = data
        self.window = window
    }

    /// Takes a record.
    ///
    /// - Parameters:
    ///   - record: The record; without a telephony session it is a call of one leg.
    ///   - sink: Gets each session that is complete now.
    /// - Throws: `Failure` of scope `item` for a record that cannot be taken, and the error of the sink.
    public mutating func take(
        _ record: Record, _ sink: (Result<StitchedCall, Failure>) throws -> Void
    ) throws {
        let leg = try Leg(record)
        let session = Sessions.session(of: record)
        guard !given.contains(session.hashValue) else {
            throw Failure(
                .item, .input,
                "stitch \(record.id): the other legs of its call were written already",
                remedy: "sort the records by start, or let --window be longer")
        }
        latest = max(latest, leg.start)
        var legs = open[session]?.legs ?? []
        // The same recording may come twice, as on a call and on its leg.
        if !legs.contains(where: { $0.record.id == record.id }) { legs.append(leg) }
        open[session] = (legs, max(open[session]?.end ?? leg.end, leg.end))
        let limit = latest.adding(seconds: -window)
        try give(open.filter { $0.value.end < limit }.map(\.key), sink)
    }

    /// Gives all sessions that are left.
    public mutating func finish(
        _ sink: (Result<StitchedCall, Failure>) throws -> Void
    ) throws {
        try give(Array(open.keys), sink)
    }

    private mutating func give(
        _ sessions: [String], _ sink: (Result<StitchedCall, Failure>) throws -> Void
    ) throws {
        let complete = sessions.compactMap { session in
            open.removeValue(forKey: session).map { (session, $0.legs) }
        }
        func first(_ legs: [Leg]) -> (Timestamp, String) {
            legs.map { ($0.start, $0.record.id) }.min { $0 < $1 } ?? (latest, "")
        }
        for (session, legs) in complete.sorted(by: { first($0.1) < first($1.1) }) {
            given.insert(session.hashValue)
            try sink(
                Result { () throws(Failure) in try StitchedCall(session, legs, in: data) })
        }
    }

    /// The telephony session of RingCentral, its older session, or the recording itself.
    private static func session(of record: Record) -> String {
        for name in ["telephony_session", "session"] {
            if let text = record.raw(at: ["call", name]),
                let session = JSON.raw(Array(text)).decoded(as: String.self), !session.isEmpty
            {
                return session
            }
        }
        return "call-" + record.fileStem
    }
}
