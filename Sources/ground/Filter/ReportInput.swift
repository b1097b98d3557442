// ReportInput: ids on standard input, for a tool that tells of each.
internal import Records
internal import System

extension Report {
    /// Gives the id on each line of standard input to the closure: of a record its `id`, else the
    /// line itself.
    ///
    /// What was written is handed on before the next line is waited for.
    public func forEachID(_ body: (String) throws -> Void) throws {
        let reader = LineReader(0, interruption: session.signals.descriptor)
        let parser = LineParser()
        while true {
            while let next = reader.next() {
                switch next {
                case .line(let text):
                    if let id = unsafe id(on: text, parser, reader.lineNumber) { try body(id) }
                case .tooLong(_, let isLast):
                    if !isLast { continue }
                    let limit = "it is longer than \(LineReader.limit >> 20) MiB"
                    fail(Report.unreadable(reader.lineNumber, limit))
                }
                try session.check()
            }
            try session.flush()
            let filling: LineReader.Fill
            do {
                filling = try reader.fill()
            } catch {
                throw Failure(.stop, .storage, "read standard input: \(error.reason)")
            }
            switch filling {
            case .more: continue
            case .end: if !reader.hasNext() { return }
            case .interrupted:
                try session.check()
                throw Ended()
            }
        }
    }

    /// The id on a line; `nil` for an empty line, and for a broken record, which is told by its
    /// number: it may hold what nobody is to read in a message.
    private func id(
        on text: UnsafeBufferPointer<UInt8>, _ parser: LineParser, _ number: Int
    ) -> String? {
        do {
            return try unsafe parser.parse(text) { $0.id }
        } catch {
            let blanks: [UInt8] = [0x20, 0x09, 0x0D]
            guard let first = unsafe text.firstIndex(where: { !blanks.contains($0) }),
                let last = unsafe text.lastIndex(where: { !blanks.contains($0) })
            else { return nil }
            if unsafe text[first] == UInt8(ascii: "{") {
                fail(Report.unreadable(number, (error as? Record.Malformed)?.reason ?? "\(error)"))
                return nil
            }
            return unsafe String(decoding: text[first...last], as: UTF8.self)
        }
    }

    private static func unreadable(_ line: Int, _ reason: String) -> Failure {
        Failure(.item, .input, "read line \(line): \(reason)")
    }
}

extension Report {
    /// Gives each id to the closure, those on standard input where `-` stands among them; what the
    /// closure says of one is told, and the others go on.
    public func forEach(_ ids: [String], _ body: (String) throws -> Void) throws {
        func tell(_ id: String) throws {
            do {
                try body(id)
            } catch let failure as Failure where failure.scope == .item {
                fail(failure)
            }
        }
        for id in ids {
            if id == "-" { try forEachID(tell) } else { try tell(id) }
        }
    }
}
