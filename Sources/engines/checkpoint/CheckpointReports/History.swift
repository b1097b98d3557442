// History: the events of one recording in the order of time, and what comes next.
public import Checkpoint
public import Records

/// All that the checkpoint knows of one recording.
public struct History {
    /// A past event, a fact of now, or the next step.
    public struct Event: Sendable {
        /// The time; `nil` for a fact of now and for the next step.
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

        /// The event as texts for people: time, stage, name and facts.
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

    struct Lease {
        let stage: String
        let since: String
        let until: String
        let run: String
        let host: String?
        let isAlive: Bool
    }

    let checkpoint: Checkpoint
    let call: Call
    /// A hint how to try a failed stage again.
    let failureHint: String?
    var runs: Set<String> = []
    /// Past events in the order of time, then the copies of now, then the next steps.
    public private(set) var events: [Event] = []

    /// Reads the history of a recording.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - checkpoint: The open file.
    ///   - failureHint: A hint how to try a failed stage again.
    /// - Throws: `Failure` of scope `item` when there is no recording of that id.
    public init(
        of id: String, in checkpoint: Checkpoint, failureHint: String? = nil
    ) throws {
        let read = try checkpoint.transaction {
            try checkpoint.begin()
            var history = History(try History.find(id, checkpoint), checkpoint, failureHint)
            try history.read()
            return history
        }
        self = read
    }

    private init(_ call: Call, _ checkpoint: Checkpoint, _ failureHint: String?) {
        self.call = call
        self.checkpoint = checkpoint
        self.failureHint = failureHint
    }

    static func unknown(_ id: String) -> Failure {
        Failure(
            .item, .notFound, "show recording \(id): the checkpoint does not know it",
            remedy: "give the id as records have it, such as rc:401234567008")
    }

    private static func find(_ id: String, _ checkpoint: Checkpoint) throws(Failure) -> Call {
        let question = try Statement(
            checkpoint.database,
            "SELECT number, batch, expires, seen_at, erased_at, record FROM calls WHERE id = ?1")
        try question.bind(id)
        let call = try question.first { row throws(Failure) in
            Call(
                number: try row.integer(0), id: id, batch: try row.string(1),
                expires: try row.string(2), seenAt: try row.text(3), erasedAt: try row.string(4),
                record: try row.copy(5).flatMap { try? Record(stored: $0) })
        }
        guard let call else { throw unknown(id) }
        return call
    }

    /// The order within one moment: a beginning stands before its result.
    private static let order = ["run_begun", "seen", "leased", "begun", "run_lost"]

    private mutating func read() throws(Failure) {
        let file = ["name", "path"].map { call.record?.string("recording", $0) }
        add(
            call.seenAt, "seen", nil,
            ["batch": .text(call.batch), "name": .text(file[0]), "path": .text(file[1])])
        if let batch = call.batch { runs.insert(batch) }
        let stages = try StageStatusReader(checkpoint).stages(of: call.number)
        for stage in stages { add(stage) }
        let lease = try readLease()
        try readErrors()
        try readLedger()
        try readHolds()
        try readAudit()
        try readRuns()
        func rank(_ event: Event) -> Int {
            History.order.firstIndex(of: event.what) ?? History.order.count
        }
        events = events.enumerated().sorted { a, b in
            (a.element.time ?? "", rank(a.element), a.offset)
                < (b.element.time ?? "", rank(b.element), b.offset)
        }.map(\.element)
        if call.erasedAt == nil {
            for copy in call.record?.copies ?? [] {
                events.append(Event(time: nil, what: "copy", stage: nil, facts: copy.members))
            }
        }
        for (stage, text) in next(stages, lease) {
            add(nil, "next", stage, ["message": .string(text)])
        }
    }

    mutating func add(
        _ time: String?, _ what: String, _ stage: String?, _ facts: KeyValuePairs<String, JSON?>
    ) {
        let facts = facts.compactMap { fact in
            fact.value.map { JSON.Member(fact.key, $0) }
        }
        events.append(Event(time: time, what: what, stage: stage, facts: facts))
    }

    private mutating func add(_ row: StageStatus) {
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

    /// The next steps, or the reason why there are none.
    private func next(_ stages: [StageStatus], _ lease: Lease?) -> [(String?, String)] {
        if let time = call.erasedAt { return [(nil, "nothing: it was erased at \(time)")] }
        var next: [(String?, String)] = []
        var open: [Stage] = []
        for row in stages where !row.isDone {
            let stage = row.stage.rawValue
            defer { open.append(row.stage) }
            let obstacles = open.filter(row.stage.awaited.contains).map(\.rawValue)
            if !obstacles.isEmpty {
                next.append((stage, "waits for \(obstacles.joined(separator: " and "))"))
                continue
            }
            switch row.status {
            case Status.processing.rawValue:
                let owner = lease.map { " by run \($0.run) until \($0.until)" } ?? ""
                next.append((stage, "in work\(owner)"))
            case Status.failed.rawValue:
                let hint = failureHint.map { "; \($0)" } ?? ""
                next.append((stage, "nothing: it failed for good\(hint)"))
            default:
                if let due = row.notBefore, RetrySchedule.isAhead(due, of: checkpoint.now) {
                    next.append((stage, "due at \(due)"))
                } else {
                    next.append((stage, "due now"))
                }
            }
        }
        if next.isEmpty {
            let rest =
                switch stages.first(where: { $0.stage == .upload })?.status {
                case nil: "; upload was not asked for"
                case Status.skipped.rawValue: "; upload was skipped"
                default: ""
                }
            next.append((nil, "nothing: all that was asked for is done\(rest)"))
        }
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
