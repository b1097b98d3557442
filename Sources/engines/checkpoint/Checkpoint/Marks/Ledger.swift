// Ledger: the cost of transcripts, one row for each that was made.
import CheckpointSchema
import Records

/// Adds the making of a transcript to the ledger.
///
/// A call has one row for each time at which a transcript was made: marking it twice adds one row,
/// and making it again adds another.
final class Ledger {
    private let checkpoint: Checkpoint
    private let addition: Statement

    /// Prepares for a stage; `nil` for one that costs nothing.
    init?(_ stage: Stage, in checkpoint: Checkpoint) throws(Failure) {
        guard stage == .transcribe else { return nil }
        self.checkpoint = checkpoint
        addition = try Statement(
            checkpoint.database,
            """
            INSERT INTO ledger(call, stage, engine, model, seconds, wall, cost, at, run)
            SELECT ?1, '\(stage.rawValue)', \(Schema.expense(in: "?2")), ?3
            WHERE json_type(?2, '$.provenance') = 'object' ON CONFLICT DO NOTHING
            """)
    }

    /// Notes the making of a record's transcript; inside a transaction.
    func note(_ line: borrowing Line, of call: Int64) throws(Failure) {
        guard let text = unsafe line.raw("transcript"), let members = unsafe JSON.members(of: text),
            members.contains(where: { $0.name == "provenance" })
        else { return }
        // The spoken text is most of the member, and need not be parsed again.
        let making = members.filter { ["engine", "model", "provenance"].contains($0.name) }
        try addition.run(call, JSON.object(making).text, checkpoint.run().number)
    }
}
