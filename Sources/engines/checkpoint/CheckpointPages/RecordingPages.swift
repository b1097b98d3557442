// RecordingPages: recordings page by page, in the shapes that the replaced systems' clients know.
public import Checkpoint
internal import CheckpointSchema
public import Records

/// The shape of a recording in an answer.
public enum RecordingShape: Sendable {
    /// The members of the portal with `GET /api/call-recordings`; its `id` is a number.
    case portal
    /// The members of the storage service with `GET /api/v1/recordings`; its `id` is that of the
    /// record.
    case storage

    /// The members, each with its JSON expression over the view `r` and the call `c`.
    fileprivate var members: [(name: String, sql: String)] {
        func quoted(_ name: String, _ sql: String) -> (name: String, sql: String) {
            (name, "json_quote(\(sql))")
        }
        func member(_ path: String) -> String { "json_extract(c.record, '$.\(path)')" }
        func object(_ path: String) -> String { "ifnull(json(\(member(path))), 'null')" }
        switch self {
        case .portal:
            return [
                quoted("id", "r.id"), quoted("call_id", "r.call_id"),
                quoted("file_path", "coalesce(r.audio_path, r.recording_path, '')"),
                quoted("file_name", "coalesce(r.recording_name, r.audio_path, '')"),
                quoted("caller_number", member("from.phone")),
                quoted("callee_number", member("to.phone")),
                ("caller_staff_id", "'null'"), ("callee_staff_id", "'null'"),
                quoted("call_date", "r.call_start_time"),
                quoted("duration_seconds", "CAST(round(r.duration) AS INTEGER)"),
                quoted("transcription", "r.rc_transcript"),
                quoted("transcription_status", "r.transcription_status"),
                ("linked_ticket_id", "'null'"), quoted("created_at", "r.created_at"),
                quoted("updated_at", "r.updated_at"),
            ]
        case .storage:
            return [
                quoted("id", "r.call_id"), quoted("number", "r.id"),
                quoted("rc_call_id", "r.rc_call_id"), quoted("source", "r.source"),
                quoted("recorded_at", "r.recorded_at"), quoted("duration", "r.duration"),
                quoted("direction", member("direction")), ("from", object("from")),
                ("to", object("to")),
                ("has_audio", "iif(r.audio_path IS NULL, 'false', 'true')"),
                ("has_transcript", "iif(r.has_transcript, 'true', 'false')"),
                quoted("rc_transcript", "r.rc_transcript"),
                quoted("rc_transcript_confidence", "r.rc_transcript_confidence"),
                quoted("rc_transcript_fetched_at", "r.rc_transcript_fetched_at"),
                ("rc_ai_insights", "ifnull(json(r.rc_ai_insights), 'null')"),
                quoted("download_status", "r.download_status"),
                quoted("transcription_status", "r.transcription_status"),
                quoted("upload_status", "r.upload_status"),
                quoted("retry_count", "r.retry_count"),
            ]
        }
    }
}

/// Reads recordings for a client.
public final class RecordingPages {
    /// A page.
    public struct Page: Sendable {
        /// The numbers of its calls, the latest first.
        public let numbers: [Int64]
        /// The number after which the next page begins; `nil` for the last page.
        public let next: Int64?
    }

    private let checkpoint: Checkpoint
    private let members: [String]
    private let row: Statement

    /// Prepares the statements.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public init(_ shape: RecordingShape, in checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
        let columns = shape.members
        members = columns.map(\.name)
        row = try Statement(
            checkpoint.database,
            """
            SELECT \(columns.map(\.sql).joined(separator: ", "))
            FROM (SELECT * FROM (\(Schema.recordings)) WHERE id = ?1) AS r
            JOIN calls AS c ON c.number = r.id
            """)
    }

    /// The number of recordings in a checkpoint.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public static func count(in checkpoint: Checkpoint) throws(Failure) -> Int {
        try checkpoint.database.number("SELECT count(*) FROM calls")
    }

    /// The calls of a page.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public func page(_ question: PageQuestion) throws(Failure) -> Page {
        let statement = try Statement(checkpoint.database, question.sql)
        try question.bind(to: statement)
        let found = try statement.all { row throws(Failure) in try row.integer(0) }
        let numbers = Array(found.prefix(question.limit))
        return Page(numbers: numbers, next: found.count > numbers.count ? numbers.last : nil)
    }

    /// The number of the recording that a text names: by its number, or by the id of its record.
    ///
    /// - Returns: `nil` where there is none.
    /// - Throws: `Failure` of scope `item`, kind `gone`, for one that was erased; of scope `stop`.
    public func number(of name: String) throws(Failure) -> Int64? {
        let number = Int64(name)
        let statement = try Statement(
            checkpoint.database,
            "SELECT number, erased_at FROM calls WHERE \(number == nil ? "id" : "number") = ?1")
        if let number { try statement.bind(number) } else { try statement.bind(name) }
        let found = try statement.first { row throws(Failure) in
            (number: try row.integer(0), erased: try row.string(1))
        }
        if found?.erased != nil {
            throw Failure(.item, .gone, "show a recording: it was erased")
        }
        return found?.number
    }

    /// A recording in the shape of these pages; `nil` when it is not there.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public func object(_ call: Int64) throws(Failure) -> [JSON.Member]? {
        try row.bind(call)
        return try row.first { row throws(Failure) in
            var object: [JSON.Member] = []
            for (index, name) in members.enumerated() {
                let value = try row.copy(Int32(index)).map { JSON.raw($0) } ?? .null
                object.append(.init(name, value))
            }
            return object
        }
    }

    /// The record of a call; `nil` when it is not there.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public func record(_ call: Int64) throws(Failure) -> Record? {
        let statement = try Statement(
            checkpoint.database,
            "SELECT record, id FROM calls WHERE number = ?1 AND erased_at IS NULL")
        try statement.bind(call)
        let stored = try statement.first { row throws(Failure) in
            (text: try row.copy(0) ?? [], id: try row.text(1))
        }
        guard let stored else { return nil }
        do {
            return try Record(stored: stored.text)
        } catch {
            throw checkpoint.unreadable(stored.id, error)
        }
    }
}
