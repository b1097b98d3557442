// HitFinder: the places in a transcript where the words of a question stand.
import Checkpoint
public import Records

/// One place of a hit: an utterance, and the bytes of its text that were asked for.
public struct SearchHit: Equatable, Sendable {
    /// The utterance.
    public let utterance: SpokenText.Utterance
    /// Its text.
    public let text: String
    /// The places of what was asked for in the UTF-8 of the text, in order.
    public let marks: [Range<Int>]

    /// The text in parts, each with the answer if it was asked for.
    public var parts: [(text: String, isMark: Bool)] {
        let bytes = Array(text.utf8)
        var parts: [(text: String, isMark: Bool)] = []
        var at = 0
        func add(_ range: Range<Int>, _ isMark: Bool) {
            if range.isEmpty { return }
            parts.append((String(decoding: bytes[range], as: UTF8.self), isMark))
        }
        for mark in marks {
            add(at..<mark.lowerBound, false)
            add(mark, true)
            at = mark.upperBound
        }
        add(at..<bytes.count, false)
        return parts
    }
}

/// Finds the places of hits, by SQLite's own search over the one transcript.
final class HitFinder {
    private static let (begin, end): (UInt8, UInt8) = (1, 2)

    private let database: Database
    private let clear: Statement
    private let add: Statement
    private let ask: Statement
    private let match: String?
    private let letters: [UInt32]

    /// Prepares to look for the words of a question.
    ///
    /// - Parameters:
    ///   - question: The question.
    ///   - expression: Its words; `nil` for a substring.
    /// - Throws: `Failure` of scope `stop`.
    init(_ question: SearchQuestion, _ expression: SearchExpression?) throws(Failure) {
        database = try Database("search", busyTimeout: .zero, for: .memory)
        try database.execute(
            """
            CREATE VIRTUAL TABLE one USING fts5(
              agent, customer, other, tokenize = 'unicode61 remove_diacritics 2');
            """)
        clear = try Statement(database, "DELETE FROM one")
        add = try Statement(
            database,
            "INSERT INTO one(rowid, agent, customer, other) VALUES (1, :agent, :customer, :other)")
        let columns = (0..<3).map { "highlight(one, \($0), char(1), char(2))" }
        ask = try Statement(
            database,
            "SELECT \(columns.joined(separator: ", ")) FROM one WHERE one MATCH ?1")
        match = expression?.match
        letters = expression == nil ? HitFinder.folded(question.text) : []
    }

    /// The hits in a transcript, in the order of its segments.
    ///
    /// - Throws: `Failure` of scope `stop`.
    func hits(in spoken: SpokenText) throws(Failure) -> [SearchHit] {
        guard let match else { return spoken.utterances.compactMap { hit($0, in: spoken) } }
        try clear.run()
        try add.run([
            ":agent": spoken.string(of: .agent), ":customer": spoken.string(of: .customer),
            ":other": spoken.string(of: .other),
        ])
        try ask.bind(match)
        let texts = try ask.first { row throws(Failure) in
            [try row.copy(0) ?? [], try row.copy(1) ?? [], try row.copy(2) ?? []]
        }
        guard let texts else { return [] }
        let marks = texts.map(HitFinder.marks)
        return spoken.utterances.compactMap { utterance in
            let side = SpokenText.Side.allCases.firstIndex(of: utterance.side) ?? 0
            let own = marks[side].compactMap { mark -> Range<Int>? in
                let part = mark.clamped(to: utterance.place)
                return part.isEmpty ? nil : part
            }
            return own.isEmpty ? nil : hit(utterance, own, in: spoken)
        }
    }

    private func hit(
        _ utterance: SpokenText.Utterance, _ marks: [Range<Int>], in spoken: SpokenText
    ) -> SearchHit {
        let first = utterance.place.lowerBound
        return SearchHit(
            utterance: utterance, text: spoken.text(of: utterance),
            marks: marks.map { ($0.lowerBound - first)..<($0.upperBound - first) })
    }

    /// The places that SQLite has marked, in the text without its marks.
    private static func marks(_ text: [UInt8]) -> [Range<Int>] {
        var marks: [Range<Int>] = []
        var (at, start) = (0, 0)
        for byte in text {
            switch byte {
            case begin: start = at
            case end: marks.append(start..<at)
            default: at += 1
            }
        }
        return marks
    }

    // Substrings.

    private func hit(_ utterance: SpokenText.Utterance, in spoken: SpokenText) -> SearchHit? {
        let text = spoken.text(of: utterance)
        var (scalars, places) = ([UInt32](), [Int]())
        var at = 0
        for scalar in text.unicodeScalars {
            scalars.append(HitFinder.folded(scalar))
            places.append(at)
            at += UTF8.width(scalar)
        }
        places.append(at)
        var marks: [Range<Int>] = []
        var first = 0
        while first + letters.count <= scalars.count {
            if scalars[first..<(first + letters.count)].elementsEqual(letters) {
                marks.append(places[first]..<places[first + letters.count])
                first += letters.count
            } else {
                first += 1
            }
        }
        return marks.isEmpty ? nil : SearchHit(utterance: utterance, text: text, marks: marks)
    }

    static func folded(_ text: String) -> [UInt32] { text.unicodeScalars.map(folded) }

    /// A letter without its case.
    private static func folded(_ scalar: Unicode.Scalar) -> UInt32 {
        let lower = scalar.properties.lowercaseMapping.unicodeScalars
        return lower.count == 1 ? lower.first?.value ?? scalar.value : scalar.value
    }
}
