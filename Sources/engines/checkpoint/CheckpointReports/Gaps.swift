// Gaps: the recordings of each day, and the recordings of a list that the checkpoint lacks.
public import Checkpoint
public import Records

/// Counts recordings by the day (UTC) on which they began, and compares them with a list.
public final class Gaps {
    /// The counts of a day, or of one extension on that day.
    public struct Row: Sendable, Equatable {
        /// `YYYY-MM-DD`, or `undated` for recordings without a start.
        public let day: String
        /// The extension's number where extensions are counted; empty for calls without one.
        public let `extension`: String
        /// Distinct recordings of the list.
        public internal(set) var listed = 0
        /// Recordings that the checkpoint knows.
        public internal(set) var calls = 0
        /// Recordings of those that have completed the stage.
        public internal(set) var completed = 0
        /// Recordings that should be there and are not.
        public internal(set) var missing = 0
        /// True when recordings are missing, or when the day is empty and should not be.
        public internal(set) var isGap = false
    }

    private struct Key: Hashable, Comparable {
        let day: String
        let `extension`: String

        var row: Row { Row(day: day, extension: `extension`) }

        static func < (a: Key, b: Key) -> Bool { (a.day, a.extension) < (b.day, b.extension) }
    }

    /// The extension of our end of a call, by the record's JSON `record`.
    private static let extensionOfRecord = """
        ifnull(iif(json_valid(record), iif(json_extract(record, '$.direction') = 'outbound',
          ifnull(json_extract(record, '$.from.extension'), json_extract(record, '$.to.extension')),
          ifnull(json_extract(record, '$.to.extension'), json_extract(record, '$.from.extension'))),
          NULL), '')
        """
    /// Stands for the day of recordings without a start.
    private static let undated = "undated"
    /// The condition that a recording is not missing: completed, skipped or erased.
    private static let isSettled =
        "(ifnull(o.status IN ('completed', 'skipped'), 0) OR c.erased_at IS NOT NULL)"

    private let checkpoint: Checkpoint
    private let stage: Stage
    private let byExtension: Bool
    private let end: Timestamp
    private let needsStage: Bool
    private var rows: [Key: Row] = [:]
    private var seen = NumberSet()

    private let find: Statement
    private let noteUnknown: Statement
    private let findExtension: Statement

    /// Prepares to count.
    ///
    /// - Parameters:
    ///   - checkpoint: The open file.
    ///   - stage: The stage that a recording has to have completed; `nil` where it is enough that
    ///     the checkpoint knows it, and then the completed recordings are the uploaded ones.
    ///   - byExtension: True to count each extension by itself.
    ///   - end: Recordings that began at this time or later are left out.
    /// - Throws: `Failure` of scope `stop`.
    public init(
        in checkpoint: Checkpoint, stage: Stage?, byExtension: Bool, before end: Timestamp
    ) throws(Failure) {
        self.checkpoint = checkpoint
        self.stage = stage ?? .upload
        self.byExtension = byExtension
        self.end = end
        needsStage = stage != nil
        let database = checkpoint.database
        // Unknown ids have no number, and a list of a million may have many of them twice. They go
        // into a file of SQLite's own, so the checkpoint may be open for reading only.
        try database.execute(
            """
            PRAGMA query_only = OFF;
            PRAGMA temp.journal_mode = OFF;
            CREATE TEMP TABLE unknown(id TEXT PRIMARY KEY) WITHOUT ROWID;
            """)
        find = try Statement(
            database,
            """
            SELECT c.number, \(Gaps.isSettled) FROM calls AS c
            LEFT JOIN outcomes AS o ON o.call = c.number AND o.stage = '\(self.stage.rawValue)'
            WHERE c.id = ?1
            """)
        noteUnknown = try Statement(
            database, "INSERT INTO temp.unknown(id) VALUES (?1) ON CONFLICT DO NOTHING")
        findExtension = try Statement(
            database, "SELECT \(Gaps.extensionOfRecord) FROM (SELECT ?1 AS record)")
    }

