// GroupLoop: the loop of a tool that makes records durable, group by group, before it passes them.
internal import Glibc
public import Records

/// The records that one commit covers: what is ready to be read, within bounds.
public final class Group {
    private let input: RecordInput
    private let session: Session
    private let deadline: ContinuousClock.Instant
    private let largest: Int
    private var takenBytes = 0
    private var takenRecords = 0
    fileprivate private(set) var state = State.open

    fileprivate enum State {
        /// The body has not taken all of it yet.
        case open
        /// Its bounds are reached; there may be more in hand for the next group.
        case full
        /// All that was ready to be read is taken.
        case dry
    }

    fileprivate init(_ input: RecordInput, _ session: Session, _ bounds: (Int, Duration)) {
        self.input = input
        self.session = session
        largest = bounds.0
        deadline = .now + bounds.1
    }

    /// Gives the next record to the closure; `nil` when the group is complete.
    ///
    /// - Parameter body: Gets the record; it must not keep it.
    /// - Returns: The closure's result.
    /// - Throws: The error of the closure, and that of reading.
    public func next<Result>(_ body: (borrowing Line) throws -> Result) throws -> Result? {
        while true {
            if isFull {
                state = .full
                return nil
            }
            let result = try input.next { line in
                takenBytes += line.count
                takenRecords += 1
                return try body(line)
            }
            if let result {
                session.progress.passed()
                return result
            }
            guard !input.isExhausted, try input.gather() else {
                state = .dry
                return nil
            }
        }
    }

    /// Every group has at least one record, however slow that one is.
    private var isFull: Bool {
        if takenBytes >= largest { return true }
        // The clock costs as much as a short record, so it is not asked for each of them.
        return takenRecords & 15 == 1 && ContinuousClock.now >= deadline
    }

    /// Gives every record of the group to the closure, which must not keep it.
    public func forEach(_ body: (borrowing Line) throws -> Void) throws {
        while try next(body) != nil {}
    }

    /// Passes a line on, once the group is durable.
    public func keep(_ line: borrowing Line) {
        makeRoom(for: line.count)
        line.append(to: &kept)
        kept.append(0x0A)
    }

    /// Passes another line on in its place.
    public func keep(_ record: some Collection<UInt8>) {
        makeRoom(for: record.count)
        kept.append(contentsOf: record)
        kept.append(0x0A)
    }

    /// Memory that doubles is right for many short lines, but not for one of 16 MiB.
    private func makeRoom(for count: Int) {
        if count > 1 << 20 { kept.reserveCapacity(kept.count + count + 1) }
    }

    fileprivate private(set) var kept: [UInt8] = []
}

/// The work of a tool on each group, and at its end.
///
/// The end receives the exit status of the run, and returns a line about it for the log.
public typealias GroupWork = (
    each: (Group) throws -> Void, end: (Int32) throws -> String?
)

extension Tool {
    /// Runs the tool group by group and ends the program.
    ///
    /// - Parameters:
    ///   - largest: A group ends after so many bytes; 4 MiB when it is not said.
    ///   - longest: A group ends after so much time; 50 ms when it is not said.
    ///   - prepare: Builds what the groups need and gives back what to do with one, which has to
    ///     take all its records. When that returns, the group has to be durable: its lines are
    ///     written then.
    public func groups(
        of largest: Int = 4 << 20, within longest: Duration = .milliseconds(50),
        _ prepare: (Options<Table>) throws -> GroupWork
    ) -> Never {
        let (session, options, frame) = Session.start(self, GroupOptions())
        do {
            // When this has returned, all that the tool built is released: files are closed.
            try session.runGroups((largest, longest), frame) { try prepare(options) }
            session.finish()
        } catch {
            session.finish(error)
        }
    }

}

extension Session {
    fileprivate func runGroups(
        _ bounds: (Int, Duration), _ options: Options<GroupOptions>,
        _ prepare: () throws -> GroupWork
    ) throws {
        let work = try prepare()
        do {
            try loop(bounds, options, work.each)
        } catch {
            // The first failure counts, even when the end cannot be noted either.
            let summary = try? work.end(status(error))
            if let summary, error is Ended { log.write(.info, summary) }
            throw error
        }
        if let summary = try work.end(status(nil)) { log.write(.info, summary) }
    }

    private func loop(
        _ bounds: (largest: Int, longest: Duration), _ options: Options<GroupOptions>,
        _ each: (Group) throws -> Void
    ) throws {
        let input = try RecordInput(self, limit: options.limit, rejects: options.rejects)
        while try !input.isExhausted && input.fill() {
            var state = Group.State.full
            while state == .full, input.hasNext {
                let group = Group(input, self, bounds)
                try each(group)
                try write(lines: group.kept)
                try check()
                state = group.state
            }
            // Lines left in hand would be lost at the end of the input.
            if state == .open {
                throw Failure(.stop, .internal, "end a group: records of it were not taken")
            }
        }
    }
}
