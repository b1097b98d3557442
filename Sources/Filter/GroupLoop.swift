// GroupLoop: the loop of a tool that makes records durable, group by group, before it passes them.
internal import Glibc
public import Records

/// The records that one commit covers: what is ready to be read, within bounds.
public final class Group {
    private let input: RecordInput
    private let session: Session
    private let deadline: ContinuousClock.Instant
    private let largest: Int
    private var taken = 0

    fileprivate init(_ input: RecordInput, _ session: Session, _ bounds: (Int, Duration)) {
        self.input = input
        self.session = session
        largest = bounds.0
        deadline = .now + bounds.1
    }

    /// Gives the next record to the closure; `nil` when the group is complete.
    ///
    /// - Parameter body: Gets the record; it must not keep it.
    /// - Returns: What the closure returned.
    /// - Throws: What the closure throws, and what reading throws.
    public func next<Result>(_ body: (borrowing Line) throws -> Result) throws -> Result? {
        while true {
            if taken >= largest {
                isLastInHand = false
                return nil
            }
            let result = try input.next { line in
                taken += unsafe line.bytes.count
                return try body(line)
            }
            if let result {
                session.progress.passed()
                return result
            }
            guard !input.isExhausted, ContinuousClock.now < deadline, try input.gather() else {
                return nil
            }
        }
    }

    /// Passes a line on, once the group is durable.
    public func keep(_ line: borrowing Line) {
        unsafe kept.append(contentsOf: line.bytes)
        kept.append(0x0A)
    }

    /// Passes another line on in its place.
    public func keep(_ record: some Collection<UInt8>) {
        kept.append(contentsOf: record)
        kept.append(0x0A)
    }

    fileprivate private(set) var kept: [UInt8] = []
    fileprivate private(set) var isLastInHand = true
}

extension Tool {
    /// Runs the tool group by group and ends the program.
    ///
    /// - Parameters:
    ///   - largest: A group ends after so many bytes; 8 MiB when it is not said.
    ///   - longest: A group ends after so much time; 50 ms when it is not said.
    ///   - prepare: Builds what the groups need and gives back what to do with one. When that
    ///     returns, the group has to be durable: its lines are written then.
    public func groups(
        of largest: Int = 8 << 20, within longest: Duration = .milliseconds(50),
        _ prepare: (Options) throws -> (Group) throws -> Void
    ) -> Never {
        let session = Session.start(with(Option.forGroups))
        do {
            let body = try prepare(session.options)
            let input = try RecordInput(session)
            var goesOn = true
            while goesOn {
                goesOn = try !input.isExhausted && input.fill()
                // A group that ends at its bound leaves lines in hand for the next one.
                repeat {
                    let group = Group(input, session, (largest, longest))
                    try body(group)
                    try session.write(lines: group.kept)
                    if group.isLastInHand { break }
                } while true
                try session.check()
            }
            session.finish()
        } catch {
            session.finish(error)
        }
    }
}
