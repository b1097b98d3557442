// Candidates: the calls in whose transcripts a question may be answered, in the order that is asked for.
import Checkpoint
import Records

/// The order of the calls that a search finds.
public enum SearchOrder: String, Sendable, CaseIterable {
    /// The newest call first.
    case time
    /// The call that fits the words best first.
    case rank
}

/// Lists calls by the index, before their records are read.
final class Candidates {
    /// Up to so many hits are sorted by their time.
    ///
    /// More are found by asking each call, from the
    /// newest on, if it is a hit: then a few of them are enough for an answer.
    private static let sorted = 5000
    /// Of more hits than these, only those of the newest calls are ranked: a rank needs every hit.
    static let ranked = 20_000

    private let database: Database
    private let question: SearchQuestion
    private let match: String?
    private let table: String

    /// Prepares to list.
    ///
    /// - Parameters:
    ///   - database: The open checkpoint.
    ///   - question: The question.
    ///   - expression: Its words; `nil` for a substring, and for a question without words.
    init(_ database: Database, _ question: SearchQuestion, _ expression: SearchExpression?) {
        self.database = database
        self.question = question
        if let expression {
            table = "words"
            // A part of the transcript may lack a word that NOT forbids and the rest has.
            match =
                (question.isAboutPart ? expression.onAnyPart : expression.candidates)
                .match
        } else {
            table = "trigrams"
            match = question.text.isEmpty ? nil : Candidates.trigrams(of: question.text)
        }
    }

    /// The three letters in a row that a text has, all of which a hit has to have; `nil` for a text
    /// that is shorter.
    static func trigrams(of text: String) -> String? {
        let letters = Array(text.unicodeScalars)
        guard letters.count >= 3 else { return nil }
        var parts: [String] = []
        for first in 0...(letters.count - 3) {
            let part = String(String.UnicodeScalarView(letters[first..<(first + 3)]))
            let match = SearchExpression.phrase(part, isPrefix: false).match
            if !parts.contains(match) { parts.append(match) }
        }
        return parts.joined(separator: " AND ")
    }

    /// The index that is asked and the question it gets; `nil` where each call has to be read.
    var indexQuestion: (table: String, match: String)? { match.map { (table, $0) } }

    /// Gives the numbers of the candidates to the closure, until it returns false.
    ///
    /// - Parameters:
    ///   - order: Their order.
    ///   - isForAll: True when the closure wants all of them: then they are sorted in any case.
    ///   - seen: Only transcripts that came after the one of this number.
    ///   - body: Gets the call and its start in seconds since 1970.
    /// - Throws: `Failure` of scope `stop`, and the error of the closure.
    func forEach(
        _ order: SearchOrder, isForAll: Bool = false, after seen: Int64 = 0,
        _ body: (Int64, Int64?) throws -> Bool
    ) throws {
        if let key = question.keys.first { return try each(of: key, after: seen, body) }
        guard let match else { return try each(Candidates.walk, after: seen, body) }
        switch order {
        case .rank: try byRank(match, after: seen, body)
        case .time:
            if !isForAll, seen == 0,
                try count(match, upTo: Candidates.sorted + 1) > Candidates.sorted
            {
                try probe(Candidates.walk, match, after: seen, body)
            } else {
                try bySort(match, after: seen, body)
            }
        }
    }

    private static let range = """
        s.number > :seen AND (:from IS NULL OR s.start >= unixepoch(:from))
          AND (:to IS NULL OR s.start < unixepoch(:to))
        """

    /// All calls of the index, the newest first.
    private static let walk = """
        SELECT s.call, s.start FROM spoken AS s WHERE \(range)
        ORDER BY s.start DESC, s.call DESC
        """

    private func bind(_ statement: borrowing Statement, after seen: Int64) throws(Failure) {
        try seen.bind(to: statement, at: statement.place(of: ":seen"))
        try question.from.bind(to: statement, at: statement.place(of: ":from"))
        try question.to.bind(to: statement, at: statement.place(of: ":to"))
    }

