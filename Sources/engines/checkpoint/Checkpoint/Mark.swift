// Mark: writes down what came of a stage, for each record that comes by.
internal import Glibc
public import Records

/// The work of `state-mark`: the outcome of a stage becomes durable before its record goes on.
///
/// The stored record is the line with all its results, never with its `error`, so that the next run
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
    private let stored: StorageAudit?
    private let ledger: Ledger?
    private let watermark: QueueWatermark
    private let admission: Statement
    /// How many records went where, such as `fetch.completed`, for the row of the run.
    public private(set) var counts: [String: Int] = [:]

    /// Gets ready to mark one stage.
    ///
    /// - Parameters:
    ///   - stage: The stage that the records come from.
    ///   - checkpoint: Where their outcomes are kept.
    ///   - batch: The batch that they belong to from now on, if one is named.
    ///   - byHand: What to write in place of what the records say.
    ///   - observer: Told which records a reset leaves alone.
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
        stored = try StorageAudit(stage, in: checkpoint)
        ledger = try Ledger(stage, in: checkpoint)
        failures = try Failures(checkpoint)
        watermark = try QueueWatermark(stage, in: checkpoint)
        admission = try Statement(checkpoint.database, QueueWatermark.admission(of: "?1"))
    }

    /// Writes down the outcome of one record; inside a transaction.
    ///
    /// - Parameter line: The record as it came from the stage.
    /// - Throws: `Failure` of scope `stop`; then nothing of the transaction may be passed on.
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

    /// Without an error the stage did its work, or says itself that there was none to do.
    private func outcome(of line: borrowing Line) -> Status {
        guard let member = stage.skippingMember, let value = unsafe line.raw(member),
            let reason = unsafe JSON.members(of: value)?.last(where: { $0.name == "skipped" }),
            !reason.value.bytes.elementsEqual("null".utf8)
        else { return .completed }
        return .skipped
    }

    /// Sets the outcome of a call that may be in work.
    private func set(
        _ status: Status, for call: Int64, _ line: borrowing Line, isNew: Bool = false
    ) throws(Failure) {
        if let claims { return try claim(call, by: claims) }
        // What was added just now was in nobody's work; and what is in work stays so when somebody
        // resets it.
        let since = isNew || byHand.isReset ? nil : try leases.pass(call)
        let isChange = try outcomes.set(status, for: call, isNew: isNew, since: since)
        try watermark.noteRow(of: call)
        if isChange, status == .completed {
            try stored?.note(line)
            // A call that came just now is in no queue yet, and comes into all of them in order.
            if stage == .fetch, !isNew { try admit(call) }
        }
        counts["\(stage.rawValue).\(status.rawValue)", default: 0] += 1
    }

    /// "Processing" is what a lease says: whoever writes it by hand takes one, and it ends like
    /// any other when nobody works any more.
    private func claim(_ call: Int64, by claims: Claims) throws(Failure) {
        _ = try outcomes.set(.pending, for: call)
        try watermark.noteRow(of: call)
        if try claims.isFree(call: call) { try claims.take(call) }
        counts["\(stage.rawValue).processing", default: 0] += 1
    }

    /// Audio is there now: what works on audio may know it.
    private func admit(_ call: Int64) throws(Failure) {
        admission.bind(1, call)
        try admission.run()
    }

    private func noteWithError(_ line: borrowing Line) throws(Failure) {
        var record = line.record()
        record.remove("error")
        let added = try unsafe record.bytes.withUnsafeBufferPointer { bytes throws(Failure) in
            try unsafe calls.add(line, as: bytes)
        }
        let known = added == nil ? try keep(line, without: record) : added
        guard let number = known else { return }
        // Money is spent, whatever failed after that.
        try ledger?.note(line, of: number)
        if let status = byHand.status {
            return try set(status, for: number, line, isNew: added != nil)
        }
        _ = try leases.pass(number)
        let error = StageError(line.record(), stage)
        try failures.note(error, of: number, id: line.id)
        guard error.stage == stage else { return }
        try watermark.noteRow(of: number)
        counts["\(stage.rawValue).error", default: 0] += 1
    }

    /// Stores the record of a call that is known, as the line is or without its error.
    ///
    /// - Returns: The call's number; `nil` for one that was erased, and stays so.
    private func keep(
        _ line: borrowing Line, without error: Record? = nil
    ) throws(Failure) -> Int64? {
        // A line may have 16 MiB: it is copied only when there is something to merge, and the
        // stored text is let go of before the new one is written.
        let found = try unsafe calls.find(line) { known, text throws(Failure) -> Found in
            if known.isErased { return Found(nil, nil) }
            if error == nil, unsafe isSame(line.bytes, text) { return Found(known.number, nil) }
            let stored = try unsafe calls.record(text, of: line)
            let kept = try RecordUpdate.kept(error ?? line.record(), beside: stored)
            return Found(known.number, kept == stored ? nil : kept)
        }
        guard let found else {
            throw Failure(.stop, .internal, "mark call \(line.id): it is there and not found")
        }
        guard let number = found.number else { return nil }
        if let change = found.change {
            try calls.replace(line, by: change)
        } else {
            try calls.touch(number)
        }
        return number
    }

    private struct Found {
        /// `nil` for a call that was erased.
        let number: Int64?
        /// The record to store, when it is another than the stored one.
        let change: Record?

        init(_ number: Int64?, _ change: Record?) {
            self.number = number
            self.change = change
        }
    }
}
