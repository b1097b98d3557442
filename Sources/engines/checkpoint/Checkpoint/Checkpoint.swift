// Checkpoint: the file that keeps how far each record is; opened, and committed to.
package import CheckpointSchema
internal import Glibc
public import Records
internal import System

/// An open checkpoint, as `callpipe-state(5)` describes it.
///
/// Every change is made inside ``transaction(_:)``; when that returns, the change is on disk.
public final class Checkpoint {
    package let database: Database
    /// The time of the transaction: all changes of one commit have the same time.
    package private(set) var now = Timestamp.now.text
    /// The number of transactions that this process has begun.
    private(set) var transactions = 0
    private var isGrouping = false
    /// True when every transaction is undone at its end.
    package let isTrial: Bool
    private let runName: String?
    private var joined: Run?
    /// The process group of this process, asked for once; tests set another.
    package lazy var processGroup = ProcessGroup.own

    private var preCommitHooks: [() throws(Failure) -> Void] = []
    private let beginning: Statement
    private let ending: Statement

    /// Opens a checkpoint, and makes it where there is none.
    ///
    /// - Parameters:
    ///   - path: The file; a new one is readable for its owner only.
    ///   - busyTimeout: The longest wait while another process commits.
    ///   - run: The run that this process belongs to, when a wrapper has begun it; by default the
    ///     run of its process group.
    /// - Throws: `Failure` of scope `stop`: `configuration` for another program's, a newer or an
    ///   empty file, `integrity` for a broken one, `storage` where the file cannot be opened or
    ///   written, `timeout` when the wait was too long.
    public convenience init(
        _ path: String, busyTimeout: Duration = .seconds(30), run: String? = nil
    ) throws(Failure) {
        try self.init(path, busyTimeout: busyTimeout, run: run, schema: .current)
    }

    /// Opens a checkpoint, and brings it to a schema; tests have schemas of their own.
    package init(
        _ path: String, busyTimeout: Duration = .seconds(30), run: String? = nil, schema: Schema
    ) throws(Failure) {
        runName = run
        isTrial = false
        try Checkpoint.create(path, schema)
        database = try Database(path, busyTimeout: busyTimeout)
        // Asked before anything is changed: the file may be another program's.
        _ = try schema.storedVersion(database)
        try Checkpoint.useWriteAheadLog(database, busyTimeout)
        // Deleted and replaced bytes are overwritten, so that erased data leaves no trace. Debian's
        // SQLite does so by itself; others may not.
        // The cache and one group of 4 MiB stay well below 64 MiB. The log is copied into the file
        // after SQLite's own 1,000 pages: a larger one was no faster, and slower to recover.
        try database.execute(
            """
            PRAGMA synchronous = FULL;
            PRAGMA cache_size = -16384;
            PRAGMA trusted_schema = OFF;
            PRAGMA secure_delete = ON;
            """)
        try schema.migrate(database) { version throws(Failure) in
            try DatabaseCopy.beforeMigration(of: path, from: version)
        }
        beginning = try Statement(database, "BEGIN IMMEDIATE")
        ending = try Statement(database, "COMMIT")
    }

    /// Opens a checkpoint that is there for reading, and changes nothing in it.
    ///
    /// Readers and writers do not block each other. Inside a transaction, all reads see the same
    /// moment; a long transaction keeps the log from being copied into the file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - busyTimeout: The longest wait while another process recovers the file after a crash.
    /// - Throws: `Failure` of scope `stop`: `configuration` for a file that is not there, another
    ///   program's, an older or newer one, `integrity` for a broken one, `storage` where it cannot
    ///   be opened.
    public init(reading path: String, busyTimeout: Duration = .seconds(30)) throws(Failure) {
        runName = nil
        isTrial = false
        database = try Database(path, busyTimeout: busyTimeout, for: .reading)
        try Schema.current.requireCurrent(database)
        try database.execute(
            "PRAGMA query_only = ON; PRAGMA cache_size = -16384; PRAGMA trusted_schema = OFF")
        beginning = try Statement(database, "BEGIN")
        ending = try Statement(database, "COMMIT")
    }

