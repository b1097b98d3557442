// History: what happened to one recording, in the order in which it happened, and what comes next.
public import Checkpoint
public import Records

/// All that the checkpoint knows of a recording, for `state-show --why`.
public struct History {
    /// One thing that happened, or is, or will be.
    public struct Event: Sendable {
        /// When; `nil` for what is now and what comes.
        let time: String?
        let what: String
        let stage: String?
        let facts: [JSON.Member]

        /// The event as a line for programs.
        public func json(of id: String) -> JSON {
            .object(
                [
                    JSON.Member("id", .string(id)), time.map { .init("time", .string($0)) },
                    .init("event", .string(what)), stage.map { .init("stage", .string($0)) },
                ].compactMap { $0 } + facts)
        }

        /// The event as texts for people: time, stage, what it is, and what is known of it.
        public var texts: [String] {
            let facts = facts.map { fact in
                if fact.name == "message", case .string(let text) = fact.value { return text }
                // Paths and hashes of a record come with their quotation marks.
                return "\(fact.name) " + fact.value.text.filter { $0 != "\"" }
            }
            return [
                time.map { $0.prefix(19) + "Z" } ?? "", stage ?? "", what,
                facts.joined(separator: ", "),
            ]
        }
    }

    private let checkpoint: Checkpoint
    private let call: Call
    private var runs: Set<String> = []
    /// What happened, in the order of time, then what is, then what comes.
    public private(set) var events: [Event] = []

    /// The row of the call.
    struct Call {
        let number: Int64
        let id: String
        let batch: String?
        let expires: String?
        let seenAt: String
        let erasedAt: String?
        let record: Record?
    }

    /// Reads the history of a recording.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - checkpoint: The open file.
    /// - Throws: `Failure` of scope `item` when there is none of that id.
    public init(of id: String, in checkpoint: Checkpoint) throws {
        let told = try checkpoint.transaction {
            try checkpoint.begin()
            var history = History(try History.find(id, checkpoint), checkpoint)
            try history.tell()
            return history
        }
        self = told
    }

    private init(_ call: Call, _ checkpoint: Checkpoint) {
        self.call = call
        self.checkpoint = checkpoint
    }

    static func unknown(_ id: String) -> Failure {
        Failure(
            .item, .notFound, "show recording \(id): the checkpoint has none of that id",
            remedy: "state-show --latest 20 --fields id shows some that it has")
    }

    private static func find(_ id: String, _ checkpoint: Checkpoint) throws(Failure) -> Call {
        let question = try Statement(
            checkpoint.database,
            "SELECT number, batch, expires, seen_at, erased_at, record FROM calls WHERE id = ?1")
        question.bind(1, copying: id)
        guard try question.step() else { throw unknown(id) }
        return Call(
            number: question.integer(0), id: id, batch: question.string(1),
            expires: question.string(2), seenAt: question.string(3) ?? "",
            erasedAt: question.string(4),
            record: question.string(5).flatMap {
                try? Record($0.utf8.map { $0 == 0x0A ? 0x20 : $0 })
            })
    }

    /// The order within one moment: what began before what came of it.
    private static let order = ["run_begun", "seen", "leased", "begun"]

    private mutating func tell() throws(Failure) {
        add(call.seenAt, "seen", nil, ["batch": .text(call.batch)])
        if let batch = call.batch { runs.insert(batch) }
        let stages = try StageStatusReader(checkpoint).stages(of: call.number)
        for row in stages { tell(row) }
        let lease = try tellLease()
        try tellErrors()
        try tellLedger()
        try tellHolds()
        try tellAudit()
        try tellRuns()
        let order = History.order
        let ranked = events.enumerated().sorted { a, b in
            func rank(_ event: Event) -> Int { order.firstIndex(of: event.what) ?? order.count }
            return (a.element.time ?? "", rank(a.element), a.offset)
                < (b.element.time ?? "", rank(b.element), b.offset)
        }
        events = ranked.map(\.element)
        if call.erasedAt == nil {
            for copy in call.record?.copies ?? [] {
                let place: [JSON.Member] = [
                    .init("destination", .string(copy.destination)),
                    .init("kind", .string(copy.kind)),
                ]
                events.append(
                    Event(time: nil, what: "copy", stage: nil, facts: place + copy.facts))
            }
        }
        for (stage, text) in next(stages, lease) {
            events.append(
                Event(
                    time: nil, what: "next", stage: stage,
                    facts: [.init("message", .string(text))]))
        }
    }

