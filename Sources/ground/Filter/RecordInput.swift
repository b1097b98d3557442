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
        descriptor = path == "-" ? 0 : unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(.stop, .input, "open \(path): \(SystemError().reason)")
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

    /// Whether there is a line in hand that the limit lets us take.
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
    /// - Throws: What the closure throws, and `Failure` of scope `stop`.
    func next<Result>(
        _ body: (borrowing Line) throws -> Result, id: (String) throws -> Result? = { _ in nil }
    ) throws -> Result? {
        while remaining > 0, let next = reader.next() {
            switch next {
            case .tooLong(let piece, let isLast):
                try unsafe keep(piece, isLast: isLast)
                if isLast { tell("longer than \(LineReader.limit >> 20) MiB") }
            case .line(let line):
                let text = unsafe RecordInput.content(line, isFirst: reader.lineNumber == 1)
                if unsafe RecordInput.isBlank(text) { continue }
                // What the closure throws is its own, even where it looks like a broken line.
                var answer: Swift.Result<Result, any Error>?
                do {
                    try unsafe parser.parse(text) { line in
                        do { answer = .success(try body(line)) } catch { answer = .failure(error) }
                    }
                } catch let malformed as Record.Malformed {
                    if let word = unsafe RecordInput.bareID(text), let result = try id(word) {
                        return result
                    }
                    try unsafe keep(line, isLast: true)
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

    private func keep(_ text: UnsafeBufferPointer<UInt8>, isLast: Bool) throws {
        guard rejects >= 0 else { return }
        do {
            try unsafe Descriptor.writeAll(rejects, UnsafeRawBufferPointer(text))
            if isLast {
                var end: UInt8 = 0x0A
                try unsafe withUnsafeBytes(of: &end) { end throws(SystemError) in
                    try unsafe Descriptor.writeAll(rejects, end)
                }
            }
        } catch {
            throw Failure(
                .stop, .storage, "write the file of --rejects: \(error.reason)",
                remedy: "make room and run it again")
        }
    }

    private static func length(_ descriptor: Int32) -> Int {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return 0
        }
        return Int(status.st_size)
    }

    private static func open(_ path: String?) throws(CannotCreate) -> Int32 {
        guard let path else { return -1 }
        do {
            return try Descriptor.append(to: path)
        } catch {
            throw CannotCreate(message: "create \(path): \(error.reason)")
        }
    }

    /// The line without the CR of CR LF, the first one without a byte order mark: both come from
    /// editors and spreadsheets, and neither is part of the record.
    private static func content(
        _ line: UnsafeBufferPointer<UInt8>, isFirst: Bool
    ) -> UnsafeBufferPointer<UInt8> {
        var text = unsafe line
        if unsafe text.last == 0x0D { unsafe text = .init(rebasing: text.dropLast()) }
        if isFirst, unsafe text.starts(with: [0xEF, 0xBB, 0xBF]) {
            unsafe text = .init(rebasing: text.dropFirst(3))
        }
        return unsafe text
    }

    /// The id on a line, without the blanks around it; `nil` for JSON, which is never quoted in
    /// messages.
    private static func bareID(_ text: UnsafeBufferPointer<UInt8>) -> String? {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        guard let first = unsafe text.firstIndex(where: { !isBlank($0) }),
            let last = unsafe text.lastIndex(where: { !isBlank($0) }),
            unsafe !"{[\"".utf8.contains(text[first])
        else { return nil }
        return unsafe String(validating: text[first...last], as: UTF8.self)
    }

    private static func isBlank(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = unsafe text.first else { return true }
        guard first == 0x20 || first == 0x09 else { return false }
        return unsafe text.allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }
}
