// SearchUpkeep: makes the index of the search anew, and compares it with the transcripts.
public import Checkpoint
internal import Records

/// Keeps the index of the search whole.
public final class SearchUpkeep {
    /// The calls of one transaction.
    private static let step = 200

    private let checkpoint: Checkpoint

    /// Prepares.
    public init(_ checkpoint: Checkpoint) { self.checkpoint = checkpoint }

    /// Takes everything out of the index, and puts all transcripts in again.
    ///
    /// It works in short transactions. A search that runs meanwhile finds a part; after a kill, the
    /// next run begins again. A transcript keeps its number, so that no saved question tells it as
    /// new; those that a killed run took out do not.
    ///
    /// - Parameter progress: Gets the number of calls that were read, and returns false to end.
    /// - Returns: The number of transcripts in the index.
    /// - Throws: `Failure` of scope `stop`.
    public func rebuild(_ progress: (Int) throws -> Void) throws -> Int {
        var numbers: [Int64: Int64] = [:]
        try checkpoint.transaction {
            try checkpoint.begin()
            let numbered = try Statement(checkpoint.database, "SELECT call, number FROM spoken")
            while try numbered.step() { numbers[try numbered.integer(0)] = try numbered.integer(1) }
            try checkpoint.database.execute(
                """
                INSERT INTO unindexed SELECT max(number) FROM calls;
                INSERT INTO words(words) VALUES ('delete-all');
                INSERT INTO trigrams(trigrams) VALUES ('delete-all');
                DELETE FROM spoken;
                DELETE FROM parties;
                """)
        }
        let index = try SearchIndex(checkpoint)
        let calls = try Statement(
            checkpoint.database,
            """
            SELECT number, record FROM calls WHERE number > ?1 AND erased_at IS NULL
            ORDER BY number LIMIT ?2
            """)
        var (last, read) = (Int64(0), 0)
        while true {
            let before = read
            try checkpoint.transaction {
                try checkpoint.begin()
                try calls.bind(last, SearchUpkeep.step)
                defer { calls.reset() }
                while try calls.step() {
                    last = try calls.integer(0)
                    read += 1
                    guard let text = try calls.copy(1), let record = try? Record(stored: text)
                    else { continue }
                    try index.add(last, record, as: numbers[last])
                }
            }
            if read == before { break }
            try progress(read)
        }
        try checkpoint.transaction {
            try checkpoint.begin()
            try checkpoint.database.execute("DELETE FROM unindexed")
        }
        return try checkpoint.database.number("SELECT count(*) FROM spoken")
    }

    /// A call whose transcript and index differ.
    public struct Difference: Sendable, Equatable {
        /// The record.
        public let id: String
        /// The difference.
        public let what: String
    }

    /// Compares the index with the stored transcripts.
    ///
    /// - Parameter tell: Gets each difference.
    /// - Returns: The number of transcripts that were compared.
    /// - Throws: `Failure` of scope `stop`, and the error of `tell`.
    public func check(_ tell: (Difference) throws -> Void) throws -> Int {
        let database = checkpoint.database
        let calls = try Statement(
            database,
            """
            SELECT c.number, c.id, c.record, s.call IS NOT NULL FROM calls AS c
            LEFT JOIN spoken AS s ON s.call = c.number WHERE c.erased_at IS NULL ORDER BY c.number
            """)
        let index = try IndexedCalls(database)
        var compared = 0
        while try calls.step() {
            guard let text = try calls.copy(2), let record = try? Record(stored: text) else {
                try tell(Difference(id: calls.text(1), what: "its record cannot be read"))
                continue
            }
            let spoken = SpokenText(of: record)
            let isThere = try calls.integer(3) != 0
            if !spoken.isEmpty { compared += 1 }
            let id = try calls.text(1)
            if spoken.isEmpty, !isThere { continue }
            guard !spoken.isEmpty == isThere else {
                try tell(
                    Difference(
                        id: id,
                        what: isThere ? "indexed without a transcript" : "not indexed"))
                continue
            }
            if let what = try index.difference(of: calls.integer(0), spoken, record) {
                try tell(Difference(id: id, what: what))
            }
        }
        return compared
    }
}

/// The entries of calls in the index, to be compared with their records.
private final class IndexedCalls {
    private let words: Statement
    private let trigrams: Statement
    private let parties: Statement

    init(_ database: Database) throws(Failure) {
        words = try Statement(database, "SELECT 1 FROM words WHERE words MATCH ?1 AND rowid = ?2")
        trigrams = try Statement(
            database, "SELECT 1 FROM trigrams WHERE trigrams MATCH ?1 AND rowid = ?2")
        parties = try Statement(database, "SELECT 1 FROM parties WHERE key = ?1 AND call = ?2")
    }

    /// The first difference of an indexed call; `nil` when there is none.
    func difference(
        of call: Int64, _ spoken: SpokenText, _ record: Record
    ) throws(Failure) -> String? {
        for side in SpokenText.Side.allCases {
            let text = spoken.string(of: side)
            let different = IndexedCalls.words(of: text)
            let match = SearchExpression.all(different).match
            if !different.isEmpty, try !finds(words, match, call) {
                return "indexed with other words"
            }
            let begin = String(String.UnicodeScalarView(text.unicodeScalars.prefix(50)))
            if let match = Candidates.trigrams(of: begin), try !finds(trigrams, match, call) {
                return "indexed with other letters"
            }
        }
        for key in Party.keys(of: record).sorted() where try !finds(parties, key, call) {
            return "indexed with other parties"
        }
        return nil
    }

    private func finds(
        _ statement: borrowing Statement, _ text: String, _ call: Int64
    ) throws(Failure) -> Bool {
        try statement.bind(text, call)
        return try statement.first { _ throws(Failure) in true } ?? false
    }

    /// The different words of a text, as many as one question can have.
    private static func words(of text: String) -> [SearchExpression] {
        var seen: Set<Substring> = []
        for word in text.split(whereSeparator: \.isWhitespace)
        where SearchExpression.hasWords(word) && seen.count < 50 {
            seen.insert(word)
        }
        return seen.sorted().map { .phrase(String($0), isPrefix: false) }
    }
}