    private mutating func add(
        _ time: String?, _ what: String, _ stage: String?, _ facts: KeyValuePairs<String, JSON?>
    ) {
        let facts = facts.compactMap { fact in
            fact.value.map { JSON.Member(fact.key, $0) }
        }
        events.append(Event(time: time, what: what, stage: stage, facts: facts))
    }

    private mutating func tell(_ row: StageStatus) {
        if let run = row.run { runs.insert(run) }
        if let time = row.startedAt { add(time, "begun", row.stage.rawValue, [:]) }
        guard let time = row.finishedAt else { return }
        let key = row.stage == .transcribe ? call.record?.raw(at: ["transcript", "key"]) : nil
        add(
            time, row.status, row.stage.rawValue,
            [
                "attempts": .int(Int(row.attempts)), "seconds": .number(row.seconds),
                "key": key.map { .raw($0) }, "run": .text(row.run),
            ])
    }

    /// Each row of a question about this call, by what is bound to `?1`.
    private func each(
        _ sql: String, _ bind: (borrowing Statement) -> Void,
        _ body: (borrowing Statement) throws(Failure) -> Void
    ) throws(Failure) {
        let question = try Statement(checkpoint.database, sql)
        bind(question)
        while try question.step() { try body(question) }
    }

    private struct Lease {
        let stage: String
        let until: String
        let run: String
        let isAlive: Bool
    }

    private mutating func tellLease() throws(Failure) -> Lease? {
        var found: (Lease, since: String?, host: String?)?
        let living = try Claims.living(checkpoint)
        try each(
            """
            SELECT l.since, m.stage, m.until, r.id, r.host, m.number FROM leases AS l
            JOIN claims AS m ON m.number = l.claim JOIN runs AS r ON r.number = m.run
            WHERE l.call = ?1
            """, { $0.bind(1, call.number) }
        ) { row in
            let lease = Lease(
                stage: row.string(1) ?? "", until: row.string(2) ?? "", run: row.string(3) ?? "",
                isAlive: living.contains(row.integer(5)))
            found = (lease, row.string(0), row.string(4))
        }
        guard let (lease, since, host) = found else { return nil }
        runs.insert(lease.run)
        add(
            since, "leased", lease.stage,
            [
                "until": .string(lease.until), "run": .string(lease.run), "host": .text(host),
                "lives": .bool(lease.isAlive),
            ])
        return lease
    }

    private mutating func tellErrors() throws(Failure) {
        var rows: [(String?, String, String?, String?, String?, String?)] = []
        try each(
            "SELECT time, stage, severity, category, message, run FROM errors WHERE call_id = ?1",
            { $0.bind(1, copying: call.id) }
        ) { row in
            let what = row.string(3) == "lease" ? "lease_lost" : "error"
            rows.append(
                (row.string(0), what, row.string(1), row.string(3), row.string(4), row.string(5)))
        }
        for (time, what, stage, kind, message, run) in rows {
            if let run { runs.insert(run) }
            add(
                time, what, stage,
                [
                    "kind": what == "error" ? .text(kind) : nil, "message": .text(message),
                    "run": .text(run),
                ])
        }
    }

    private mutating func tellLedger() throws(Failure) {
        var rows: [(texts: [String?], amounts: [Double?])] = []
        try each(
            """
            SELECT l.at, l.stage, l.engine, l.model, r.id, l.seconds, l.wall, l.cost
            FROM ledger AS l LEFT JOIN runs AS r ON r.number = l.run WHERE l.call = ?1
            """, { $0.bind(1, call.number) }
        ) { row in
            rows.append(
                (
                    (0..<5).map { row.string(Int32($0)) },
                    (5..<8).map { row.string(Int32($0)) == nil ? nil : row.number(Int32($0)) }
                ))
        }
        for (texts, amounts) in rows {
            if let run = texts[4] { runs.insert(run) }
            add(
                texts[0], "ledger", texts[1],
                [
                    "engine": .text(texts[2]), "model": .text(texts[3]),
                    "seconds": .number(amounts[0]), "wall": .number(amounts[1]),
                    "cost": .number(amounts[2]), "run": .text(texts[4]),
                ])
        }
    }

