// Numbers: the calls of a selection, a few thousand at a time.
import Checkpoint
import Records

/// The numbers of the calls of a selection, in the order in which they are shown.
///
/// They are asked for in pieces: a statement that stays open while a reader is slow would keep the
/// log from being copied into the file.
struct Numbers {
    private static let piece = 1 << 16
    private let checkpoint: Checkpoint
    private let selection: Selection
    private var remaining: Int
    private var last: Int64 = 0
    private var ahead: [Int64] = []
    /// The number of those that are given out.
    private var taken = 0
    private var isComplete = false

    /// Prepares to find them.
    ///
    /// - Parameters:
    ///   - selection: The calls.
    ///   - limit: The most calls.
    ///   - checkpoint: The open file.
    init(_ selection: Selection, limit: Int, in checkpoint: Checkpoint) {
        self.selection = selection
        self.checkpoint = checkpoint
        remaining = min(limit, selection.latest ?? .max)
    }

    /// The next number, or `nil` at the end; only inside a transaction.
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
        // The latest calls are found at once: the next piece would stand before them.
        let wanted = selection.latest == nil ? min(remaining, Numbers.piece) : remaining
        let question = try Statement(
            checkpoint.database, selection.question(try Claims.living(checkpoint)))
        try selection.bind(to: question, after: last, limit: wanted)
        ahead = try question.all { row throws(Failure) in try row.integer(0) }
        remaining -= ahead.count
        isComplete = selection.latest != nil || ahead.count < wanted || remaining == 0
        last = ahead.last ?? last
    }

    /// Where all calls are selected, their numbers need no search: they come in order.
    private mutating func count() throws(Failure) {
        let highest = Int64(try checkpoint.database.number("SELECT max(number) FROM calls"))
        let end = min(highest, last + Int64(Numbers.piece))
        if end > last { ahead = Array((last + 1)...end) }
        isComplete = ahead.isEmpty
        last = end
    }
}
