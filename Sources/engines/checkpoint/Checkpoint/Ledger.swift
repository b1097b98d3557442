// Ledger: what was spent on transcripts, one row for each that was made.
import Records

/// Adds to the ledger what a transcript says of its making.
///
/// A call has one row for each time at which it was made: to mark it twice adds it once, and what is
/// made again is paid again.
final class Ledger {
    private let checkpoint: Checkpoint
    private let addition: Statement

    /// Gets ready for a stage; `nil` for one in which nothing is spent.
    init?(_ stage: Stage, in checkpoint: Checkpoint) throws(Failure) {
        guard stage == .transcribe else { return nil }
        self.checkpoint = checkpoint
        addition = try Statement(
            checkpoint.database,
            """
            INSERT INTO ledger(call, stage, engine, model, seconds, wall, cost, at, run)
            SELECT ?1, '\(stage.rawValue)', \(Schema.expense(in: "?2", at: "$")), ?3
            WHERE json_type(?2, '$.provenance') = 'object' ON CONFLICT DO NOTHING
            """)
    }

    /// Notes what the transcript of a record says; inside a transaction.
    func note(_ line: borrowing Line, of call: Int64) throws(Failure) {
        guard let text = unsafe line.raw("transcript"), let members = unsafe JSON.members(of: text),
            members.contains(where: { $0.name == "provenance" })
        else { return }
        // What was said is most of the text, and need not be read again.
        let told = members.filter { ["engine", "model", "provenance"].contains($0.name) }
        addition.bind(1, call)
        addition.bind(2, copying: JSON.object(told).text)
        addition.bind(3, try checkpoint.run().number)
        try addition.run()
    }
}
