// Numbers: the calls that a selection means, a few thousand at a time.
import Checkpoint
import Records

/// The numbers of the calls that a selection means, in the order in which they are shown.
///
/// They are asked for in pieces: a question that stays open for as long as somebody reads slowly
/// would keep the log from being folded into the file.
struct Numbers {
    private static let piece = 1 << 16
    private let checkpoint: Checkpoint
    private let selection: Selection
    private var remaining: Int
    private var last: Int64 = 0
    private var ahead: [Int64] = []
    /// How many of them are given out.
    private var taken = 0
    private var isComplete = false

    /// Gets ready to find them.
    ///
    /// - Parameters:
    ///   - selection: Which.
    ///   - limit: At most so many of them.
    ///   - checkpoint: The open file.
    init(_ selection: Selection, limit: Int, in checkpoint: Checkpoint) {
        self.selection = selection
        self.checkpoint = checkpoint
        remaining = min(limit, selection.latest ?? .max)
    }

    /// The next one; `nil` when there are no more.
    ///
    /// Inside a transaction.
    mutating func next() throws(Failure) -> Int64? {
        if taken == ahead.count, !isComplete {
            taken = 0
            ahead.removeAll(keepingCapacity: true)
            try find()
        }
        guard taken < ahead.count else { return nil }
        defer { taken += 1 }
        return ahead[taken]
    }

    private mutating func find() throws(Failure) {
        if selection.isAll { return try count() }
        // Everything that is the latest is found at once: after it would be before it.
        let wanted = selection.latest == nil ? min(remaining, Numbers.piece) : remaining
        let (sql, bound) = selection.question(try Claims.living(checkpoint))
        let question = try Statement(checkpoint.database, sql)
        question.bind(1, last)
        question.bind(2, Int64(wanted))
        for (index, text) in bound.enumerated() { question.bind(Int32(index + 3), copying: text) }
        while try question.step() { ahead.append(question.integer(0)) }
        remaining -= ahead.count
        isComplete = selection.latest != nil || ahead.count < wanted || remaining == 0
        last = ahead.last ?? last
    }

    /// Where all are meant, nobody has to look for them: numbers are given out in order.
    private mutating func count() throws(Failure) {
        let highest = try checkpoint.database.value("SELECT max(number) FROM calls")
        let end = min(highest.flatMap { Int64($0) } ?? 0, last + Int64(Numbers.piece))
        if end > last { ahead = Array((last + 1)...end) }
        isComplete = ahead.isEmpty
        last = end
    }
}