    /// Counts a record of the list.
    ///
    /// - Parameter line: The record as the list has it.
    /// - Returns: True when its recording is missing; once for each recording.
    /// - Throws: `Failure` of scope `stop`.
    public func isMissing(_ line: borrowing Line) throws(Failure) -> Bool {
        let start = line.string("start").flatMap { Timestamp($0) }
        if let start, start >= end { return false }
        try find.bind(at: 1, "id", of: line)
        let known = try find.first { row throws(Failure) in
            (number: try row.integer(0), isSettled: try row.integer(1) != 0)
        }
        var isMissing = true
        if let known {
            if seen.contains(known.number) { return false }
            seen.insert(known.number)
            isMissing = needsStage && !known.isSettled
        } else {
            try noteUnknown.bind(at: 1, "id", of: line)
            try noteUnknown.run()
            if checkpoint.database.changes == 0 { return false }
        }
        let key = Key(
            day: start?.day.text ?? Gaps.undated,
            extension: byExtension ? try `extension`(line) : "")
        rows[key, default: key.row].listed += 1
        if isMissing { rows[key]?.missing += 1 }
        return isMissing
    }

    private func `extension`(_ line: borrowing Line) throws(Failure) -> String {
        try findExtension.bind(at: 1, borrowing: line)
        return try findExtension.first { row throws(Failure) in try row.text(0) } ?? ""
    }

    /// The days of the list, and those since a day, with the checkpoint's counts.
    ///
    /// - Parameter first: A day from which on every day counts; `nil` begins with the list.
    /// - Returns: Rows by day and extension.
    /// - Throws: `Failure` of scope `stop`.
    public func compared(since first: Day?) throws(Failure) -> [Row] {
        let days = rows.keys.compactMap { Day($0.day) } + (first.map { [$0] } ?? [])
        if let first = days.min() { try count(since: first) }
        if rows.keys.contains(where: { $0.day == Gaps.undated }) { try count(since: nil) }
        return sorted { $0.missing > 0 }
    }

    /// The days since a day by the checkpoint alone.
    ///
    /// A recording is missing that has not completed the stage. A day without any recording is a gap
    /// unless the other days of the range that fall on the same day of the week have none either.
    ///
    /// - Parameter first: The first day.
    /// - Returns: Rows by day and extension.
    /// - Throws: `Failure` of scope `stop`.
    public func counted(since first: Day) throws(Failure) -> [Row] {
        try count(since: first, missingToo: true)
        let busy = Set(rows.keys.compactMap { Day($0.day) })
        // A day that has not ended may still get its first recording.
        let ended = (first.daysSinceEpoch..<max(end.day.daysSinceEpoch, first.daysSinceEpoch))
            .map { Day(daysSinceEpoch: $0) }
        var empty: Set<String> = []
        for day in ended where !busy.contains(day) {
            let key = Key(day: day.text, extension: "")
            rows[key] = key.row
            let alike = ended.filter {
                $0 != day && ($0.daysSinceEpoch - day.daysSinceEpoch) % 7 == 0
            }
            if alike.isEmpty || alike.contains(where: busy.contains) { empty.insert(day.text) }
        }
        return sorted { $0.missing > 0 || empty.contains($0.day) }
    }

    /// Counts the calls of the checkpoint since a day, or those without a start for `nil`.
    private func count(since first: Day?, missingToo: Bool = false) throws(Failure) {
        let range =
            first == nil
            ? "c.start_time IS NULL AND c.erased_at IS NULL"
            : "c.start_time >= ?1 AND c.start_time < ?2"
        let question = try Statement(
            checkpoint.database,
            """
            SELECT ifnull(substr(c.start_time, 1, 10), '\(Gaps.undated)') AS day,
              \(byExtension ? Gaps.extensionOfRecord : "''") AS party, count(*),
              sum(ifnull(o.status = 'completed', 0)), sum(\(Gaps.isSettled))
            FROM calls AS c
            LEFT JOIN outcomes AS o ON o.call = c.number AND o.stage = '\(stage.rawValue)'
            WHERE \(range) GROUP BY day, party
            """)
        if let first { try question.bind(first.start.text, end.text) }
        while try question.step() {
            let key = Key(day: try question.text(0), extension: try question.text(1))
            var row = rows[key] ?? key.row
            row.calls = Int(try question.integer(2))
            row.completed = Int(try question.integer(3))
            if missingToo { row.missing = row.calls - Int(try question.integer(4)) }
            rows[key] = row
        }
    }

    private func sorted(_ isGap: (Row) -> Bool) -> [Row] {
        rows.keys.sorted().compactMap { key in
            guard var row = rows[key] else { return nil }
            row.isGap = isGap(row)
            return row
        }
    }
}
