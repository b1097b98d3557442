// Search: the calls in whose transcripts something was said.
public import Checkpoint
public import Records

/// Answers a question from the index and the stored records.
public final class Search {
    /// A call that answers the question.
    public struct Answer {
        /// The stored record.
        public let record: Record
        /// The start in seconds since 1970, where it is known.
        public let start: Int64?
        /// The places, in the order of the transcript; empty for a question without words.
        public let hits: [SearchHit]
        /// All utterances of the call.
        public let spoken: SpokenText
    }

    private let checkpoint: Checkpoint
    private let question: SearchQuestion
    private let expression: SearchExpression?
    private let candidates: Candidates
    private let finder: HitFinder
    private let load: Statement

    /// Prepares to answer.
    ///
    /// - Throws: ``SearchExpression/Malformed`` for a text that is no question, and `Failure` of
    ///   scope `stop`.
    public init(_ question: SearchQuestion, in checkpoint: Checkpoint) throws {
        self.checkpoint = checkpoint
        var question = question
        // As in the texts; besides, SQLite takes a NUL for the end of the question.
        let space = Unicode.Scalar(UInt8(ascii: " "))
        question.text = String(
            String.UnicodeScalarView(
                question.text.unicodeScalars.map { $0.value < 0x20 ? space : $0 }))
        self.question = question
        let isOfWords = question.kind != .substring && !question.text.isEmpty
        expression =
            isOfWords
            ? try SearchExpression(question.text, isPhrase: question.kind == .phrase) : nil
        candidates = Candidates(checkpoint.database, question, expression)
        finder = try HitFinder(question, expression)
        load = try Statement(
            checkpoint.database,
            "SELECT record, id FROM calls WHERE number = ?1 AND erased_at IS NULL")
    }

    /// True when the record has to be read to know if a call is a hit.
    private var needsRecord: Bool { question.needsRecord || expression?.needsRecord == true }

    /// The question as the index gets it, for those who want to know; `nil` where all calls are read.
    public var explanation: JSON {
        let asked = candidates.indexQuestion
        return .members([
            "table": .text(asked?.table), "match": .text(asked?.match),
            "reads_records": .bool(needsRecord),
        ])
    }

    /// False while transcripts may be missing in the index, because an older version stored them or
    /// because the making of a new index was killed.
    public func isComplete() throws(Failure) -> Bool {
        try checkpoint.database.number("SELECT count(*) FROM unindexed WHERE up_to > 0") == 0
    }

    /// Gives the answers to the closure, until it returns false.
    ///
    /// - Parameters:
    ///   - order: Their order.
    ///   - seen: Only transcripts that came after the one of this number.
    ///   - body: Gets an answer.
    /// - Throws: `Failure` of scope `stop`, and the error of the closure.
    public func forEach(
        _ order: SearchOrder, after seen: Int64 = 0, _ body: (Answer) throws -> Bool
    ) throws {
        try candidates.forEach(order, after: seen) { call, start in
            guard let answer = try answer(call, start) else { return true }
            return try body(answer)
        }
    }

    /// Gives the start of each answer to the closure, without its record where that is not needed.
    public func forEachStart(
        after seen: Int64 = 0, _ body: (Int64?) throws -> Void
    ) throws {
        try candidates.forEach(.time, isForAll: true, after: seen) { call, start in
            if try !needsRecord || answer(call, start) != nil { try body(start) }
            return true
        }
    }

    private func answer(_ call: Int64, _ start: Int64?) throws(Failure) -> Answer? {
        try load.bind(call)
        let stored = try load.first { row throws(Failure) in
            (text: try row.copy(0) ?? [], id: try row.text(1))
        }
        guard let stored else { return nil }
        let record: Record
        do {
            record = try Record(stored: stored.text)
        } catch {
            throw checkpoint.unreadable(stored.id, error)
        }
        guard question.fits(record) else { return nil }
        guard !question.text.isEmpty else {
            return Answer(record: record, start: start, hits: [], spoken: SpokenText(of: record))
        }
        let hits = try finder.hits(in: question.spoken(of: record))
        if hits.isEmpty { return nil }
        return Answer(record: record, start: start, hits: hits, spoken: SpokenText(of: record))
    }
}
