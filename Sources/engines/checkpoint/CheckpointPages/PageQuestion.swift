// PageQuestion: the conditions of a page of recordings, as SQL.
public import Checkpoint
internal import CheckpointSchema
public import Records

/// The recordings of a page, the latest first; a `nil` condition does not matter.
public struct PageQuestion: Sendable {
    /// Recordings with this status of the transcription, in the words of the replaced systems.
    public var transcription: Status?
    /// Recordings with this status of the download.
    public var download: Status?
    /// Recordings with this status of the upload.
    public var upload: Status?
    /// Calls that began at this time or later.
    public var since: Timestamp?
    /// Calls that began before this time.
    public var until: Timestamp?
    /// Recordings of this source.
    public var source: String?
    /// Recordings after the one of this number, in the order of the pages.
    public var after: Int64?
    /// The number of recordings to leave out.
    public var offset = 0
    /// The most recordings.
    public var limit = 100

    /// Asks for all recordings.
    public init() {}

    /// The statuses that are asked for, each with the stage and the member that says it is done.
    private var statuses: [(status: Status, stage: Stage, member: String?)] {
        var all: [(status: Status, stage: Stage, member: String?)] = []
        if let transcription { all.append((transcription, .transcribe, "transcript")) }
        if let download { all.append((download, .fetch, "audio")) }
        if let upload { all.append((upload, .upload, nil)) }
        return all
    }

    /// The calls with a rare status, which are found without a look at all the others.
    private var few: String? {
        for (status, stage, _) in statuses {
            let rows = "SELECT call FROM outcomes"
            let term = "WHERE stage = '\(stage.rawValue)' AND status = '\(status.rawValue)'"
            switch status {
            case .failed: return "\(rows) INDEXED BY outcomes_failed \(term)"
            case .queued: return "\(rows) INDEXED BY outcomes_queued \(term)"
            case .processing:
                return """
                    SELECT l.call FROM leases AS l JOIN claims AS m ON m.number = l.claim
                    WHERE m.stage = '\(stage.rawValue)'
                    """
            case .pending, .completed, .skipped: continue
            }
        }
        return nil
    }

    /// A statement for the numbers.
    var sql: String {
        var terms = ["c.erased_at IS NULL"]
        for (status, stage, member) in statuses {
            let expression = Schema.oldStatus(stage.rawValue, doneWith: member)
            terms.append("\(expression) = '\(status.rawValue)'")
        }
        if since != nil { terms.append("c.start_time >= :since") }
        if until != nil { terms.append("c.start_time < :until") }
        if source != nil { terms.append("c.source = :source") }
        if after != nil {
            // Recordings without a start come last.
            terms.append(
                """
                CASE WHEN (SELECT start_time FROM calls WHERE number = :after) IS NULL
                  THEN c.start_time IS NULL AND c.number < :after
                  ELSE c.start_time IS NULL OR (c.start_time, c.number)
                    < ((SELECT start_time FROM calls WHERE number = :after), :after) END
                """)
        }
        let calls =
            few.map { "(\($0)) AS f CROSS JOIN calls AS c ON c.number = f.call" }
            ?? "calls AS c INDEXED BY calls_start"
        return """
            SELECT c.number FROM \(calls) WHERE \(terms.joined(separator: " AND "))
            ORDER BY c.start_time DESC, c.number DESC LIMIT :limit OFFSET :offset
            """
    }

    /// Binds the parameters of ``sql``; one more recording tells if there is another page.
    func bind(to statement: borrowing Statement) throws(Failure) {
        try (limit + 1).bind(to: statement, at: statement.place(of: ":limit"))
        try offset.bind(to: statement, at: statement.place(of: ":offset"))
        if let since { try since.text.bind(to: statement, at: statement.place(of: ":since")) }
        if let until { try until.text.bind(to: statement, at: statement.place(of: ":until")) }
        if let source { try source.bind(to: statement, at: statement.place(of: ":source")) }
        if let after { try after.bind(to: statement, at: statement.place(of: ":after")) }
    }
}