    private mutating func tellHolds() throws(Failure) {
        var rows: [(String?, String?, String?, String?)] = []
        try each(
            "SELECT since, reason, released_at, release_reason FROM holds WHERE call = ?1",
            { $0.bind(1, call.number) }
        ) { row in
            rows.append((row.string(0), row.string(1), row.string(2), row.string(3)))
        }
        for (since, reason, released, why) in rows {
            add(since, "held", nil, ["reason": .text(reason)])
            if let released { add(released, "released", nil, ["reason": .text(why)]) }
        }
    }

    private mutating func tellAudit() throws(Failure) {
        var rows: [[String?]] = []
        try each(
            """
            SELECT a.time, a.stage, a.action, a.detail, a.hash, r.id, a.number FROM audit AS a
            LEFT JOIN runs AS r ON r.number = a.run WHERE a.call_id = ?1
            """, { $0.bind(1, copying: call.id) }
        ) { row in rows.append((0..<7).map { row.string(Int32($0)) }) }
        for row in rows {
            if let run = row[5] { runs.insert(run) }
            let isJSON = row[3].map { (try? Record(#"{"id":"-","d":\#($0)}"#.utf8)) != nil }
            add(
                row[0], "audit", row[1],
                [
                    "action": .text(row[2]), "number": row[6].flatMap { Int($0) }.map(JSON.int),
                    "detail": row[3].map { isJSON == true ? .raw(Array($0.utf8)) : .string($0) },
                    "hash": .text(row[4]),
                ])
        }
    }

    private mutating func tellRuns() throws(Failure) {
        for run in runs.sorted() {
            guard let listed = try RunList(checkpoint).run(run) else { continue }
            add(
                listed.startedAt, "run_begun", nil,
                ["run": .string(run), "name": .text(listed.name), "host": .text(listed.host)])
            guard listed.state != .running, let finished = listed.finishedAt else { continue }
            add(
                finished, "run_ended", nil,
                [
                    "run": .string(run), "exit_status": .whole(listed.exitStatus),
                    "max_memory": .whole(listed.maxMemory),
                ])
        }
    }
}

extension History {
    /// What happens next, or why nothing does.
    private func next(_ stages: [StageStatus], _ lease: Lease?) -> [(String?, String)] {
        if let time = call.erasedAt { return [(nil, "nothing: it was erased at \(time)")] }
        var next: [(String?, String)] = []
        var obstacle: String?
        for row in stages where !row.isDone {
            let stage = row.stage.rawValue
            if let obstacle {
                next.append((stage, "waits for \(obstacle)"))
                continue
            }
            defer { obstacle = stage }
            switch row.status {
            case Status.processing.rawValue:
                let holder = lease.map { " by run \($0.run) until \($0.until)" } ?? ""
                next.append((stage, "in work\(holder)"))
            case Status.failed.rawValue:
                let remedy = "state-retry --id \(call.id) tries it again"
                next.append((stage, "nothing: it failed for good; \(remedy)"))
            default:
                if let due = row.notBefore, RetrySchedule.isAhead(due, of: checkpoint.now) {
                    next.append((stage, "due at \(due)"))
                } else {
                    next.append((stage, "due now"))
                }
            }
        }
        if next.isEmpty { next.append((nil, "nothing: all that was asked for is done")) }
        let isFetched =
            stages.contains { $0.stage == .fetch && $0.isDone }
            || call.record?.has("audio") == true
        if !isFetched, let expires = call.expires {
            next.append((Stage.fetch.rawValue, "the service purges it at \(expires)"))
        }
        if let hold = events.last(where: { $0.what == "held" || $0.what == "released" }),
            hold.what == "held"
        {
            next.append((nil, "it is held: neither pruned nor erased"))
        }
        return next
    }
}
