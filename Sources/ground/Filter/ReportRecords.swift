// ReportRecords: records on standard input, for a tool that passes none on.
public import Records

extension Report {
    /// Gives each id to the closure and, where `-` stands among them, each record of standard
    /// input.
    ///
    /// A failure that the closure throws is told and counted, unless it stops the line.
    ///
    /// - Parameters:
    ///   - ids: The words of the command line.
    ///   - body: Gets the id, and the record if it came as one.
    /// - Throws: What stops the line.
    public func forEach(
        _ ids: [String], _ body: (_ id: String, _ record: Record?) throws -> Void
    ) throws {
        for id in ids {
            if id == "-" {
                try forEachRecord { record in try body(record.id, record) }
            } else {
                try each { try body(id, nil) }
            }
        }
    }

    /// The records of standard input, as a filter reads them.
    private func forEachRecord(_ body: (Record) throws -> Void) throws {
        let input = try RecordInput(session)
        while try !input.isExhausted && input.fill() {
            while let record = try input.next({ $0.record() }) {
                try each { try body(record) }
            }
        }
    }

    private func each(_ body: () throws -> Void) throws {
        try check()
        do {
            try body()
        } catch let failure as Failure where failure.scope != .stop {
            fail(failure)
        }
    }
}
