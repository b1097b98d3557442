// Showing: stored records as lines, whole or in part.
public import Checkpoint
internal import Glibc
public import Records

/// Writes what is stored of recordings as lines of JSON, for `state-show`.
///
/// Memory does not grow with the checkpoint, and between two pages nothing of it is locked.
public final class Showing {
    /// What is written of each recording.
    public enum Form: Sendable {
        /// The record, byte for byte as it is stored.
        case record
        /// Some of what is known.
        case fields(Fields)
        /// A line for each copy that is stored somewhere.
        case manifest
    }

    private let checkpoint: Checkpoint
    private let byID: Statement
    private let byNumber: Statement
    private let reader: FieldReader?
    private let form: Form
    private var numbers: Numbers
    private var remaining: Int
    /// A page ends after so many records or bytes.
    private static let (pageRecords, pageBytes) = (512, 1 << 20)

    /// Gets ready to show.
    ///
    /// - Parameters:
    ///   - selection: Which recordings.
    ///   - form: What is written of each.
    ///   - limit: At most so many of them.
    ///   - checkpoint: The open file.
    /// - Throws: `Failure` of scope `stop`.
    public init(
        _ selection: Selection, as form: Form, limit: Int = .max, in checkpoint: Checkpoint
    ) throws(Failure) {
        self.checkpoint = checkpoint
        self.form = form
        remaining = limit
        numbers = Numbers(selection, limit: selection.isAll ? .max : limit, in: checkpoint)
        let columns = "SELECT number, erased_at, record FROM calls"
        byID = try Statement(checkpoint.database, "\(columns) WHERE id = ?1")
        byNumber = try Statement(checkpoint.database, "\(columns) WHERE number = ?1")
        if case .fields(let fields) = form {
            reader = try FieldReader(fields, about: selection, in: checkpoint)
        } else {
            reader = nil
        }
    }

    /// The next lines, whole ones, each with its end; `nil` when all are shown.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public func next() throws -> [UInt8]? {
        var page: [UInt8] = []
        var isAtEnd = false
        try checkpoint.transaction {
            try checkpoint.begin()
            var records = 0
            while records < Showing.pageRecords, page.count < Showing.pageBytes, !isAtEnd {
                guard remaining > 0, let number = try numbers.next() else {
                    isAtEnd = true
                    break
                }
                byNumber.bind(1, number)
                defer { byNumber.reset() }
                guard try byNumber.step(), unsafe byNumber.text(1) == nil else { continue }
                try add(byNumber, to: &page)
                records += 1
                remaining -= 1
            }
        }
        return page.isEmpty && isAtEnd ? nil : page
    }

    /// The lines of one recording.
    ///
    /// - Parameter id: Its id.
    /// - Returns: Whole lines, each with its end.
    /// - Throws: `Failure` of scope `item` when there is none of that id or it was erased.
    public func lines(of id: String) throws -> [UInt8] {
        var page: [UInt8] = []
        try checkpoint.transaction {
            try checkpoint.begin()
            byID.bind(1, copying: id)
            defer { byID.reset() }
            guard try byID.step() else { throw History.unknown(id) }
            if let time = byID.string(1) {
                throw Failure(.item, .gone, "show recording \(id): it was erased at \(time)")
            }
            try add(byID, to: &page)
        }
        return page
    }

    private func add(_ row: borrowing Statement, to page: inout [UInt8]) throws(Failure) {
        guard let text = unsafe row.text(2) else { return }
        if case .record = form {
            let start = page.count
            unsafe page.append(contentsOf: text)
            // Somebody may have written white space into it by hand; it has to stay one line.
            if let first = text.baseAddress, unsafe memchr(first, 0x0A, text.count) != nil {
                for index in start..<page.count where page[index] == 0x0A { page[index] = 0x20 }
            }
            page.append(0x0A)
            return
        }
        let number = row.integer(0)
        let record: Record
        do {
            record = try Record(unsafe text.map { $0 == 0x0A ? 0x20 : $0 })
        } catch {
            throw Failure(
                .stop, .integrity,
                "read call \(number) in checkpoint \(checkpoint.database.path): \(error.reason)",
                remedy: "correct its record with sqlite3")
        }
        if let reader {
            page += try reader.object(number, record).bytes
            page.append(0x0A)
        } else {
            for copy in record.copies {
                page += copy.json(of: record.id).bytes
                page.append(0x0A)
            }
        }
    }
}
