// Next: the checkpoint as a source; what a stage has to do is claimed, then given out.
public import Records

/// Answers for `state-next` what a stage has to do next, and claims it.
public final class Next {
    /// What comes first.
    public enum Order: Sendable {
        /// The call that began first.
        case oldest
        /// The call that began last.
        case newest
        /// The recording that the service purges first.
        case expiring
    }

    /// Which records are given out, and in which order.
    public struct Choice: Sendable {
        /// What comes first.
        public var order = Order.oldest
        /// When nothing else is due, what failed for good, too.
        public var failedToo = false
        /// Those of this batch only.
        public var batch: String?

        /// What is due, oldest first, unless it is said otherwise.
        public init(order: Order = .oldest, failedToo: Bool = false, batch: String? = nil) {
            self.order = order
            self.failedToo = failedToo
            self.batch = batch
        }
    }

    /// How many records are claimed at once at most: what was claimed and never read by the next
    /// program is nobody else's either.
    static let largestPart = 64

    /// How many records were claimed.
    public private(set) var claimed = 0
    /// How many records went where, for the row of the run.
    public var counts: [String: Int] { ["\(stage.rawValue).claimed": claimed] }

    private let checkpoint: Checkpoint
    private let stage: Stage
    private let choice: Choice
    private let claims: Claims
    private let watermark: QueueWatermark
    private let selection: Statement
    /// Given out in this run: what comes back at once is for the next.
    private var passed = NumberSet()

    private var walks: ArraySlice<Queue.Walk>
    private var queue: Queue?
    /// What the walk found, nearest last.
    private var candidates: [Int64] = []
    private var horizon = 0

    /// Gets ready to ask for one stage.
    ///
    /// - Parameters:
    ///   - stage: The stage that is to be done.
    ///   - checkpoint: Where it is kept what is due.
    ///   - choice: Which records, and in which order.
    ///   - lease: How many seconds a record counts as in work after the last sign of its pipe;
    ///     30 minutes when it is not said.
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
        // Claims mean nothing after a reboot, so they need not be on the disk before they are
        // used: the log keeps their order, and the next commit that counts takes them along.
        try checkpoint.database.execute("PRAGMA synchronous = NORMAL")
        checkpoint.database.leavesShortLog = !checkpoint.isTrial
    }

    /// Claims records and gives them out, a part at a time; what is given out is claimed.
    ///
    /// - Parameters:
    ///   - limit: How many at most.
    ///   - body: Gets each record.
    ///   - flush: Waits until what was given out has left.
    ///   - unreadable: Gets what is wrong with a stored record that somebody broke; the others go
    ///     on.
    /// - Throws: What the closures throw, and `Failure` of scope `stop`.
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

    /// How many records are due, without claiming them.
    ///
    /// - Parameter limit: How many matter.
    /// - Returns: Their number, at most the limit.
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

    /// Claims what comes first; inside a transaction.
    private func claim(_ count: Int) throws(Failure) -> [Int64] {
        try checkpoint.begin()
        var taken: [Int64] = []
        while taken.count < count {
            if candidates.isEmpty, try !look(for: count - taken.count) { break }
            guard let queue, let call = candidates.popLast() else { break }
            // The claim is begun with the first record: a look at an empty queue writes nothing.
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
    /// Each look begins at the front, where all that is in work lies, so it looks for more each
    /// time.
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
        selection.bind(1, call)
        defer { selection.reset() }
        guard try selection.step(), let text = unsafe selection.text(1) else { return nil }
        // Somebody may have written white space into it by hand; it has to stay one line.
        let bytes = unsafe text.map { $0 == 0x0A ? 0x20 : $0 }
        do {
            return try Record(bytes)
        } catch {
            try unreadable(
                Failure(
                    .item, .integrity,
                    "read call \(selection.string(0) ?? "") in checkpoint "
                        + "\(checkpoint.database.path): \(error.reason)",
                    remedy: "correct its record with sqlite3"))
            return nil
        }
    }
}