    /// Opens a checkpoint to try something: each transaction is undone at its end.
    ///
    /// Where there is no file, an empty checkpoint in memory takes its place.
    ///
    /// - Parameters:
    ///   - path: The file; none is made, and an older one is not brought up to date.
    ///   - busyTimeout: The longest wait while another process commits.
    /// - Throws: `Failure` of scope `stop`.
    public init(trying path: String, busyTimeout: Duration = .seconds(30)) throws(Failure) {
        runName = nil
        isTrial = true
        if FileSystem.exists(path) {
            database = try Database(path, busyTimeout: busyTimeout)
            // Else the last program to close the file copies the log into it.
            database.leavesLog = database.logSize > 0
            try Schema.current.requireCurrent(database)
        } else {
            database = try Database(path, busyTimeout: busyTimeout, for: .memory)
            try Schema.current.migrate(database) { _ in }
        }
        beginning = try Statement(database, "BEGIN IMMEDIATE")
        ending = try Statement(database, "ROLLBACK")
    }

    /// Does work that becomes durable as a whole, or not at all.
    ///
    /// The first record takes the lock, so a program that waits for a record blocks no writer.
    ///
    /// - Parameter body: The work; when it throws, nothing of it is kept.
    /// - Returns: The result of the work, after the commit is on disk.
    /// - Throws: The error of the work, and `Failure` of scope `stop` when the commit fails.
    public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        isGrouping = true
        defer { isGrouping = false }
        do {
            let result = try body()
            if database.isInTransaction {
                for hook in preCommitHooks { try hook() }
                try ending.run()
                if isTrial { joined = nil }
            }
            return result
        } catch {
            // After some errors SQLite has rolled back by itself; then this fails, rightly.
            if database.isInTransaction { try? database.execute("ROLLBACK") }
            joined = nil
            throw error
        }
    }

    /// Adds a write that every commit begins with, such as that of a count kept in memory.
    func beforeCommit(_ hook: @escaping () throws(Failure) -> Void) { preCommitHooks.append(hook) }

    /// Begins a transaction, and takes the lock, unless one is open.
    package func begin() throws(Failure) {
        precondition(isGrouping, "outside of a transaction")
        if database.isInTransaction { return }
        try beginning.run()
        transactions += 1
        now = Timestamp.now.text
    }

    /// The run of this process, begun with the first thing that it writes; inside a transaction.
    public func run() throws(Failure) -> Run {
        try begin()
        if let joined { return joined }
        let run = try Run(joining: self, named: runName)
        joined = run
        return run
    }

    /// Notes how this process's part of the run ended, if it wrote anything.
    ///
    /// - Parameters:
    ///   - status: Its exit status.
    ///   - counts: The number of records by outcome, with names such as `fetch.completed`.
    /// - Throws: `Failure` of scope `stop`.
    public func end(status: Int32, counts: [String: Int] = [:]) throws(Failure) {
        guard let joined else { return }
        do {
            try transaction {
                try begin()
                try joined.note(exit: status, counts: counts, in: self)
            }
        } catch {
            throw error as? Failure ?? Failure(.stop, .internal, "end a run: \(error)")
        }
    }

    /// Turns the write-ahead log on.
    ///
    /// SQLite does not wait for that lock by itself, and all programs of a pipe open a new file at
    /// the same moment.
    private static func useWriteAheadLog(
        _ database: Database, _ busyTimeout: Duration
    ) throws(Failure) {
        let deadline = ContinuousClock.now + busyTimeout
        while true {
            do throws(Failure) {
                let mode = try database.value("PRAGMA journal_mode")
                if mode == "wal" { return }
                if try database.value("PRAGMA journal_mode = WAL") == "wal" { return }
                throw Failure(
                    .stop, .storage,
                    "use checkpoint \(database.path): its file system cannot share memory",
                    remedy: "put it on a local disk")
            } catch {
                guard error.kind == .timeout, ContinuousClock.now < deadline else { throw error }
                _ = poll(nil, 0, 5)
            }
        }
    }
}
