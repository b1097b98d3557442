// FilterLoop: the loop of a tool that works on each record, one after another or several at once.
public import Records

/// The work of a filter on a record: it adds its result, or throws the reason why it cannot.
///
/// A ``Failure`` that concerns the record becomes its `error` member; one that stops the line ends
/// the program.
public typealias Work = nonisolated(nonsending) @Sendable (inout Record) async throws -> Void

extension Tool {
    /// Runs the tool as a filter and ends the program.
    ///
    /// When a signal comes or the line is to stop, the work in hand is cancelled; what it throws
    /// then is not written down as the record's failure, and the record is not passed on.
    ///
    /// - Parameters:
    ///   - usual: The number of records to work on at once, unless the user says another.
    ///   - finishes: True when work in hand is finished though the line is to stop for another record,
    ///     because it is paid for; a signal cancels it all the same.
    ///   - prepare: Builds what the work needs; failures here end the program before any output.
    @MainActor
    public func filter(
        jobs usual: Int = 1, finishes: Bool = false,
        _ prepare: @escaping @MainActor (Options<Table>) async throws -> Work
    ) async -> Never {
        let (session, options, frame) = Session.start(self, FilterOptions(jobs: usual))
        await session.run(finishes: finishes) {
            let loop = try FilterLoop(session, frame, finishes: finishes)
            try await loop.run(try await prepare(options))
        }
    }
}

extension Session {
    /// Runs a loop that a signal cancels, with the progress line drawn, and ends the program.
    ///
    /// - Parameters:
    ///   - finishes: True when work in hand goes on though a record's failure is to stop the line.
    ///   - loop: Hands out the work, and waits for it.
    @MainActor
    func run(
        finishes: Bool = false, _ loop: @escaping @MainActor () async throws -> Void
    ) async -> Never {
        let run = Task { @MainActor in try await loop() }
        signals.react { run.cancel() }
        reactToStop { [self] in if !finishes || !isStoppedByFailure { run.cancel() } }
        let clock = ticking()
        let result = await run.result
        clock?.cancel()
        switch result {
        case .success: finish()
        case .failure(let error): finish(error)
        }
    }

    /// Draws the progress line again and again, where one is drawn.
    private func ticking() -> Task<Void, Never>? {
        guard progress.isShown else { return nil }
        return Task.detached {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(250))
                self.progress.tick()
            }
        }
    }
}

@MainActor
private final class FilterLoop {
    private let session: Session
    private let input: RecordInput
    private let jobs: Int
    private let order: Order?
    private let finishes: Bool

    init(_ session: Session, _ options: Options<FilterOptions>, finishes: Bool) throws {
        self.session = session
        self.finishes = finishes
        jobs = options.jobs
        order = options.keepsOrder && jobs > 1 ? Order() : nil
        input = try RecordInput(session, limit: options.limit, rejects: options.rejects)
    }

    func run(_ work: @escaping Work) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            do {
                try await feed(&group, work)
            } catch {
                // Before the workers are cancelled, whose complaints of that are no reason.
                if error is Failure { session.stop(error) }
                if finishes, session.isStoppedByFailure {
                    try await group.waitForAll()
                    try order?.giveUp { try session.write($0) }
                }
                throw error
            }
        }
    }

    /// Hands the records to the workers, until there are no more and all are done.
    private func feed(
        _ group: inout ThrowingTaskGroup<Void, any Error>, _ work: @escaping Work
    ) async throws {
        var running = 0
        var count = 0
        repeat {
            while let next = try input.next({ try self.take($0) }) {
                try session.check()
                guard let record = next else { continue }
                if jobs == 1 {
                    session.flushSoon()
                    try await FilterLoop.perform(work, record, nil, session)
                    continue
                }
                while running == jobs || order?.isFull == true {
                    try session.flush()
                    try await group.next()
                    running -= 1
                    try session.check()
                }
                let place = order.map { Place(number: count, order: $0) }
                count += 1
                running += 1
                group.addTask { [session] in
                    do {
                        try await FilterLoop.perform(work, record, place, session)
                        try session.flush()
                    } catch {
                        // The loop may be waiting for input, so it has to be told.
                        session.stop(error)
                    }
                }
            }
            try session.flush()
        } while try !input.isExhausted && input.fill()
        try await group.waitForAll()
        try session.check()
    }

    /// A record to work on, or `nil` for one that an earlier stage failed on and that is passed on.
    private func take(_ line: borrowing Line) throws -> Record? {
        guard line.hasError, order == nil else { return line.record() }
        session.progress.passed()
        try session.write(line)
        return nil
    }

    nonisolated(nonsending) private static func perform(
        _ work: Work, _ given: Record, _ place: Place?, _ session: Session
    ) async throws {
        var record = given
        // Where order is kept, records that failed before come along to wait for their turn.
        if place != nil, given.hasError {
            session.progress.passed()
        } else {
            do {
                try await work(&record)
                try checkLength(record)
                session.progress.passed()
            } catch let failure as Failure where failure.scope != .stop && !Task.isCancelled {
                // The results from before the failure stay, if the record can be passed on at all.
                if record.bytes.count > LineReader.limit { record = given }
                record.set("error", failure.json(stage: session.program.stage))
                session.progress.failed()
                session.log.write(failure, id: record.id)
            }
        }
        guard let place else { return try session.write(record.bytes) }
        try place.order.take(place.number, record.bytes) { try session.write($0) }
    }

    private nonisolated static func checkLength(_ record: Record) throws(Failure) {
        guard record.bytes.count > LineReader.limit else { return }
        throw Failure(
            .item, .input,
            "pass the record on: with its result it is longer than \(LineReader.limit >> 20) MiB")
    }
}

/// Where a record stood in the input.
private struct Place: Sendable {
    let number: Int
    let order: Order
}

extension Failure {
    /// The `error` member of `callpipe-record(5)`.
    func json(stage: String) -> JSON {
        .members([
            "stage": .string(stage), "class": .string(scope.rawValue),
            "kind": .string(kind.rawValue), "severity": .string(severity.rawValue),
            "category": .string(category.rawValue), "message": .string(description),
            "status": .whole(status), "retry_after": .number(retryAfter),
            "file": .text(file),
            "at": .string(Timestamp.now.text),
        ])
    }
}
