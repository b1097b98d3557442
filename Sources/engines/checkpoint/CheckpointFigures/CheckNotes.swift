// CheckNotes: the last result of each check of a service, written by one program and read by others.
public import Checkpoint
public import Records

/// The last result of a check that asked a service, such as those of `call-doctor --connections`.
public struct CheckNote: Sendable, Equatable {
    /// The name of the service, such as `drive`.
    public let name: String
    /// The result: `pass`, `warn`, `fail` or `skip`.
    public let status: String
    /// The time of the check.
    public let at: Timestamp
    /// The time that the service took, in seconds; `nil` where none was measured.
    public let latency: Double?
    /// A sentence without its full stop that says what was seen, without private values.
    public let detail: String
    /// A sentence without its full stop that says what to do; empty when all is well.
    public let remedy: String

    /// A result of now or of another time.
    public init(
        _ name: String, status: String, at: Timestamp = .now, latency: Double?, detail: String,
        remedy: String
    ) {
        self.name = name
        self.status = status
        self.at = at
        self.latency = latency
        self.detail = detail
        self.remedy = remedy
    }
}

/// The table of the last results.
public struct CheckNotes {
    /// Writes results down; each takes the place of the one before.
    ///
    /// - Parameters:
    ///   - notes: The results.
    ///   - checkpoint: The open file.
    /// - Throws: `Failure` of scope `stop`.
    public static func keep(_ notes: [CheckNote], in checkpoint: Checkpoint) throws {
        try checkpoint.transaction {
            try checkpoint.begin()
            for note in notes {
                try checkpoint.database.run(
                    """
                    INSERT INTO checks(name, status, at, latency, detail, remedy)
                    VALUES (:name, :status, :at, :latency, :detail, :remedy)
                    ON CONFLICT DO UPDATE SET status = excluded.status, at = excluded.at,
                      latency = excluded.latency, detail = excluded.detail,
                      remedy = excluded.remedy
                    """,
                    [
                        ":name": note.name, ":status": note.status, ":at": note.at.text,
                        ":latency": note.latency, ":detail": note.detail, ":remedy": note.remedy,
                    ])
            }
        }
    }

    /// All results by name.
    ///
    /// - Parameter checkpoint: The open file.
    /// - Returns: The results.
    /// - Throws: `Failure` of scope `stop`.
    public static func all(in checkpoint: Checkpoint) throws -> [CheckNote] {
        try Statement(
            checkpoint.database,
            "SELECT name, status, at, latency, detail, remedy FROM checks ORDER BY name"
        ).all { row throws(Failure) in
            CheckNote(
                try row.text(0), status: try row.text(1),
                at: Timestamp(try row.text(2)) ?? Timestamp(milliseconds: 0),
                latency: try row.number(3), detail: try row.text(4),
                remedy: try row.string(5) ?? "")
        }
    }
}
