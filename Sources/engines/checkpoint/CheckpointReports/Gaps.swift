// Gaps: what the checkpoint has of each day, and which recordings of a list it does not have.
public import Checkpoint
public import Records

/// Counts recordings by the day (UTC) on which they began, and compares them with a list.
public final class Gaps {
    /// A day, or what one extension has of it.
    public struct Row: Sendable, Equatable {
        /// `YYYY-MM-DD`, or `undated` for recordings that do not say when they began.
        public let day: String
        /// The extension's number where extensions are counted; empty for calls that have none.
        public let `extension`: String
        /// Distinct recordings that the list has.
        public internal(set) var listed = 0
        /// Recordings that the checkpoint knows.
        public internal(set) var calls = 0
        /// Recordings of those that have completed the stage.
        public internal(set) var completed = 0
        /// Recordings that should be there and are not.
        public internal(set) var missing = 0
        /// Whether something is missing, or the day should have had recordings and has none.
        public internal(set) var isGap = false
    }

    private struct Key: Hashable, Comparable {
        let day: String
        let `extension`: String

        static func < (a: Key, b: Key) -> Bool { (a.day, a.extension) < (b.day, b.extension) }
    }

    /// Of the two ends of a call the one that is ours, by the record's JSON `record`.
    private static let extensionOfRecord = """
        ifnull(iif(json_valid(record), iif(json_extract(record, '$.direction') = 'outbound',
          ifnull(json_extract(record, '$.from.extension'), json_extract(record, '$.to.extension')),
          ifnull(json_extract(record, '$.to.extension'), json_extract(record, '$.from.extension'))),
          NULL), '')
        """
    /// What has come to an end that is not missed: done, left out on purpose, or erased.
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

    /// Gets ready to count.
    ///
    /// - Parameters:
    ///   - checkpoint: The open file.
    ///   - stage: What a recording has to have completed; `nil` where it is enough to be known,
    ///     and then the completed ones are those that are uploaded.
    ///   - byExtension: Whether to count each extension by itself.
    ///   - end: Recordings that began at this moment or later are left out.
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
        // Ids that nobody knows have no number; a list of a million may have many of them twice.
        // They go to a file of SQLite's own, so the checkpoint may be open for reading only.
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

    /// Takes a record of the list.
    ///
    /// - Parameter line: The record as the list has it.
    /// - Returns: Whether its recording is missing; told once for each.
    /// - Throws: `Failure` of scope `stop`.
    public func isMissing(_ line: borrowing Line) throws(Failure) -> Bool {
        let start = line.string("start").flatMap { Timestamp($0) }
        if let start, start >= end { return false }
        find.bind(1, "id", of: line)
        defer { find.reset() }
        var isMissing = true
        if try find.step() {
            let number = find.integer(0)
            if seen.contains(number) { return false }
            seen.insert(number)
            isMissing = needsStage && find.integer(1) == 0
        } else {
            noteUnknown.bind(1, "id", of: line)
            try noteUnknown.run()
            if checkpoint.database.changes == 0 { return false }
        }
        let key = Key(
            day: start?.day.text ?? "undated", extension: byExtension ? try `extension`(line) : "")
        rows[key, default: Row(day: key.day, extension: key.extension)].listed += 1
        if isMissing { rows[key]?.missing += 1 }
        return isMissing
    }

    private func `extension`(_ line: borrowing Line) throws(Failure) -> String {
        unsafe findExtension.bind(1, line.bytes)
        defer { findExtension.reset() }
        return try findExtension.step() ? findExtension.string(0) ?? "" : ""
    }

    /// The days of the list, and those since a day, with what the checkpoint has of them.
    ///
    /// - Parameter first: A day from which on every day counts; `nil` begins with the list.
    /// - Returns: Rows by day and extension.
    /// - Throws: `Failure` of scope `stop`.
    public func compared(since first: Day?) throws(Failure) -> [Row] {
        let days = rows.keys.compactMap { Day($0.day) } + (first.map { [$0] } ?? [])
        if let first = days.min() {
            try count(since: first) { row, calls, completed, _ in
                row.calls = calls
                row.completed = completed
            }
        }
        return sorted { $0.missing > 0 }
    }

    /// The days since a day by the checkpoint alone.
    ///
    /// Missing is what has not completed the stage. A day without any recording is a gap unless the
    /// other days of the range that fall on the same day of the week have none either.
    ///
    /// - Parameter first: The first day.
    /// - Returns: Rows by day and extension.
    /// - Throws: `Failure` of scope `stop`.
    public func counted(since first: Day) throws(Failure) -> [Row] {
        try count(since: first) { row, calls, completed, settled in
            row.calls = calls
            row.completed = completed
            row.missing = calls - settled
        }
        let busy = Set(rows.keys.compactMap { Day($0.day) })
        // A day that has not ended may still get its first recording.
        let ended = (first.daysSinceEpoch..<max(end.day.daysSinceEpoch, first.daysSinceEpoch))
            .map { Day(daysSinceEpoch: $0) }
        var empty: Set<String> = []
        for day in ended where !busy.contains(day) {
            rows[Key(day: day.text, extension: "")] = Row(day: day.text, extension: "")
            let alike = ended.filter {
                $0 != day && ($0.daysSinceEpoch - day.daysSinceEpoch) % 7 == 0
            }
            if alike.isEmpty || alike.contains(where: busy.contains) { empty.insert(day.text) }
        }
        return sorted { $0.missing > 0 || empty.contains($0.day) }
    }

    private func count(
        since first: Day, _ note: (inout Row, Int, Int, Int) -> Void
    ) throws(Failure) {
        let question = try Statement(
            checkpoint.database,
            """
            SELECT substr(c.start_time, 1, 10) AS day,
              \(byExtension ? Gaps.extensionOfRecord : "''") AS party, count(*),
              sum(ifnull(o.status = 'completed', 0)), sum(\(Gaps.isSettled))
            FROM calls AS c
            LEFT JOIN outcomes AS o ON o.call = c.number AND o.stage = '\(stage.rawValue)'
            WHERE c.start_time >= ?1 AND c.start_time < ?2 GROUP BY day, party
            """)
        question.bind(1, copying: first.start.text)
        question.bind(2, copying: end.text)
        while try question.step() {
            let key = Key(day: question.string(0) ?? "", extension: question.string(1) ?? "")
            note(
                &rows[key, default: Row(day: key.day, extension: key.extension)],
                Int(question.integer(2)), Int(question.integer(3)), Int(question.integer(4)))
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
