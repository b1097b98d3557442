// Damage: a local file that a stage found damaged goes back to the stage that makes it.
import Records

/// Sends a record back to the stage that makes a file, when a later stage found the file missing or
/// changed.
///
/// The file of a recording can be fetched again until the service purges it, and a transcript can be
/// made again from the audio. So the next ordinary run repairs it.
final class Damage {
    /// The end of a damaged file.
    enum Repair {
        /// The stage makes it again, until the service purges the recording.
        case again(Stage, until: Timestamp?)
        /// It cannot be made again; the reason, as the end of a message.
        case impossible(String)
    }

    private let checkpoint: Checkpoint
    private let question: Statement
    private let change: Statement
    private var outcomes: [Stage: Outcomes] = [:]

    init(_ checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
        question = try Statement(
            checkpoint.database, "SELECT record FROM calls WHERE number = ?1")
        // The service can purge it again before it is fetched.
        change = try Statement(
            checkpoint.database, "UPDATE calls SET expires = ?2 WHERE number = ?1")
    }

    /// The repair of the file that an error names; `nil` for an error that names none, or one that no
    /// earlier stage makes.
    func repair(_ error: StageError, of call: Int64) throws(Failure) -> Repair? {
        guard let file = error.file else { return nil }
        try question.bind(call)
        let stored = try question.first { row throws(Failure) in
            try row.copy(0).flatMap { try? Record(stored: $0) }
        }
        guard let record = stored.flatMap({ $0 }) else { return nil }
        switch file {
        case "audio":
            // A folder has no second copy.
            guard error.stage != .fetch, record.raw(at: ["recording", "uri"]) != nil else {
                return nil
            }
            let end = record.string("recording", "expires")
                .flatMap(Timestamp.init(dayOrTime:))
            if let end, end.text <= checkpoint.now {
                return .impossible(
                    "the service was to purge the recording at \(end.text), "
                        + "so it cannot be fetched again")
            }
            return .again(.fetch, until: end)
        case "transcript":
            let isNative = record.string("transcript", "engine") == "ringcentral"
            let maker = isNative ? Stage.insights : .transcribe
            return error.stage.rank > Stage.insights.rank ? .again(maker, until: nil) : nil
        default: return nil
        }
    }

    /// Makes a stage of a call due.
    ///
    /// - Parameters:
    ///   - call: The call's number.
    ///   - stage: The stage.
    ///   - end: The time at which the service purges the recording.
    /// - Throws: `Failure` of scope `stop`.
    func sendBack(_ call: Int64, to stage: Stage, until end: Timestamp?) throws(Failure) {
        if stage == .fetch { try change.run(call, end?.text) }
        if outcomes[stage] == nil { outcomes[stage] = try Outcomes(stage, in: checkpoint) }
        _ = try outcomes[stage]?.set(.pending, for: call)
    }
}
