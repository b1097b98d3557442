// CallerHistory: all calls of a phone number or an extension, and what became of each.
public import Checkpoint
public import Records

/// Lists the calls of a party, also those without a transcript, in the order of time.
public final class CallerHistory {
    private let checkpoint: Checkpoint
    private let question: SearchQuestion

    /// Prepares to list the calls of the party that a question names.
    public init(_ question: SearchQuestion, in checkpoint: Checkpoint) {
        self.checkpoint = checkpoint
        self.question = question
    }

    /// Gives each call to the closure, the oldest first, until it returns false.
    ///
    /// - Parameter body: Gets the stored record, and the status of each stage that has one.
    /// - Throws: `Failure` of scope `stop`, and the error of the closure.
    public func forEach(_ body: (Record, [(stage: String, status: String)]) throws -> Bool) throws {
        let load = try Statement(
            checkpoint.database,
            "SELECT record, id FROM calls WHERE number = ?1 AND erased_at IS NULL")
        let stages = try Statement(
            checkpoint.database, "SELECT stage, status FROM outcomes WHERE call = ?1")
        for call in try calls() {
            try load.bind(call)
            let stored = try load.first { row throws(Failure) in try row.copy(0) ?? [] }
            guard let stored, let record = try? Record(stored: stored),
                question.fits(record)
            else {
                continue
            }
            try stages.bind(call)
            var statuses = try stages.all { row throws(Failure) in
                (stage: try row.text(0), status: try row.text(1))
            }
            let order = Stage.allCases.map(\.rawValue)
            statuses.sort {
                (order.firstIndex(of: $0.stage) ?? 99) < (order.firstIndex(of: $1.stage) ?? 99)
            }
            guard try body(record, statuses) else { return }
        }
    }

    /// The numbers of the calls that may be of the party, in the order of time.
    ///
    /// Of calls with a transcript the index knows the parties. Of the others those are taken whose
    /// ends have the digits in this order, however they are written; the record itself decides.
    private func calls() throws(Failure) -> [Int64] {
        let key = question.keys.first ?? ""
        let member = question.phone == nil ? "extension" : "phone"
        let statement = try Statement(
            checkpoint.database,
            """
            WITH found(number) AS (
              SELECT call FROM parties WHERE key = :key
              UNION
              SELECT c.number FROM calls AS c WHERE c.number IN (
                SELECT n.number FROM calls AS n INDEXED BY calls_start
                WHERE NOT EXISTS (SELECT 1 FROM spoken AS s WHERE s.call = n.number))
              AND CASE WHEN json_valid(c.record)
                THEN json_extract(c.record, '$.from.\(member)') GLOB :digits
                  OR json_extract(c.record, '$.to.\(member)') GLOB :digits
                ELSE true END)
            SELECT c.number FROM found AS f CROSS JOIN calls AS c ON c.number = f.number
            WHERE (:from IS NULL OR c.start_time >= :from)
              AND (:to IS NULL OR c.start_time < :to)
            ORDER BY c.start_time, c.number
            """)
        let digits =
            question.phone == nil
            ? "*" : "*" + key.dropFirst().map { "\($0)*" }.joined()
        try statement.bind([
            ":key": key, ":digits": digits, ":from": question.from, ":to": question.to,
        ])
        return try statement.all { row throws(Failure) in try row.integer(0) }
    }
}
