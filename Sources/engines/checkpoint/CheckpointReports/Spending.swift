// Spending: what the engines were given, how long it took them, and what it cost.
public import Checkpoint
public import Records

/// What the ledger says of each engine and model, and of all of them.
public struct Spending {
    /// An object for each engine and model, and the last one for all.
    public let lines: [JSON]

    /// Adds up.
    ///
    /// - Parameters:
    ///   - checkpoint: The open file.
    ///   - since: Only transcripts that were made then or later; all when it is not said.
    /// - Throws: `Failure` of scope `stop`.
    public init(in checkpoint: Checkpoint, since: Timestamp?) throws {
        lines = try checkpoint.transaction {
            try checkpoint.begin()
            var lines: [JSON] = []
            var total = Amounts()
            let question = try Statement(checkpoint.database, Spending.question)
            question.bind(1, copying: since?.text)
            while try question.step() {
                let sums = Amounts(question, from: 2)
                total.add(sums)
                let names = [("engine", question.string(0)), ("model", question.string(1))]
                    .map { name, text in
                        JSON.Member(name, text?.isEmpty == false ? .string(text ?? "") : .null)
                    }
                lines.append(
                    .object([.init("what", .string("engine"))] + names + sums.members))
            }
            lines.append(.object([.init("what", .string("total"))] + total.members))
            return lines
        }
    }

    /// The sums of whole hours, and of the first hour what was not too early.
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
    /// By the names of ``Schema/amounts``; none where no row says anything.
    private var byName: [String: Double] = [:]

    init() {}

    init(_ row: borrowing Statement, from column: Int32) {
        recordings = Int(row.integer(column))
        for (index, name) in Schema.amounts.enumerated() {
            let column = column + 1 + Int32(index)
            if row.string(column) != nil { byName[name] = row.number(column) }
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

    /// The last digits of a sum of many numbers mean nothing.
    private static func rounded(_ amount: Double) -> Double {
        abs(amount) < 1e9 ? (amount * 1e6).rounded() / 1e6 : amount
    }
}
