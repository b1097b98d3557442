// ReportLoop: the loop of a tool that answers a question, as a table for people or as JSON lines.
internal import Glibc
public import Records

/// Where a report goes.
public final class Report {
    private let session: Session
    /// Whether people read it: standard output is a terminal, or `--format table` says so.
    public let isForPeople: Bool

    init(_ session: Session) throws {
        self.session = session
        switch session.options.string("format") {
        case nil: isForPeople = isatty(1) == 1
        case "table": isForPeople = true
        case "json": isForPeople = false
        case let other?: throw UsageError("option --format knows table and json, not \"\(other)\"")
        }
    }

    /// Writes a line of JSON.
    public func line(_ json: JSON) throws {
        try line(json.text)
    }

    /// Writes a record as it is.
    public func line(_ record: Record) throws {
        session.progress.passed()
        try session.check()
        try session.write(record.bytes)
    }

    /// Writes a line of text.
    public func line(_ text: String) throws {
        try session.check()
        try session.write(Array(text.utf8))
    }

    /// Writes rows under their headings for people, or an object per row for programs.
    ///
    /// - Parameters:
    ///   - names: A heading per column, which is the member's name for programs.
    ///   - rows: A value per column; numbers stand to the right.
    /// - Throws: What writing throws.
    public func table(_ names: [String], _ rows: [[JSON]]) throws {
        guard isForPeople else {
            for row in rows { try line(.object(zip(names, row).map(JSON.Member.init))) }
            return
        }
        let cells = [names] + rows.map { $0.map(Report.shown) }
        let widths = names.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        for (index, row) in cells.enumerated() {
            let columns = row.enumerated().map { column, text in
                let padding = String(repeating: " ", count: widths[column] - text.count)
                let isNumber = rows.contains { Report.isNumber($0[column]) }
                return isNumber ? padding + text : text + padding
            }
            let text = columns.joined(separator: "  ")
            try line(String(text.reversed().drop { $0 == " " }.reversed()))
            if index == 0 {
                try line(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "))
            }
        }
    }

    /// Says what is wrong; the others go on, and the exit status is 1.
    public func problem(_ failure: Failure) {
        session.progress.rejected()
        session.log.write(.error, failure.description)
    }

    /// Ends with 1 though nothing went wrong: what was asked for is not there.
    public func negative() {
        session.progress.rejected()
    }

    private static func isNumber(_ value: JSON) -> Bool {
        switch value {
        case .int, .double: true
        default: false
        }
    }

    private static func shown(_ value: JSON) -> String {
        if case .string(let text) = value { return text }
        return value.text == "null" ? "-" : value.text
    }
}

extension Tool {
    /// Runs the tool as a report and ends the program.
    ///
    /// - Parameter body: Writes the report, and says how the work ended by what it throws.
    public func report(_ body: (Options, Report) throws -> Void) -> Never {
        let session = Session.start(with(Option.forReports))
        do {
            try body(session.options, Report(session))
            session.finish()
        } catch {
            session.finish(error)
        }
    }
}
