// Spending: the hours that engines transcribed, their time, and their cost.
import CheckpointSchema
public import Checkpoint
public import Records

/// The sums of the ledger for each engine and model, and for all of them.
public struct Spending {
    /// An object for each engine and model, and the last one for all.
    public let lines: [JSON]

    /// Adds up.
    ///
    /// - Parameters:
    ///   - checkpoint: The open file.
    ///   - since: Only transcripts that were made at this time or later; `nil` for all.
    /// - Throws: `Failure` of scope `stop`.
    public init(in checkpoint: Checkpoint, since: Timestamp?) throws {
        lines = try checkpoint.transaction {
            try checkpoint.begin()
            var lines: [JSON] = []
            var total = Amounts()
            let question = try Statement(checkpoint.database, Spending.question)
            try question.bind(since?.text)
            while try question.step() {
                let sums = try Amounts(question, from: 2)
                total.add(sums)
                let names = [("engine", try question.text(0)), ("model", try question.text(1))]
                    .map { name, text in JSON.Member(name, text.isEmpty ? .null : .string(text)) }
                lines.append(
                    .object([.init("what", .string("engine"))] + names + sums.members))
            }
            lines.append(.object([.init("what", .string("total"))] + total.members))
            return lines
        }
    }

    /// The sums of whole hours, and the rows of the first hour that are not too early.
    private static let question = """
        SELECT engine, model, sum(recordings), \(amounts) FROM (
          SELECT * FROM ledger_sums WHERE ?1 IS NULL OR hour > substr(?1, 1, 13)
          UNION ALL
          \(Schema.share()) FROM ledger INDEXED BY ledger_at
            WHERE at >= ?1 AND at < substr(?1, 1, 13) || ';')
        GROUP BY engine, model HAVING sum(recordings) > 0 ORDER BY engine, model
        """

    private static let amounts = Schema.amounts.map { "sum(\($0))" }.joined(separator: ", ")
}

/// The sums of some rows.
private struct Amounts {
    private var recordings = 0
    /// By the names of ``Schema/amounts``; an amount that no row has is absent.
    private var byName: [String: Double] = [:]

    init() {}

    init(_ row: borrowing Statement, from column: Int32) throws(Failure) {
        recordings = Int(try row.integer(column))
        for (index, name) in Schema.amounts.enumerated() {
            byName[name] = try row.number(column + 1 + Int32(index))
        }
    }

    mutating func add(_ other: Amounts) {
        recordings += other.recordings
        byName.merge(other.byName, uniquingKeysWith: +)
    }

    var members: [JSON.Member] {
        let facts: [(String, Double?)] = [
            ("hours", (byName["seconds"] ?? 0) / 3600),
            ("wall_hours", byName["wall"].map { $0 / 3600 }),
            ("real_time_factor", ratio("wall", "timed")),
            ("cost", byName["cost"]),
            ("cost_per_hour", ratio("cost", "priced").map { $0 * 3600 }),
        ]
        return [.init("recordings", .int(recordings))]
            + facts.compactMap { name, amount in
                amount.map { JSON.Member(name, .double(Amounts.rounded($0))) }
            }
    }

    private func ratio(_ amount: String, _ seconds: String) -> Double? {
        guard let amount = byName[amount], let seconds = byName[seconds], seconds > 0 else {
            return nil
        }
        return amount / seconds
    }

    /// The last digits of a sum of many numbers are noise.
    private static func rounded(_ amount: Double) -> Double {
        abs(amount) < 1e9 ? (amount * 1e6).rounded() / 1e6 : amount
    }
}
