// ReportInput: records and ids on standard input, for a tool that passes none on.
public import Records

extension Report {
    /// Gives each id to the closure, and each line of standard input where `-` stands among them.
    ///
    /// A line is a record or a bare id. A failure that the closure throws is told and counted, and
    /// the others go on, unless it stops the line.
    ///
    /// - Parameters:
    ///   - ids: The words of the command line.
    ///   - rejects: The file for lines that are neither.
    ///   - body: Receives the id, and the record if the line is one.
    /// - Throws: The failure that stops the line.
    public func forEach(
        _ ids: [String], rejects: String? = nil,
        _ body: (_ id: String, _ record: Record?) throws -> Void
    ) throws {
        func tell(_ id: String, _ record: Record?) throws {
            try check()
            do {
                try body(id, record)
            } catch let failure as Failure where failure.scope != .stop {
                fail(failure)
            }
        }
        for id in ids {
            if id == "-" {
                try forEachLine(RecordInput(session, rejects: rejects), tell)
            } else {
                try tell(id, nil)
            }
        }
    }

    /// Gives each record of a file to the closure, which must not keep it; lines that are not
    /// records are told, and the exit status is 1.
    ///
    /// - Parameters:
    ///   - path: The file; `-` is standard input.
    ///   - body: Receives the records in their order.
    /// - Throws: The error of the closure, and `Failure` of scope `stop` for a failed read.
    public func forEachRecord(
        of path: String, _ body: (borrowing Line) throws -> Void
    ) throws {
        let input = try RecordInput(session, path: path)
        while try !input.isExhausted && input.fill() {
            while try input.next(body) != nil { try check() }
        }
    }

    /// Gives each line of a file to the closure, without its end; blank lines are left out.
    ///
    /// A line that the closure does not take is told, and the exit status is 1.
    ///
    /// - Parameters:
    ///   - path: The file; `-` is standard input.
    ///   - what: The thing that a line has to be, for the message.
    ///   - body: Receives the text of a line; false for one that it cannot use.
    /// - Throws: The error of the closure, and `Failure` of scope `stop` for a failed read.
    public func forEachLine(
        of path: String, _ what: String, _ body: ([UInt8]) throws -> Bool
    ) throws {
        let input = try RecordInput(session, path: path)
        func tell(_ number: Int) {
            fail(
                Failure(
                    .item, .input, "read line \(number) of \(path): it is not \(what)",
                    remedy: "it is left out"))
        }
        while try input.fill() {
            while let (text, number) = input.nextText() {
                try check()
                guard let text, try body(text) else {
                    tell(number)
                    continue
                }
            }
        }
    }

    /// Hands on what was written before it waits for the next line.
    private func forEachLine(
        _ input: RecordInput, _ body: (String, Record?) throws -> Void
    ) throws {
        repeat {
            while try input.next({ try body($0.id, $0.record()) }, id: { try body($0, nil) }) != nil
            {}
            try session.flush()
        } while try input.fill()
    }
}
