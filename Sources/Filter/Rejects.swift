// Rejects: lines that are no records, told with their number and kept where the user says.
internal import Glibc
import Records

/// The input of a loop: records in hand, with the lines that are none taken out.
final class RecordInput {
    private let session: Session
    private let reader: LineReader
    private let parser = LineParser()
    private let rejects: Int32
    private var remaining: Int

    init(_ session: Session) throws {
        self.session = session
        reader = LineReader(0, interruption: session.signals.descriptor)
        remaining = try session.options.limit()
        rejects = try RecordInput.open(session.options.string("rejects"))
        if isatty(0) == 1 {
            session.log.write(.info, "reading records from the terminal; end with Control-D")
        }
    }

    /// Bytes of input in hand.
    var bytesInHand: Int { reader.bytesInHand }

    /// Whether the limit of records is reached.
    var isExhausted: Bool { remaining == 0 }

    /// Waits for input; false when there will be no more of it.
    func fill() throws -> Bool {
        switch try reader.fill() {
        case .more: return true
        case .end: return false
        case .interrupted:
            try session.check()
            return false
        }
    }

    /// Reads more if that would not block; the records in hand stay.
    func gather() throws -> Bool {
        guard try reader.isReady() else { return false }
        try reader.gather()
        return true
    }

    /// Gives the next record in hand to the closure; `nil` when there is none in hand.
    func next<Result>(_ body: (borrowing Line) throws -> Result) throws -> Result? {
        while remaining > 0, let next = reader.next() {
            switch next {
            case .tooLong(let piece, let isLast):
                try unsafe keep(piece, isLast: isLast)
                if isLast { tell("longer than \(LineReader.limit >> 20) MiB") }
            case .line(let text):
                let text = unsafe RecordInput.withoutReturn(text)
                if unsafe RecordInput.isBlank(text) { continue }
                do {
                    let result = try unsafe parser.parse(text, body)
                    remaining -= 1
                    return result
                } catch let malformed as Record.Malformed {
                    try unsafe keep(text, isLast: true)
                    tell(malformed.reason)
                }
            }
        }
        return nil
    }

    private func tell(_ reason: String) {
        session.progress.rejected()
        session.log.write(
            .error, "unable to read line \(reader.lineNumber): \(reason); it is left out")
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

    private static func open(_ path: String?) throws(Failure) -> Int32 {
        guard let path else { return -1 }
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        if descriptor < 0 {
            throw Failure(.stop, .configuration, "open \(path): \(SystemError().reason)")
        }
        return descriptor
    }

    /// A line that ends with CR LF is taken without both.
    private static func withoutReturn(
        _ text: UnsafeBufferPointer<UInt8>
    ) -> UnsafeBufferPointer<UInt8> {
        guard unsafe text.last == 0x0D else { return unsafe text }
        return unsafe UnsafeBufferPointer(rebasing: text.dropLast())
    }

    private static func isBlank(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = unsafe text.first else { return true }
        guard first == 0x20 || first == 0x09 else { return false }
        return unsafe text.allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }
}
