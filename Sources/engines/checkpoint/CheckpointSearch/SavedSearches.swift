// SavedSearches: questions that were kept under a name, and how far each was answered.
public import Checkpoint
internal import FoundationEssentials
public import Records

/// Keeps questions in the checkpoint.
public final class SavedSearches {
    private let checkpoint: Checkpoint

    /// Prepares.
    public init(_ checkpoint: Checkpoint) { self.checkpoint = checkpoint }

    /// Keeps a question under a name, in place of another of that name.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public func keep(_ question: SearchQuestion, as name: String) throws {
        // The same question is the same text.
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(question), as: UTF8.self)
        try checkpoint.transaction {
            try checkpoint.begin()
            try checkpoint.database.run(
                """
                INSERT INTO searches(name, question) VALUES (?1, ?2)
                ON CONFLICT DO UPDATE SET question = excluded.question,
                  seen = iif(question = excluded.question, seen, 0)
                """, name, text)
        }
    }

    /// The question of that name, and the number of the last transcript that it was answered for.
    ///
    /// - Throws: `Failure` of scope `stop` when there is none.
    public func find(_ name: String) throws -> (question: SearchQuestion, seen: Int64) {
        let statement = try Statement(
            checkpoint.database, "SELECT question, seen FROM searches WHERE name = ?1")
        try statement.bind(name)
        let found = try statement.first { row throws(Failure) in
            (text: try row.text(0), seen: try row.integer(1))
        }
        guard let found else {
            throw Failure(
                .stop, .configuration, "find the saved search \(name): there is none",
                remedy: "save it with a question: state-search --saved \(name) QUERY")
        }
        do {
            let question = try JSONDecoder().decode(
                SearchQuestion.self, from: Data(found.text.utf8))
            return (question, found.seen)
        } catch {
            throw Failure(
                .stop, .integrity, "read the saved search \(name): it is no question",
                remedy: "save it again: state-search --saved \(name) QUERY")
        }
    }

    /// The number of the last transcript in the index.
    public func last() throws(Failure) -> Int64 {
        Int64(try checkpoint.database.number("SELECT max(number) FROM spoken"))
    }

    /// Notes that a question was answered for all transcripts up to a number.
    public func note(_ name: String, answered last: Int64) throws {
        try checkpoint.transaction {
            try checkpoint.begin()
            try checkpoint.database.run(
                "UPDATE searches SET seen = ?2, asked_at = ?3 WHERE name = ?1", name, last,
                checkpoint.now)
        }
    }
}
