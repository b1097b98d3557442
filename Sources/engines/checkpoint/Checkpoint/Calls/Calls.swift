// Calls: the table that has one row per record, with the record as it last came by.
internal import Glibc
import Records

/// The changes that both the filter before a stage and the mark after it make to the calls.
final class Calls {
    /// A call's row.
    struct Row {
        let number: Int64
        /// True when all that was known of the call was erased, for good.
        let isErased: Bool
    }

    private let checkpoint: Checkpoint
    /// The batch that was named.
    private let named: String?
    private var isBatchNoted = false
    /// The transaction whose time and batch the insertion has.
    private var insertionTime = -1
    private let insertion: Statement
    private let insertionPlaces: CallPlaces
    private let selection: Statement
    private let update: Statement
    private let changePlaces: CallPlaces
    private let touch: Statement
    /// Made with the first transcript: most programs see none.
    private var search: SearchIndex?

    /// Prepares the statements.
    ///
    /// - Parameters:
    ///   - checkpoint: The open file.
    ///   - batch: The batch that every record belongs to from now on; `nil` leaves it unchanged, and
    ///     puts new records into the batch of the run.
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
            VALUES (:id, :source, :start, :duration, :expires, :record, :batch, :now, :now)
            ON CONFLICT DO NOTHING
            """)
        insertionPlaces = try CallPlaces(in: insertion)
        selection = try Statement(
            database,
            "SELECT number, record, erased_at IS NOT NULL FROM calls WHERE id = ?1")
        // A line may be as short as {"id":"rc:1"}: columns that it lacks stay.
        update = try Statement(
            database,
            """
            UPDATE calls SET source = :source, start_time = coalesce(:start, start_time),
              duration = coalesce(:duration, duration),
              expires = iif(:fetched, NULL, coalesce(:expires, expires)),
              record = :record, batch = coalesce(:batch, batch), updated_at = :now
            WHERE id = :id
            """)
        changePlaces = try CallPlaces(in: update)
        touch = try Statement(
            database,
            "UPDATE calls SET batch = coalesce(?2, batch), updated_at = ?3 WHERE number = ?1")
    }

    /// Adds a row and returns its number; `nil` when the call is known already.
    func add(
        _ line: borrowing Line, as record: UnsafeBufferPointer<UInt8>
    ) throws(Failure) -> Int64? {
        let batch: String
        if let named { batch = named } else { batch = try checkpoint.run().batch }
        unsafe try insertion.bind(line, record, at: insertionPlaces)
        // The values that many rows have in common are bound once for all of them.
        if insertionTime != checkpoint.transactions {
            insertionTime = checkpoint.transactions
            try insertion.bind(at: insertion.place(of: ":batch"), batch)
            try insertion.bind(at: insertion.place(of: ":now"), checkpoint.now)
        }
        try insertion.run()
        guard checkpoint.database.changes == 1 else { return nil }
        let number = checkpoint.database.lastKey
        if line.has("transcript") { try follow(number, from: nil, to: line.record()) }
        try note(batch: batch)
        return number
    }

    /// A change of a known call: its record until now, and the one to store in its place.
    struct Change {
        let old: Record
        let new: Record
    }

    /// Puts another record in the place of the stored one, with the columns that the line has.
    func replace(
        _ line: borrowing Line, _ number: Int64, by change: Change
    ) throws(Failure) {
        let record = change.new
        try unsafe record.bytes.withUnsafeBufferPointer { bytes throws(Failure) in
            unsafe try update.bind(line, bytes, at: changePlaces)
            // The service cannot purge what is fetched.
            try record.has("audio").bind(to: update, at: update.place(of: ":fetched"))
            try named.bind(to: update, at: update.place(of: ":batch"))
            try update.bind(at: update.place(of: ":now"), checkpoint.now)
            try update.run()
        }
        try follow(number, from: change.old, to: record)
        if let named { try note(batch: named) }
    }

    /// Keeps the search in step with a changed record.
    private func follow(_ number: Int64, from old: Record?, to new: Record) throws(Failure) {
        guard new.has("transcript") || old?.has("transcript") == true else { return }
        let index: SearchIndex
        if let search { index = search } else { index = try SearchIndex(checkpoint) }
        search = index
        index.follow(number, from: old, to: new)
    }

    /// Notes that the record came by again unchanged.
    func touch(_ number: Int64) throws(Failure) {
        try touch.run(number, named, checkpoint.now)
        if let named { try note(batch: named) }
    }

    /// Gives the row and the stored text of a known call to the closure.
    func find<Result>(
        _ line: borrowing Line,
        _ body: (Row, UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        try selection.bind(at: 1, "id", of: line)
        defer { selection.reset() }
        guard try selection.step(), let text = unsafe try selection.bytes(1) else { return nil }
        let row = Row(
            number: try selection.integer(0), isErased: try selection.integer(2) != 0)
        return try unsafe body(row, text)
    }

    /// The stored text as a record.
    func record(
        _ text: UnsafeBufferPointer<UInt8>, of line: borrowing Line
    ) throws(Failure) -> Record {
        do {
            return try Record(stored: unsafe Array(text))
        } catch {
            throw checkpoint.unreadable(line.id, error)
        }
    }

    /// Adds the batch with the first record that belongs to it.
    private func note(batch name: String) throws(Failure) {
        guard !isBatchNoted else { return }
        isBatchNoted = true
        try checkpoint.database.run(
            "INSERT INTO batches(name, created_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING", name,
            checkpoint.now)
    }
}

/// True when two texts are the same; `memcmp` is faster than a loop over generic elements.
func isSame(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    guard let start = a.baseAddress, let other = b.baseAddress else { return true }
    return unsafe memcmp(start, other, a.count) == 0
}
