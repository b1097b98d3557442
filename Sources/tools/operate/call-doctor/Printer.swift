// Printer: the results as a table, as an object a line, or as TAP.
import Checks
import Filter
import Records

/// Writes results in the form that was asked for.
struct Printer {
    private let report: Report
    private let format: Format
    private var results: [CheckResult] = []

    /// The form, a table on a terminal and JSON elsewhere.
    init(_ report: Report, _ format: Format?) {
        self.report = report
        self.format = format ?? (report.isForPeople ? .table : .json)
    }

    /// Writes a result as soon as it is there; a table waits for the last one.
    mutating func add(_ result: CheckResult) throws {
        results.append(result)
        switch format {
        case .json: try report.write(result.named)
        case .tap: try report.write(tap(result))
        case .table: return
        }
        try report.flush()
    }

    /// Writes what comes after the last result.
    func finish() throws {
        switch format {
        case .json: return
        case .tap: try report.write(["1..\(results.count)"])
        case .table:
            var table = Table(["check": .left, "result": .left, "figure": .right, "": .left])
            for result in results {
                table.add(
                    result.name, result.verdict.rawValue, result.figure?.text ?? "",
                    result.output + (result.remedy.isEmpty ? "" : "; \(result.remedy)"))
            }
            try report.write(table)
        }
    }

    /// The lines of the Test Anything Protocol, https://testanything.org: a warning is `ok`, with
    /// its words as a comment.
    private func tap(_ result: CheckResult) -> [String] {
        let isOK = result.verdict != .fail && result.verdict != .unknown
        // A number sign would begin a directive.
        let name = String(result.name.map { $0 == "#" ? " " : $0 })
        let skip = result.verdict == .skip ? " # SKIP \(result.output)" : ""
        var lines = ["\(isOK ? "ok" : "not ok") \(results.count) - \(name)\(skip)"]
        if result.verdict == .skip { return lines }
        let figure = result.figure.map { "\($0.text): " } ?? ""
        lines.append("# \(result.verdict.rawValue): \(figure)\(result.output)")
        if !result.remedy.isEmpty { lines.append("# \(result.remedy)") }
        return lines
    }

    /// The exit status: 0 all well, 1 a warning, 2 a fault.
    var exitStatus: Int32 {
        results.worst == .unknown ? 1 : results.worst.exitStatus
    }
}

extension CheckResult {
    /// The result with its name in front.
    fileprivate var named: JSON {
        guard case .object(let members) = json else { return json }
        return .object([JSON.Member("check", .string(name))] + members)
    }
}
