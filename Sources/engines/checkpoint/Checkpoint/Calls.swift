// Calls: the table that has one row per record, with the record as it last came by.
internal import Glibc
import Records

/// What is done to the table of calls, by `state-todo` and `state-mark` alike.
final class Calls {
    private let checkpoint: Checkpoint
    /// The batch that was named.
    private let named: String?
    private var isBatchNoted = false
    /// The transaction whose time the insertion has.
    private var insertionTime = -1
    private let insertion: Statement
    private let selection: Statement
    private let change: Statement
    private let touch: Statement

    /// Prepares what it will ask and write.
    ///
    /// - Parameters:
    ///   - checkpoint: The open file.
    ///   - batch: The batch that every record belongs to from now on; `nil` leaves it as it is,
    ///     and what is new belongs to the run's.
    /// - Throws: `Failure` of scope `stop`.
    init(_ checkpoint: Checkpoint, batch: String?) throws(Failure) {
        self.checkpoint = checkpoint
        named = batch
        let database = checkpoint.database
        insertion = try Statement(
            database,
            """
            INSERT INTO calls(id, source, start_time, duration, expires, record, batch, seen_at,
              updated_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) ON CONFLICT DO NOTHING
            """)
        selection = try Statement(
            database,
            "SELECT number, record, erased_at IS NOT NULL FROM calls WHERE id = ?1")
        // What a line does not say stays: a line may be as short as {"id":"rc:1"}.
        change = try Statement(
            database,
            """
            UPDATE calls SET source = ?2, start_time = coalesce(?3, start_time),
              duration = coalesce(?4, duration), expires = iif(?9, NULL, coalesce(?5, expires)),
              record = ?6, batch = coalesce(?7, batch), updated_at = ?8
            WHERE id = ?1
            """)
        touch = try Statement(
            database,
            "UPDATE calls SET batch = coalesce(?2, batch), updated_at = ?3 WHERE number = ?1")
    }

    /// Adds a row and answers its number; `nil` when the call is known already.
    func add(
        _ line: borrowing Line, as record: UnsafeBufferPointer<UInt8>
    ) throws(Failure) -> Int64? {
        let batch: String
        if let named { batch = named } else { batch = try checkpoint.run().batch }
        insertion.bind(from: 1, columnsOf: line)
        unsafe insertion.bind(6, record)
        // What is the same for many rows is bound for all of them.
        if insertionTime != checkpoint.transactions {
            insertionTime = checkpoint.transactions
            insertion.bind(7, copying: batch)
            insertion.bind(8, copying: checkpoint.now)
        }
        try insertion.run()
        guard checkpoint.database.changes == 1 else { return nil }
        let number = checkpoint.database.lastKey
        try note(batch: batch)
        return number
    }

    /// Puts another record in the place of the stored one, with the columns that the line says.
    func replace(_ line: borrowing Line, by record: Record) throws(Failure) {
        // What is fetched cannot be lost to the service any more.
        change.bind(9, record.raw("audio") == nil ? 0 : 1 as Int64)
        try unsafe record.bytes.withUnsafeBufferPointer { bytes throws(Failure) in
            change.bind(from: 1, columnsOf: line)
            unsafe change.bind(6, bytes)
            change.bind(7, copying: named)
            change.bind(8, copying: checkpoint.now)
            try change.run()
        }
        if let named { try note(batch: named) }
    }

    /// Notes that the record came by again as it is.
    func touch(_ number: Int64) throws(Failure) {
        touch.bind(1, number)
        touch.bind(2, copying: named)
        touch.bind(3, copying: checkpoint.now)
        try touch.run()
        if let named { try note(batch: named) }
    }

    /// A row that is there.
    struct Row {
        let number: Int64
        /// Whether all that was known of the call was erased, for good.
        let isErased: Bool
    }

    /// A call that is known, given to the closure with its row and the text of its record.
    func find<Result>(
        _ line: borrowing Line,
        _ body: (Row, UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        selection.bind(1, "id", of: line)
        defer { selection.reset() }
        guard try selection.step(), let text = unsafe selection.text(1) else { return nil }
        return try unsafe body(
            Row(number: selection.integer(0), isErased: selection.integer(2) != 0), text)
    }

    /// The stored text as a record.
    func record(
        _ text: UnsafeBufferPointer<UInt8>, of line: borrowing Line
    ) throws(Failure) -> Record {
        // Somebody may have written white space into it by hand; it has to stay one line.
        let bytes = unsafe text.map { $0 == 0x0A ? 0x20 : $0 }
        do {
            return try Record(bytes)
        } catch {
            throw Failure(
                .stop, .integrity,
                "read call \(line.id) in checkpoint \(checkpoint.database.path): \(error.reason)",
                remedy: "correct its record with sqlite3")
        }
    }

    /// Adds the batch with the first record that belongs to it.
    private func note(batch name: String) throws(Failure) {
        guard !isBatchNoted else { return }
        isBatchNoted = true
        let addition = try Statement(
            checkpoint.database,
            "INSERT INTO batches(name, created_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
        addition.bind(1, copying: name)
        addition.bind(2, copying: checkpoint.now)
        try addition.run()
    }
}

/// Whether two texts are the same, without a loop over generic elements.
func isSame(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    guard let start = a.baseAddress, let other = b.baseAddress else { return true }
    return unsafe memcmp(start, other, a.count) == 0
}
