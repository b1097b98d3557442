// RecordInput: records in hand; lines that are none are told by number and kept where asked.
internal import Glibc
import Records
internal import System

/// The input of a loop: records in hand, with the lines that are none taken out.
final class RecordInput {
    private let session: Session
    private let reader: LineReader
    private let parser = LineParser()
    private let descriptor: Int32
    private let rejects: Int32
    private var remaining: Int
    /// The input's length where it is a file, so that the time left can be told.
    private let length: Int
    private let name: String

    /// Opens an input.
    ///
    /// - Parameters:
    ///   - session: The run to which the input belongs.
    ///   - path: The file; `-` is standard input.
    ///   - limit: The number of records to read.
    ///   - rejects: The file for lines that are not records.
    /// - Throws: `Failure` of scope `stop`, and ``CannotCreate`` for the rejects.
    init(_ session: Session, path: String = "-", limit: Int = .max, rejects: String? = nil) throws {
        self.session = session
        do throws(SystemError) {
            descriptor = path == "-" ? 0 : try OwnedDescriptor(opening: path, O_RDONLY).release()
        } catch {
            throw Failure(.stop, .input, "open \(path): \(error.reason)")
        }
        name = path == "-" ? "standard input" : path
        reader = LineReader(descriptor, interruption: session.signals.descriptor)
        remaining = limit
        self.rejects = try RecordInput.open(rejects)
        length = session.progress.isShown ? RecordInput.length(descriptor) : 0
        if isatty(descriptor) == 1 {
            session.log.write(.info, "reading records from the terminal; end with Control-D")
        }
    }

    deinit {
        if descriptor != 0 { close(descriptor) }
    }

    /// True when the limit of records is reached.
    var isExhausted: Bool { remaining == 0 }

    /// True when there is a line in hand that the limit lets us take.
    var hasNext: Bool { !isExhausted && reader.hasNext() }

    /// Waits until there is a line in hand; false when there will be no more of them.
    func fill() throws -> Bool {
        while true {
            switch try reading({ () throws(SystemError) in try reader.fill() }) {
            case .more: if reader.hasNext() { return true }
            case .end: return false
            case .interrupted:
                try session.check()
                throw Ended()
            }
        }
    }

    /// Reads more if that would not block; the records in hand stay.
    func gather() throws -> Bool {
        try reading { () throws(SystemError) in
            guard try reader.isReady() else { return false }
            try reader.gather()
            return true
        }
    }

    /// Gives the next record in hand to the closure; `nil` when there is none in hand.
    ///
    /// - Parameters:
    ///   - body: Receives the record; it must not keep it.
    ///   - id: Receives a line that is a bare id; `nil` where such lines are not allowed.
    /// - Returns: The closure's result.
    /// - Throws: The error of the closure, and `Failure` of scope `stop`.
    func next<Result>(
        _ body: (borrowing Line) throws -> Result, id: (String) throws -> Result? = { _ in nil }
    ) throws -> Result? {
        while remaining > 0, let next = reader.next() {
            switch next {
            case .tooLong(let piece, let isLast):
                try keep(piece, isLast: isLast)
                if isLast { tell("longer than \(LineReader.limit >> 20) MiB") }
            case .line(let line):
                let text = line.content(isFirst: reader.lineNumber == 1)
                if text.isBlank { continue }
                // An error of the closure is its own, even where it looks like a broken line.
                var answer: Swift.Result<Result, any Error>?
                do {
                    try parser.parse(text) { line in
                        do { answer = .success(try body(line)) } catch { answer = .failure(error) }
                    }
                } catch let malformed as Record.Malformed {
                    if let word = text.bareID, let result = try id(word) {
                        return result
                    }
                    try keep(line, isLast: true)
                    tell(malformed.reason)
                    continue
                }
                remaining -= 1
                if length > 0 {
                    let taken = reader.bytesRead - reader.bytesInHand
                    session.progress.reached(min(1, Double(taken) / Double(length)))
                }
                return try answer?.get()
            }
        }
        return nil
    }

    /// The next line in hand that is not blank, as it stands, and its number.
    ///
    /// The text of a line that is too long is `nil`.
    func nextText() -> (text: [UInt8]?, number: Int)? {
        while let next = reader.next() {
            switch next {
            case .tooLong(_, let isLast): if isLast { return (nil, reader.lineNumber) }
            case .line(let line):
                let text = line.content(isFirst: reader.lineNumber == 1)
                if !text.isBlank { return (text.copy, reader.lineNumber) }
            }
        }
        return nil
    }

    private func reading<Result>(_ body: () throws(SystemError) -> Result) throws(Failure) -> Result
    {
        do {
            return try body()
        } catch {
            throw Failure(.stop, .storage, "read \(name): \(error.reason)")
        }
    }

    private func tell(_ reason: String) {
        session.progress.rejected()
        session.log.write(
            Failure(
                .item, .input, "read line \(reader.lineNumber): \(reason)", remedy: "it is left out"
            ))
    }

    private func keep(_ text: LineText, isLast: Bool) throws {
        guard rejects >= 0 else { return }
        do {
            try text.write(to: rejects)
            if isLast { try Descriptor.writeAll(rejects, [0x0A]) }
        } catch {
            throw Failure(
                .stop, .storage, "write the file of --rejects: \(error.reason)",
                remedy: "make room and run it again")
        }
    }

    private static func length(_ descriptor: Int32) -> Int {
        guard let status = try? FileStatus(of: descriptor), status.kind == .file else { return 0 }
        return status.size
    }

    private static func open(_ path: String?) throws(CannotCreate) -> Int32 {
        guard let path else { return -1 }
        do {
            return try Descriptor.append(to: path)
        } catch {
            throw CannotCreate(message: "create \(path): \(error.reason)")
        }
    }
}
