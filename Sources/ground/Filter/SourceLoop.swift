// SourceLoop: the loop of a tool that lists records and reads none.
public import Records
internal import Synchronization

/// Where a source puts its records.
public final class Emitter: Sendable {
    private let session: Session
    private let remaining: Mutex<Int>
    /// The number of records to write.
    public let limit: Int

    init(_ session: Session, limit: Int) {
        self.session = session
        self.limit = limit
        remaining = Mutex(limit)
    }

    /// True when the limit of records is reached, so that looking for more is of no use.
    public var isExhausted: Bool { remaining.withLock { $0 == 0 } }

    /// Writes a record; throws when the limit is reached, the reader is gone or a signal came.
    public func emit(_ record: Record) throws {
        try session.check()
        let isLast = try remaining.withLock { remaining in
            guard remaining > 0 else { throw Ended() }
            remaining -= 1
            return remaining == 0
        }
        try session.write(record.bytes)
        session.progress.passed()
        if isLast {
            // The reader gets the last record before the tool puts its things away.
            try session.flush()
            throw Ended()
        }
        session.flushSoon()
    }

    /// Hands on all that was emitted, and waits while the reader has no room for it.
    public func flush() throws { try session.flush() }

    /// Counts something that should have been a record and could not be; the exit status says so.
    public func report(_ failure: Failure) {
        session.progress.rejected()
        session.log.write(failure)
    }
}

extension Tool {
    /// Runs the tool as a source and ends the program.
    ///
    /// The body is cancelled when a signal comes or the output has no reader any more.
    @MainActor
    public func source(
        _ body: @escaping @MainActor (Options<Table>, Emitter) async throws -> Void
    ) async -> Never {
        let (session, options, frame) = Session.start(self, SourceOptions())
        await session.run { try await body(options, Emitter(session, limit: frame.limit)) }
    }
}
