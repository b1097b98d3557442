// Rows: shown recordings as lines, or as the rows of a table where people ask for one.
import CheckpointReports
import Filter
import Records

/// Writes the lines of recordings.
///
/// Lines are written at once. A table is kept until its end, because its columns need the longest
/// text; only `--format table` makes one.
final class Rows {
    private let report: Report
    private let columns: [Column]?
    private var objects: [JSON] = []

    init(_ options: Options<ToolOptions>, _ report: Report) {
        self.report = report
        let names =
            options.fields?.names
            ?? ["id", "destination", "kind", "path", "file", "bytes", "md5", "sha256"]
        columns =
            options.format == .table ? names.map { Column($0, shown: Column.time) } : nil
    }

    /// Takes whole lines, each with its end.
    func write(_ lines: [UInt8]) throws {
        guard columns != nil else { return try report.write(records: lines) }
        for line in lines.split(separator: 0x0A) {
            let members = JSON.members(of: line) ?? []
            objects.append(.object(members.map { .init($0.name, $0.value.unquoted) }))
        }
    }

    /// Writes the table, if there is one.
    func end() throws {
        if let columns { try report.write(objects, as: columns) }
    }
}

extension JSON {
    /// A string or `null` as such, and everything else as it is.
    fileprivate var unquoted: JSON {
        if text == "null" { return .null }
        return decoded(as: String.self).map(JSON.string) ?? self
    }
}
