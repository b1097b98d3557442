// Next: the checkpoint as a source: the work of a stage is claimed, then given out.
public import Checkpoint
public import Records

/// Finds and claims the records that a stage has to do next.
public final class Next {
    /// The order of the records.
    public enum Order: Sendable, CaseIterable {
        /// The call that began first comes first.
        case oldest
        /// The call that began last comes first.
        case newest
        /// The recording that the service purges first comes first.
        case expiring
    }

    /// The records that are given out, and their order.
    public struct Choice: Sendable {
        /// The order.
        public var order = Order.oldest
        /// True for records that failed for good as well, after all that is due.
        public var failedToo = false
        /// The only batch to give out; `nil` for all.
        public var batch: String?

        /// Makes a choice; by default the due records, the oldest first.
        public init(order: Order = .oldest, failedToo: Bool = false, batch: String? = nil) {
            self.order = order
            self.failedToo = failedToo
            self.batch = batch
        }
    }

    /// The most records that are claimed at once: records that are claimed and not yet read are
    /// kept from other workers.
    static let largestPart = 64

    /// The number of records that were claimed.
    public private(set) var claimed = 0
    /// The number of records by outcome, for the row of the run.
    public var counts: [String: Int] { ["\(stage.rawValue).claimed": claimed] }

    private let checkpoint: Checkpoint
    private let stage: Stage
    private let choice: Choice
    private let claims: Claims
    private let watermark: QueueWatermark
    private let selection: Statement
    /// The calls that this run gave out; one that comes back is for the next run.
    private var passed = NumberSet()

    private var walks: ArraySlice<Queue.Walk>
    private var queue: Queue?
    /// The calls that the walk found, the next one last.
    private var candidates: [Int64] = []
    private var horizon = 0

    /// Prepares for one stage.
    ///
    /// - Parameters:
    ///   - stage: The stage that is to be done.
    ///   - checkpoint: The open file.
    ///   - choice: The records and their order.
    ///   - lease: The time in seconds after which a record is free again when its pipe makes no
    ///     progress; 30 minutes by default.
    /// - Throws: `Failure` of scope `stop`.
    public init(
        _ stage: Stage, in checkpoint: Checkpoint, choice: Choice = Choice(), lease: Double? = nil
    ) throws(Failure) {
        self.checkpoint = checkpoint
        self.stage = stage
        self.choice = choice
        claims = try Claims(for: stage, in: checkpoint, lasting: lease)
        watermark = try QueueWatermark(stage, in: checkpoint)
        selection = try Statement(
            checkpoint.database,
            "SELECT id, record FROM calls WHERE number = ?1 AND erased_at IS NULL")
        walks = choice.order == .expiring ? [.due, .lasting] : [.queued, .due]
        if choice.failedToo { walks += [.failed, .behindFailed] }
        // Claims mean nothing after a reboot, so they need not be on the disk before they are used:
        // the log keeps their order, and the next durable commit takes them along.
        try checkpoint.database.execute("PRAGMA synchronous = NORMAL")
        checkpoint.database.leavesShortLog = !checkpoint.isTrial
    }

    /// Claims records and gives them out, a part at a time.
    ///
    /// - Parameters:
    ///   - limit: The most records.
    ///   - body: Gets each record.
    ///   - flush: Waits until the records of a part have left.
    ///   - unreadable: Gets the failure of a stored record that an operator broke; the others
    ///     follow.
    /// - Throws: The errors of the closures, and `Failure` of scope `stop`.
    public func forEach(
        atMost limit: Int, _ body: (Record) throws -> Void, flush: () throws -> Void = {},
        unreadable: (Failure) throws -> Void
    ) throws {
        try watermark.catchUp()
        var rest = limit
        var part = 1
        while rest > 0 {
            let calls = try checkpoint.transaction { try claim(min(part, rest)) }
            if calls.isEmpty { return }
            for call in calls {
                guard let record = try record(call, unreadable) else { continue }
                rest -= 1
                try body(record)
            }
            try flush()
            part = min(2 * part, Next.largestPart)
        }
    }

    /// The number of due records, without claiming them.
    ///
    /// - Parameter limit: The largest number that matters.
    /// - Returns: The number, at most the limit.
    /// - Throws: `Failure` of scope `stop`.
    public func count(atMost limit: Int) throws -> Int {
        try checkpoint.transaction {
            try watermark.addRows()
            try Claims.sweep(checkpoint)
            var count = 0
            var seen = NumberSet()
            for walk in walks where count < limit {
                let queue = try Queue(walk, of: stage, choice.order, in: checkpoint)
                let found = try queue.first(limit - count, moment) { !seen.contains($0) }
                for call in found { seen.insert(call) }
                count += found.count
            }
            return count
        }
    }

    /// The open records that were not given out, when all that is due was.
    ///
    /// - Returns: The counts; `nil` when the limit came first, so that nothing was left out.
    /// - Throws: `Failure` of scope `stop`.
    public func leftOut() throws -> LeftOut? {
        guard walks.isEmpty || checkpoint.isTrial else { return nil }
        return try checkpoint.transaction {
            try checkpoint.begin()
            try Claims.sweep(checkpoint)
            return try LeftOut(of: stage, choice, own: claims.number, in: checkpoint)
        }
    }

    /// Claims the first calls; inside a transaction.
    private func claim(_ count: Int) throws(Failure) -> [Int64] {
        try checkpoint.begin()
        var taken: [Int64] = []
        while taken.count < count {
            if candidates.isEmpty, try !look(for: count - taken.count) { break }
            guard let queue, let call = candidates.popLast() else { break }
            // The claim begins with the first record: a look at an empty queue writes nothing.
            if try queue.take(call, for: claims.ownNumber(), moment) {
                passed.insert(call)
                taken.append(call)
            }
        }
        claimed += taken.count
        return taken
    }

    /// Finds candidates; false when there are none.
    ///
    /// Each look begins at the front, where the calls in work are, so it looks for more each time.
    private func look(for count: Int) throws(Failure) -> Bool {
        try Claims.sweep(checkpoint)
        horizon = max(count, min(2 * horizon, 1 << 16))
        while let walk = walks.first {
            if queue == nil { queue = try Queue(walk, of: stage, choice.order, in: checkpoint) }
            candidates = try queue?.first(horizon, moment) { !passed.contains($0) } ?? []
            candidates.reverse()
            if !candidates.isEmpty { return true }
            queue = nil
            walks = walks.dropFirst()
        }
        return false
    }

    private var moment: Queue.Moment { Queue.Moment(now: checkpoint.now, batch: choice.batch) }

    /// The stored record; `nil` when it was erased meanwhile, or cannot be read.
    private func record(
        _ call: Int64, _ unreadable: (Failure) throws -> Void
    ) throws -> Record? {
        try selection.bind(call)
        defer { selection.reset() }
        guard try selection.step(), let text = try selection.copy(1) else { return nil }
        do {
            return try Record(stored: text)
        } catch {
            try unreadable(checkpoint.unreadable(selection.text(0), error, scope: .item))
            return nil
        }
    }
}
