// Mark: writes the outcome of a stage down, for each record that comes by.
internal import Glibc
public import Records

/// Makes the outcome of a stage durable before its record goes on.
///
/// The stored record is the line with all its results and without its `error`, so that the next run
/// starts clean.
public final class Mark {
    private let checkpoint: Checkpoint
    private let stage: Stage
    private let byHand: ByHand
    private let rule: ByHandRule?
    private let claims: Claims?

    private let calls: Calls
    private let outcomes: Outcomes
    private let failures: Failures
    private let leases: Leases
    private let storageAudit: StorageAudit?
    private let ledger: Ledger?
    private let watermark: QueueWatermark
    private let admission: Statement?
    private let fetched: Statement
    private let observer: Observer
    /// The number of records by outcome, such as `fetch.completed`, for the row of the run.
    public private(set) var counts: [String: Int] = [:]

    /// Prepares to mark one stage.
    ///
    /// - Parameters:
    ///   - stage: The stage that the records come from.
    ///   - checkpoint: The open file.
    ///   - batch: The batch that the records belong to from now on, if one is named.
    ///   - byHand: The status to write in place of the records' outcomes.
    ///   - observer: Told of records that a reset leaves alone, and of damaged files.
    /// - Throws: `Failure` of scope `stop`.
    public init(
        _ stage: Stage, in checkpoint: Checkpoint, batch: String? = nil,
        byHand: ByHand = ByHand(), observer: @escaping Observer = { _ in }
    ) throws(Failure) {
        self.checkpoint = checkpoint
        self.stage = stage
        self.byHand = byHand
        rule = try ByHandRule(byHand, stage, checkpoint.database, observer)
        claims =
            byHand.status == .processing
            ? try Claims(for: stage, in: checkpoint, lasting: nil) : nil
        calls = try Calls(checkpoint, batch: batch)
        outcomes = try Outcomes(stage, in: checkpoint)
        leases = try Leases(stage, in: checkpoint)
        storageAudit = try StorageAudit(stage, in: checkpoint)
        ledger = try Ledger(stage, in: checkpoint)
        failures = try Failures(checkpoint)
        watermark = try QueueWatermark(stage, in: checkpoint)
        admission = try QueueWatermark.admission(by: stage, of: "?1").map { sql throws(Failure) in
            try Statement(checkpoint.database, sql)
        }
        fetched = try Statement(
            checkpoint.database,
            "UPDATE calls SET expires = NULL WHERE number = ?1 AND expires IS NOT NULL")
        self.observer = observer
    }

    /// Writes the outcome of one record down; inside a transaction.
    ///
    /// - Parameter line: The record as it came from the stage.
    /// - Throws: `Failure` of scope `stop`; then no record of the transaction may be passed on.
    public func note(_ line: borrowing Line) throws(Failure) {
        try checkpoint.begin()
        if let rule {
            try outcomes.addFresh()
            if try !rule.allows(line) { return }
        }
        if line.hasError {
            try outcomes.addFresh()
            try noteWithError(line)
        } else if let number = try unsafe calls.add(line, as: line.bytes) {
            try set(byHand.status ?? outcome(of: line), for: number, line, isNew: true)
            try ledger?.note(line, of: number)
        } else if let number = try keep(line) {
            try set(byHand.status ?? outcome(of: line), for: number, line)
            try ledger?.note(line, of: number)
        }
    }

    /// The outcome of a line without an error: the stage is completed, or had nothing to do.
    private func outcome(of line: borrowing Line) -> Status {
        guard let member = stage.skippingMember, let value = unsafe line.raw(member),
            let reason = unsafe JSON.members(of: value)?.last(where: { $0.name == "skipped" }),
            !reason.value.bytes.elementsEqual("null".utf8)
        else { return .completed }
        return .skipped
    }

    /// Sets the status of a call.
    private func set(
        _ status: Status, for call: Int64, _ line: borrowing Line, isNew: Bool = false
    ) throws(Failure) {
        if let claims { return try claim(call, by: claims) }
        // A new call has no lease, and a reset leaves the lease of a call that is in work.
        let since = isNew || byHand.isReset ? nil : try leases.pass(call)
        let isChange = try outcomes.set(status, for: call, isNew: isNew, since: since)
        try watermark.noteRow(of: call)
        if isChange, status == .completed {
            try storageAudit?.note(line)
            // A new call stands in no queue yet, and comes into all of them in order. A known call
            // has its audio or its transcript now, so it may come into the queues of these.
            if !isNew { try admission?.run(call) }
            // After a repair the record is as it was, and so is its row.
            if stage == .fetch, !isNew, line.has("audio") { try fetched.run(call) }
        }
        counts["\(stage.rawValue).\(status.rawValue)", default: 0] += 1
    }

    /// Writes `processing` by hand: takes a lease, which ends like any other.
    private func claim(_ call: Int64, by claims: Claims) throws(Failure) {
        _ = try outcomes.set(.pending, for: call)
        try watermark.noteRow(of: call)
        if try claims.isFree(call: call) { try claims.take(call) }
        counts["\(stage.rawValue).processing", default: 0] += 1
    }

    private func noteWithError(_ line: borrowing Line) throws(Failure) {
        var record = line.record()
        record.remove("error")
        let added = try unsafe record.bytes.withUnsafeBufferPointer { bytes throws(Failure) in
            try unsafe calls.add(line, as: bytes)
        }
        let known = added == nil ? try keep(line, without: record) : added
        guard let number = known else { return }
        // The transcript was paid for, even if a later step failed.
        try ledger?.note(line, of: number)
        if let status = byHand.status {
            return try set(status, for: number, line, isNew: added != nil)
        }
        _ = try leases.pass(number)
        let error = StageError(line.record(), stage)
        if let maker = try failures.note(error, of: number, id: line.id) {
            observer(
                .note(
                    "\(line.id): its \(error.file ?? "file") is missing or was changed, so "
                        + "\(maker.rawValue) is to be done again"))
            counts["\(maker.rawValue).pending", default: 0] += 1
        }
        guard error.stage == stage else { return }
        try watermark.noteRow(of: number)
        counts["\(stage.rawValue).error", default: 0] += 1
    }

    /// Stores the record of a known call, as the line is or without its error.
    ///
    /// - Returns: The call's number; `nil` for one that was erased, and stays erased.
    private func keep(
        _ line: borrowing Line, without error: Record? = nil
    ) throws(Failure) -> Int64? {
        // A line may have 16 MiB: it is copied only when there is something to merge, and the
        // stored text is let go of before the new one is written.
        let found = try unsafe calls.find(line) { row, text throws(Failure) -> Found in
            if row.isErased { return Found(number: nil) }
            if error == nil, unsafe isSame(line.bytes, text) { return Found(number: row.number) }
            let stored = try unsafe calls.record(text, of: line)
            let kept = try RecordUpdate.kept(error ?? line.record(), beside: stored)
            return Found(
                number: row.number, change: kept == stored ? nil : .init(old: stored, new: kept))
        }
        guard let found else {
            throw Failure(.stop, .internal, "mark call \(line.id): it is there and not found")
        }
        guard let number = found.number else { return nil }
        if let change = found.change {
            try calls.replace(line, number, by: change)
        } else {
            try calls.touch(number)
        }
        return number
    }

    private struct Found {
        /// `nil` for a call that was erased.
        let number: Int64?
        /// The record to store and the stored one, when they differ.
        var change: Calls.Change?
    }
}
