// Showing: stored records as lines, whole or in part.
public import Checkpoint
public import Records
internal import System

/// Writes stored recordings as lines of JSON.
///
/// Memory does not grow with the checkpoint, and between two pages no transaction is open.
public final class Showing {
    /// The lines of each recording.
    public enum Form: Sendable {
        /// The record, byte for byte as it is stored.
        case record
        /// Some values.
        case fields(Fields)
        /// A line for each copy that is stored somewhere.
        case manifest
    }

    private let checkpoint: Checkpoint
    private let byID: Statement
    private let byNumber: Statement
    private let selection: Selection
    private let reader: FieldReader?
    private let form: Form
    private var numbers: Numbers
    private var remaining: Int
    /// A page ends after so many records or bytes.
    private static let (pageRecords, pageBytes) = (512, 1 << 20)

    /// Prepares to show.
    ///
    /// - Parameters:
    ///   - selection: The recordings.
    ///   - form: The lines of each.
    ///   - limit: The most recordings.
    ///   - checkpoint: The open file.
    /// - Throws: `Failure` of scope `stop`.
    public init(
        _ selection: Selection, as form: Form, limit: Int = .max, in checkpoint: Checkpoint
    ) throws(Failure) {
        self.checkpoint = checkpoint
        self.form = form
        self.selection = selection
        remaining = limit
        numbers = Numbers(selection, limit: selection.isAll ? .max : limit, in: checkpoint)
        let columns = "SELECT number, erased_at, record, id FROM calls"
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
                try byNumber.bind(number)
                defer { byNumber.reset() }
                guard try byNumber.step(), try byNumber.isNull(1) else { continue }
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
    /// - Returns: Whole lines, each with its end; none for a recording that is not selected, and
    ///   after the limit.
    /// - Throws: `Failure` of scope `item` when there is none of that id or it was erased.
    public func lines(of id: String) throws -> [UInt8] {
        var page: [UInt8] = []
        try checkpoint.transaction {
            try checkpoint.begin()
            try byID.bind(id)
            defer { byID.reset() }
            guard try byID.step() else { throw History.unknown(id) }
            if let time = try byID.string(1) {
                throw Failure(.item, .gone, "show recording \(id): it was erased at \(time)")
            }
            guard remaining > 0, try isSelected(byID.integer(0)) else { return }
            try add(byID, to: &page)
            remaining -= 1
        }
        return page
    }

    /// True when a call is one of the selected ones.
    private func isSelected(_ number: Int64) throws(Failure) -> Bool {
        if selection.hasNoCondition { return true }
        let question = try Statement(
            checkpoint.database, selection.questionOfOne(try Claims.living(checkpoint)))
        try selection.bind(to: question, after: number, limit: 1)
        return try question.step()
    }

    private func add(_ row: borrowing Statement, to page: inout [UInt8]) throws(Failure) {
        if case .record = form {
            let start = page.count
            guard try row.append(2, to: &page) else { return }
            // An operator may have written line ends into it by hand; it has to stay one line.
            ASCII.putOnOneLine(&page, from: start)
            page.append(0x0A)
            return
        }
        guard let text = try row.copy(2) else { return }
        let record: Record
        do {
            record = try Record(stored: text)
        } catch {
            throw checkpoint.unreadable(try row.text(3), error)
        }
        if let reader {
            page += try reader.object(row.integer(0), record).bytes
            page.append(0x0A)
        } else {
            for copy in record.copies {
                page += copy.json(of: record.id).bytes
                page.append(0x0A)
            }
        }
    }
}