    private func each(
        _ sql: String, after seen: Int64, _ body: (Int64, Int64?) throws -> Bool
    ) throws {
        let statement = try Statement(database, sql)
        try bind(statement, after: seen)
        while try statement.step() {
            guard try body(statement.integer(0), statement.whole(1)) else { return }
        }
    }

    private func each(
        of key: String, after seen: Int64, _ body: (Int64, Int64?) throws -> Bool
    ) throws {
        let sql = """
            SELECT s.call, s.start FROM parties AS p JOIN spoken AS s ON s.call = p.call
            WHERE p.key = :key AND \(Candidates.range) ORDER BY s.start DESC, s.call DESC
            """
        let statement = try Statement(database, sql)
        try key.bind(to: statement, at: statement.place(of: ":key"))
        try bind(statement, after: seen)
        let probe = try match.map { _ in try Probe(database, table) }
        while try statement.step() {
            let call = try statement.integer(0)
            if let match, let probe, try !probe.finds(match, in: call) { continue }
            guard try body(call, statement.whole(1)) else { return }
        }
    }

    private func probe(
        _ sql: String, _ match: String, after seen: Int64, _ body: (Int64, Int64?) throws -> Bool
    ) throws {
        let probe = try Probe(database, table)
        try each(sql, after: seen) { call, start in
            try probe.finds(match, in: call) ? body(call, start) : true
        }
    }

    private func bySort(
        _ match: String, after seen: Int64, _ body: (Int64, Int64?) throws -> Bool
    ) throws {
        let statement = try Statement(
            database,
            """
            SELECT s.call, s.start FROM \(table) AS f CROSS JOIN spoken AS s ON s.call = f.rowid
            WHERE \(table) MATCH :match AND \(Candidates.range)
            ORDER BY s.start DESC, s.call DESC
            """)
        try match.bind(to: statement, at: statement.place(of: ":match"))
        try bind(statement, after: seen)
        while try statement.step() {
            guard try body(statement.integer(0), statement.whole(1)) else { return }
        }
    }

    private func byRank(
        _ match: String, after seen: Int64, _ body: (Int64, Int64?) throws -> Bool
    ) throws {
        let statement = try Statement(
            database,
            """
            SELECT s.call, s.start FROM \(table) AS f CROSS JOIN spoken AS s ON s.call = f.rowid
            WHERE \(table) MATCH :match AND f.rowid >= :first AND \(Candidates.range)
            ORDER BY f.rank, s.start DESC, s.call DESC
            """)
        try match.bind(to: statement, at: statement.place(of: ":match"))
        try firstRanked(match).bind(to: statement, at: statement.place(of: ":first"))
        try bind(statement, after: seen)
        while try statement.step() {
            guard try body(statement.integer(0), statement.whole(1)) else { return }
        }
    }

    /// The number of the oldest call that is ranked; 0 when all are.
    func firstRanked(_ match: String) throws(Failure) -> Int64 {
        let statement = try Statement(
            database,
            """
            SELECT rowid FROM \(table) WHERE \(table) MATCH ?1 ORDER BY rowid DESC
            LIMIT 1 OFFSET \(Candidates.ranked)
            """)
        try statement.bind(match)
        return try statement.first { row throws(Failure) in try row.integer(0) } ?? 0
    }

    /// The number of calls that the index finds, counted up to a limit.
    func count(_ match: String, upTo limit: Int) throws(Failure) -> Int {
        let statement = try Statement(
            database,
            """
            SELECT count(*) FROM (SELECT rowid FROM \(table) WHERE \(table) MATCH ?1 LIMIT ?2)
            """)
        try statement.bind(match, limit)
        return Int(try statement.first { row throws(Failure) in try row.integer(0) } ?? 0)
    }
}

/// Asks the index about one call.
private final class Probe {
    private let statement: Statement

    init(_ database: Database, _ table: String) throws(Failure) {
        statement = try Statement(
            database, "SELECT 1 FROM \(table) WHERE \(table) MATCH ?1 AND rowid = ?2")
    }

    func finds(_ match: String, in call: Int64) throws(Failure) -> Bool {
        try statement.bind(match, call)
        return try statement.first { _ throws(Failure) in true } ?? false
    }
}
