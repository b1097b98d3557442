// Table: the rows of a CSV or NDJSON file of people, with their faults told by line.
internal import Files
public import Records
internal import System

/// A row: the text of each column that has some.
public struct TableRow: Sendable, Equatable {
    /// The line where it begins, from 1.
    public let line: Int
    /// The texts by the name of the column, in small letters and digits only.
    public let cells: [String: [String]]

    /// The first text of the first column that has one.
    public func first(_ names: [String]) -> String? {
        for name in names { if let text = cells[name]?.first { return text } }
        return nil
    }
}

/// Reads tables whose form is found out: CSV with any usual delimiter, or an object a line.
public enum Table {
    /// The most bytes of a row; a quotation mark that is not closed swallows no more.
    public static let longestRow = 64 << 10

    /// Reads all rows of a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - fault: Told of a line that is no row, and why.
    ///   - body: Takes each row.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`, when the file cannot be read.
    public static func each(
        of path: String, fault: (_ line: Int, _ reason: String) -> Void,
        _ body: (TableRow) -> Void
    ) throws(Failure) {
        var reader = TableReader()
        var splitter = LineSplitter()
        do throws(SystemError) {
            try FileBytes.each(of: path) { piece in
                splitter.add(piece) { line in reader.take(line, fault, body) }
            }
        } catch {
            throw Failure(
                .stop, .configuration, "read the table \(path): \(error.reason)",
                remedy: "name a CSV or NDJSON file that can be read")
        }
        splitter.finish { line in reader.take(line, fault, body) }
        reader.finish(fault, body)
    }

    /// The name of a column as it is compared.
    static func folded(_ name: String) -> String {
        String(
            name.lowercased().unicodeScalars.filter {
                $0.properties.isAlphabetic || ("0"..."9").contains($0)
            })
    }

    /// UTF-8, or what old spreadsheets write.
    static func text(_ bytes: [UInt8]) -> String {
        String(validating: bytes, as: UTF8.self)
            ?? String(String.UnicodeScalarView(bytes.map { OldCharacters.scalar($0) }))
    }
}

/// The characters of Windows-1252.
private enum OldCharacters {
    private static let special: [UInt32] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013,
        0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
    ]

    static func scalar(_ byte: UInt8) -> Unicode.Scalar {
        guard 0x80...0x9F ~= byte else { return Unicode.Scalar(byte) }
        return Unicode.Scalar(special[Int(byte - 0x80)]) ?? "\u{FFFD}"
    }
}

/// A line of the file; the bytes of one that is too long are gone.
private struct FileLine {
    let number: Int
    let bytes: [UInt8]
    let isTooLong: Bool
}

/// Cuts bytes into lines in memory that does not grow.
private struct LineSplitter {
    private var line: [UInt8] = []
    private var isTooLong = false
    private var number = 1

    mutating func add(_ piece: Span<UInt8>, _ body: (FileLine) -> Void) {
        for index in piece.indices {
            let byte = piece[index]
            if line.count < Table.longestRow { line.append(byte) } else { isTooLong = true }
            if byte == 0x0A { end(body) }
        }
    }

    mutating func finish(_ body: (FileLine) -> Void) {
        guard !line.isEmpty else { return }
        line.append(0x0A)
        end(body)
    }

    private mutating func end(_ body: (FileLine) -> Void) {
        body(FileLine(number: number, bytes: isTooLong ? [] : line, isTooLong: isTooLong))
        line.removeAll(keepingCapacity: true)
        isTooLong = false
        number += 1
    }
}

/// Rows of lines.
private struct TableReader {
    private var names: [String]?
    private var parser: RowParser?
    private var isJSON: Bool?
    /// The lines of the row that has begun.
    private var pending: [FileLine] = []

    mutating func take(
        _ line: FileLine, _ fault: (Int, String) -> Void, _ body: (TableRow) -> Void
    ) {
        guard !line.isTooLong else {
            // It may lie inside a row, which began with a mark that nothing closes.
            let before = pending
            abandon(fault, body)
            if before.isEmpty { fault(line.number, "it is longer than 64 KiB") }
            return
        }
        if isJSON == nil, line.bytes.contains(where: { $0 > 0x20 }) {
            isJSON = line.bytes.first { $0 > 0x20 } == UInt8(ascii: "{")
        }
        guard isJSON == true else { return takeCSV(line, fault, body) }
        guard line.bytes.contains(where: { $0 > 0x20 }) else { return }
        guard let members = JSON.members(of: line.bytes.dropLast()) else {
            return fault(line.number, "it is no JSON object")
        }
        var cells: [String: [String]] = [:]
        for member in members {
            let texts = (JSON.elements(of: member.value.bytes) ?? [member.value]).compactMap {
                $0.decoded(as: String.self) ?? $0.decoded(as: Int.self).map(String.init)
            }
            cells[Table.folded(member.name), default: []] += texts.filter { !$0.isEmpty }
        }
        body(TableRow(line: line.number, cells: cells))
    }

    private mutating func takeCSV(
        _ line: FileLine, _ fault: (Int, String) -> Void, _ body: (TableRow) -> Void
    ) {
        var bytes = line.bytes
        if parser == nil {
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
            guard bytes.contains(where: { $0 > 0x20 }) else { return }
            parser = RowParser(delimiter: TableReader.delimiter(of: bytes))
        }
        guard let parser else { return }
        pending.append(line)
        if parser.feed(bytes) {
            let first = pending[0].number
            pending = []
            end(parser.cells, first, fault, body)
        } else if !parser.isInside {
            pending = []
        } else if pending.reduce(0, { $0 + $1.bytes.count }) > Table.longestRow {
            abandon(fault, body)
        }
    }

    /// Leaves the row that does not end, and goes on with the line behind the one it began with.
    private mutating func abandon(_ fault: (Int, String) -> Void, _ body: (TableRow) -> Void) {
        guard let first = pending.first else { return }
        let rest = pending.dropFirst()
        pending = []
        parser?.reset()
        fault(first.number, "its quotation mark is not closed")
        for line in rest { takeCSV(line, fault, body) }
    }

    mutating func finish(_ fault: (Int, String) -> Void, _ body: (TableRow) -> Void) {
        while !pending.isEmpty { abandon(fault, body) }
    }

    private mutating func end(
        _ cells: [[UInt8]], _ line: Int, _ fault: (Int, String) -> Void, _ body: (TableRow) -> Void
    ) {
        guard let names else {
            self.names = cells.map { Table.folded(Table.text($0)) }
            return
        }
        guard cells.count <= names.count else {
            return fault(line, "it has \(cells.count) cells under \(names.count) names")
        }
        var row: [String: [String]] = [:]
        for (name, cell) in zip(names, cells) where !name.isEmpty && !cell.isEmpty {
            row[name, default: []].append(Table.text(cell))
        }
        if !row.isEmpty { body(TableRow(line: line, cells: row)) }
    }

    /// The delimiter that the line of the names has most of, outside quotation marks.
    private static func delimiter(of line: [UInt8]) -> UInt8 {
        var counts: [UInt8: Int] = [:]
        var isQuoted = false
        for byte in line {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted, [UInt8](",;\t|".utf8).contains(byte) { counts[byte, default: 0] += 1 }
        }
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? UInt8(ascii: ",")
    }
}
