// ComparisonLines: the options of transcript-compare, and what it writes.
import Comparison
import Filter
import Records

struct ToolOptions: OptionTable {
    let show = Option.flag("show", "also show what differs")
    let format = Option<OutputFormat?>.format
    var all: [any DeclaredOption] { [show, format] }
}

/// Writes a line for each call and one for all of them, for people or for programs.
struct ComparisonLines {
    private let report: Report
    private let isShown: Bool
    private let isTable: Bool
    private var total = Agreement()
    private var table = Table([
        "call": .left, "words": .right, "wer": .right, "disagreement": .right, "other": .right,
        "only a": .right, "only b": .right, "cost/min a": .right, "cost/min b": .right,
    ])

    init(_ options: Options<ToolOptions>, _ report: Report) {
        self.report = report
        isShown = options.show
        isTable = (options.format ?? (report.isForPeople ? .table : .json)) == .table
    }

    /// Writes the comparison of a call.
    mutating func write(_ comparison: CallComparison, of id: String) throws {
        total.add(comparison.agreement)
        guard isTable else {
            var members = [JSON.Member("id", .string(id))]
            members += JSON.members(of: comparison.agreement.json.bytes) ?? []
            if isShown {
                members.append(.init("differences", .array(comparison.differences.map(\.json))))
            }
            return try report.write(.object(members))
        }
        add(comparison.agreement, id)
        guard isShown else { return }
        let lines = comparison.differences.map { difference in
            let at = difference.start.map { "\(($0 * 10).rounded() / 10) s" } ?? ""
            return "\(id) \(at): \"\(difference.first)\" / \"\(difference.second)\""
        }
        try report.write(lines)
    }

    /// Writes the comparison of all calls, and how many only one side has.
    mutating func finish(_ first: [String], _ second: [String]) throws {
        let (a, b) = (Set(first), Set(second))
        let (onlyFirst, onlySecond) = (a.subtracting(b).count, b.subtracting(a).count)
        guard isTable else {
            var members = [JSON.Member("total", .bool(true))]
            members += JSON.members(of: total.json.bytes) ?? []
            members += [
                .init("only_in_a", .int(onlyFirst)), .init("only_in_b", .int(onlySecond)),
            ]
            return try report.write(.object(members))
        }
        add(total, "all \(total.calls)")
        try report.write(table)
        if onlyFirst + onlySecond > 0 {
            try report.write(["only in A: \(onlyFirst), only in B: \(onlySecond)"])
        }
    }

    private mutating func add(_ agreement: Agreement, _ name: String) {
        func share(_ number: Double?) -> String {
            number.map { "\(($0 * 1000).rounded() / 10) %" } ?? "-"
        }
        func price(_ number: Double?) -> String {
            number.map { "\(($0 * 10_000).rounded() / 10_000)" } ?? "-"
        }
        table.add(
            name, "\(agreement.words)", share(agreement.rate), share(agreement.disagreement),
            "\(agreement.substitutions)", "\(agreement.deletions)", "\(agreement.insertions)",
            price(agreement.prices[0]), price(agreement.prices[1]))
    }
}
