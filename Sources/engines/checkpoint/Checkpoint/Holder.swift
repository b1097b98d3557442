// Holder: the run that has a record in work, so that nobody takes its files away meanwhile.
package import Records

extension Claims {
    /// The id of the run whose lease on a call still counts; `nil` when nobody has it in work.
    package static func holder(of call: Int64, _ checkpoint: Checkpoint) throws(Failure) -> String?
    {
        let question = try Statement(
            checkpoint.database,
            """
            SELECT l.claim, r.id FROM leases AS l JOIN claims AS m ON m.number = l.claim
            JOIN runs AS r ON r.number = m.run WHERE l.call = ?1
            """)
        question.bind(1, call)
        guard try question.step() else { return nil }
        let (claim, run) = (question.integer(0), question.string(1) ?? "")
        question.reset()
        return try isAlive(claim, checkpoint) ? run : nil
    }
}
