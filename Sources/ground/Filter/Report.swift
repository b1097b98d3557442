// Report: what a tool says that reads no records: tables for people, objects for programs.
internal import Glibc
public import Records
internal import System

/// Rows under a heading, for a terminal.
public struct Table: Sendable {
    /// On which side of its column a text stands.
    public enum Side: Sendable {
        case left, right
    }

    private let columns: [(name: String, side: Side)]
    private var rows: [[String]] = []

    /// Begins a table without rows.
    ///
    /// - Parameter columns: The name of each column and the side that its texts stand on.
    public init(_ columns: KeyValuePairs<String, Side>) {
        self.columns = columns.map { ($0.key, $0.value) }
    }

    /// Begins a table whose columns are only known when it is made.
    public init(columns: [(name: String, side: Side)]) { self.columns = columns }

    init(_ columns: [(String, Side)]) {
        self.columns = columns.map { (name: $0.0, side: $0.1) }
    }

    /// Adds a row: one text for each column.
    public mutating func add(_ row: String...) { rows.append(row) }

    /// Adds a row: one text for each column.
    public mutating func add(_ row: [String]) { rows.append(row) }

    /// The heading and the rows, columns below each other, without trailing spaces.
    public var lines: [String] {
        let all = [columns.map(\.name)] + rows
        let widths = columns.indices.map { column in
            all.map { $0[column].count }.max() ?? 0
        }
        return all.map { row in
            var line = ""
            for (column, text) in row.enumerated() {
                let gap = String(repeating: " ", count: widths[column] - text.count)
                line += column == 0 ? "" : "  "
                line += columns[column].side == .right ? gap + text : text + gap
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}

/// Where a tool that reads no records writes its lines.
public final class Report {
    /// True when people read it: standard output is a terminal, or `--format` says `table`.
    public let isForPeople: Bool
    let session: Session
    fileprivate var status: Int32?

    fileprivate init(_ session: Session, _ format: String?) {
        self.session = session
        isForPeople = format.map { $0 == OutputFormat.table.rawValue } ?? (isatty(1) == 1)
    }

    /// Writes an object as one line.
    public func write(_ object: JSON) throws {
        try session.write(object.bytes)
    }

    /// Writes a record as it came.
    public func write(_ line: borrowing Line) throws {
        try session.write(line)
    }

    /// Writes lines that are whole already, such as stored records, as they are.
    public func write(records lines: [UInt8]) throws {
        try session.write(lines: lines)
        try session.check()
    }

    /// Writes lines for people; what came from outside may not steer the terminal.
    public func write(_ lines: [String]) throws {
        for line in lines { try session.write(Array(Log.clean(line).utf8)) }
    }

    /// Writes a table for people.
    public func write(_ table: Table) throws { try write(table.lines) }

    /// Hands on what was written so far.
    public func flush() throws { try session.flush() }

    /// True when something was not as it should be, so that the exit status will be 1.
    public var hasFailed: Bool { session.progress.failures > 0 }

    /// Notes that something is not as it should be, which the exit status 1 says.
    public func fail() { session.progress.failed() }

    /// Ends the program with this status once the work is done, unless the end is a failure.
    public func end(with status: Int32) { self.status = status }

    /// The version of all tools.
    public static var version: String { Program.version }

    /// Says what is wrong with one of the things that were asked for; the others go on, and the
    /// exit status is 1.
    public func fail(_ failure: Failure) {
        session.progress.failed()
        session.log.write(failure)
    }

    /// Throws when a signal asked the program to end; for work that takes long.
    public func check() throws { try session.check() }

    /// True until a signal asks the program to end; work that takes long looks at it.
    public var goesOn: Bool { (try? session.check()) != nil }
}

extension Tool {
    /// Runs a tool that reads no records and speaks to services, and ends the program.
    ///
    /// - Parameter body: The work; when it has returned or thrown, all that it built is freed.
    public func report(_ body: (Options<Table>, Report) async throws -> Void) async -> Never {
        let (session, options, _) = Session.start(self, NoOptions())
        do {
            let report = Report(session, options.word(of: Option.format.spelling))
            try await body(options, report)
            session.finish(counting: false, status: report.status)
        } catch {
            session.finish(error, counting: false)
        }
    }

    /// Runs a tool that reads no records, and ends the program.
    ///
    /// - Parameter body: The work; when it has returned or thrown, all that it built is freed.
    public func report(_ body: (Options<Table>, Report) throws -> Void) -> Never {
        let (session, options, _) = Session.start(self, NoOptions())
        do {
            let report = Report(session, options.word(of: Option.format.spelling))
            try body(options, report)
            session.finish(counting: false, status: report.status)
        } catch {
            session.finish(error, counting: false)
        }
    }

    /// Runs a tool that reads no records and asks services, and ends the program.
    ///
    /// - Parameter body: The work.
    @MainActor
    public func report(
        asking body: @MainActor (Options<Table>, Report) async throws -> Void
    ) async -> Never {
        let (session, options, _) = Session.start(self, NoOptions())
        do {
            let report = Report(session, options.word(of: Option.format.spelling))
            try await body(options, report)
            session.finish(counting: false, status: report.status)
        } catch {
            session.finish(error, counting: false)
        }
    }
}
