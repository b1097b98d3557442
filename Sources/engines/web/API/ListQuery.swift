// ListQuery: the parameters of a list of recordings, read and checked.
import CGI
import Checkpoint
import CheckpointPages
import CheckpointSearch
import Records
import System

/// The conditions and the page of a list that a client asks for.
struct ListQuery {
    /// The conditions.
    let question: PageQuestion
    /// The words to find in the transcripts; `nil` for a list without a search.
    let words: String?

    private static let shared = ["limit", "offset", "after", "since", "until", "source"]
    /// The parameters of the portal.
    static let portal = ["transcriptionStatus", "search"] + shared
    /// The parameters of the page for people.
    static let page = ["search", "offset", "after"]
    /// The parameters of the storage service.
    static let storage = ["transcription_status", "search_text"] + shared

    /// Reads the parameters.
    ///
    /// - Parameters:
    ///   - query: The query.
    ///   - usual: The most recordings when the query does not say it.
    /// - Throws: ``Problem`` 400 that names the parameter.
    init(_ query: Query, limit usual: Int = 100) throws(Problem) {
        var question = PageQuestion()
        question.limit = try query.whole("limit", in: 1...500) ?? usual
        question.offset = try query.whole("offset", in: 0...1_000_000) ?? 0
        question.after = try query.whole("after", in: 1...Int.max).map { Int64($0) }
        question.since = try query.moment("since")
        question.until = try query.moment("until")
        question.source = query["source"]
        for name in ["transcriptionStatus", "transcription_status"] {
            guard let text = query[name] else { continue }
            guard let status = Status(rawValue: text), status != .skipped else {
                throw Problem(
                    .badRequest,
                    "The parameter \(name) is one of pending, queued, processing, "
                        + "completed and failed.")
            }
            question.transcription = status
        }
        let words = query["search"] ?? query["search_text"]
        if words != nil, question.after != nil {
            throw Problem(.badRequest, "A search goes on by offset, not by after.")
        }
        self.question = question
        self.words = words.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The search for the words, with the other conditions that a search knows.
    func search(in checkpoint: Checkpoint) throws -> Search {
        var search = SearchQuestion(words ?? "")
        search.from = question.since?.text
        search.to = question.until?.text
        search.source = question.source
        do {
            return try Search(search, in: checkpoint)
        } catch let malformed as SearchExpression.Malformed {
            throw Problem(.badRequest, "The search is not understood: \(malformed.reason).")
        }
    }
}

extension Query {
    /// A whole number in a range.
    fileprivate func whole(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text = self[name] else { return nil }
        guard text.utf8.allSatisfy(ASCII.isDigit), let number = Int(text), range.contains(number)
        else {
            throw Problem(
                .badRequest,
                "The parameter \(name) is a whole number from \(range.lowerBound) to "
                    + "\(range.upperBound).")
        }
        return number
    }

    /// A time or a day.
    fileprivate func moment(_ name: String) throws(Problem) -> Timestamp? {
        guard let text = self[name] else { return nil }
        guard let time = Day(text)?.start ?? Timestamp(text) else {
            throw Problem(
                .badRequest,
                "The parameter \(name) is a day such as 2024-01-15, or a time of "
                    + "RFC 3339.")
        }
        return time
    }
}
