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
    private let status: Status?
    private let batch: String?
    private var isBatchNoted = false

    private let calls: Calls
    private let outcomes: Outcomes
    private let failures: Failures

    /// Gets ready to mark one stage.
    ///
    /// - Parameters:
    ///   - stage: The stage that the records come from.
    ///   - checkpoint: Where their outcomes are kept.
    ///   - batch: The batch that they belong to from now on, if one is named.
    ///   - status: What to write in place of what the records say.
    /// - Throws: `Failure` of scope `stop`.
    public init(
        _ stage: Stage, in checkpoint: Checkpoint, batch: String? = nil, status: Status? = nil
    ) throws(Failure) {
        self.checkpoint = checkpoint
        self.stage = stage
        self.status = status
        self.batch = batch
        calls = try Calls(checkpoint, batch: batch)
        outcomes = try Outcomes(checkpoint)
        failures = try Failures(checkpoint)
    }

    /// Writes down the outcome of one record; inside a transaction.
    ///
    /// - Parameter line: The record as it came from the stage.
    /// - Throws: `Failure` of scope `stop`; then nothing of the transaction may be passed on.
    public func note(_ line: borrowing Line) throws(Failure) {
        try checkpoint.begin()
        try noteBatch()
        if line.hasError {
            try noteWithError(line)
        } else if let number = try unsafe calls.add(line, as: line.bytes) {
            try outcomes.set(status ?? .completed, for: number, stage)
        } else {
            let number = try keep(line)
            try outcomes.set(status ?? .completed, for: number, stage)
        }
    }

    private func noteWithError(_ line: borrowing Line) throws(Failure) {
        var record = line.record()
        record.remove("error")
        let added = try unsafe record.bytes.withUnsafeBufferPointer { bytes throws(Failure) in
            try unsafe calls.add(line, as: bytes)
        }
        let number = if let added { added } else { try keep(line, without: record) }
        if let status {
            try outcomes.set(status, for: number, stage)
        } else {
            try failures.note(StageError(line.record(), stage), of: number, id: line.id)
        }
    }

    /// Stores the record of a call that is known, as the line is or without its error; answers the
    /// call's number.
    private func keep(
        _ line: borrowing Line, without error: Record? = nil
    ) throws(Failure) -> Int64 {
        // A line may have 16 MiB: it is copied only when there is something to merge, and the
        // stored text is let go of before the new one is written.
        let found = try unsafe calls.find(line) { number, text throws(Failure) -> Found in
            if error == nil, unsafe isSame(line.bytes, text) { return Found(number, nil) }
            let stored = try unsafe calls.record(text, of: line)
            let kept = try Merge.kept(error ?? line.record(), beside: stored)
            return Found(number, kept == stored ? nil : kept)
        }
        guard let found else {
            throw Failure(.stop, .internal, "mark call \(line.id): it is there and not found")
        }
        if let change = found.change {
            try calls.replace(line, by: change)
        } else {
            try calls.touch(found.number)
        }
        return found.number
    }

    private struct Found {
        let number: Int64
        /// The record to store, when it is another than the stored one.
        let change: Record?

        init(_ number: Int64, _ change: Record?) {
            self.number = number
            self.change = change
        }
    }

    private func noteBatch() throws(Failure) {
        guard let batch, !isBatchNoted else { return }
        let addition = try Statement(
            checkpoint.database,
            "INSERT INTO batches(name, created_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
        addition.bind(1, copying: batch)
        addition.bind(2, copying: checkpoint.now)
        try addition.run()
        isBatchNoted = true
    }
}
