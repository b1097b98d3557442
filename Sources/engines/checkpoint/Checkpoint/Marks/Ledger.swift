// Ledger: the cost of transcripts and analyses, one row for each that was made.
import CheckpointSchema
import Records

/// Adds the making of a transcript, or the asking of a model, to the ledger.
///
/// A call has one row for each time at which that was done: marking it twice adds one row, and doing
/// it again adds another.
final class Ledger {
    private let checkpoint: Checkpoint
    private let addition: Statement
    /// The member that has the engine, the model and the provenance.
    private let member: StaticString

    /// Prepares for a stage; `nil` for one that costs nothing.
    init?(_ stage: Stage, in checkpoint: Checkpoint) throws(Failure) {
        switch stage {
        case .transcribe: member = "transcript"
        case .analyze: member = "analysis"
        default: return nil
        }
        self.checkpoint = checkpoint
        addition = try Statement(
            checkpoint.database,
            """
            INSERT INTO ledger(call, stage, engine, model, seconds, wall, cost, at, run)
            SELECT ?1, '\(stage.rawValue)', \(Schema.expense(in: "?2")), ?3
            WHERE json_type(?2, '$.provenance') = 'object' ON CONFLICT DO NOTHING
            """)
    }

    /// Notes what a record's stage cost; inside a transaction.
    func note(_ line: borrowing Line, of call: Int64) throws(Failure) {
        guard let text = unsafe line.raw(member), let members = unsafe JSON.members(of: text),
            members.contains(where: { $0.name == "provenance" })
        else { return }
        // The spoken text is most of the member, and need not be parsed again.
        let making = members.filter { ["engine", "model", "provenance"].contains($0.name) }
        try addition.run(call, JSON.object(making).text, checkpoint.run().number)
    }
}
