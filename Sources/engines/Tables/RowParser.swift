// RowParser: libcsv, fed a line at a time.
internal import CCSV

/// Cuts lines of a CSV file into cells; a row may have several lines.
@safe
final class RowParser {
    private let parser: UnsafeMutablePointer<csv_parser>
    private let delimiter: UInt8
    /// The cells of the row until now.
    private(set) var cells: [[UInt8]] = []
    private(set) var isComplete = false

    init(delimiter: UInt8) {
        self.delimiter = delimiter
        unsafe parser = .allocate(capacity: 1)
        unsafe parser.initialize(to: csv_parser())
        start()
    }

    deinit {
        unsafe csv_free(parser)
        unsafe parser.deallocate()
    }

    private func start() {
        guard unsafe csv_init(parser, 0) == 0 else { fatalError("out of memory") }
        unsafe csv_set_delim(parser, delimiter)
    }

    /// Forgets an unfinished row.
    func reset() {
        unsafe csv_free(parser)
        start()
        cells = []
        isComplete = false
    }

    /// True when a row has begun and not ended.
    var isInside: Bool { unsafe !isComplete && (parser.pointee.pstate != 0 || !cells.isEmpty) }

    /// Adds a line with its end.
    ///
    /// The corresponding C function is `csv_parse`.
    ///
    /// - Returns: True when the row has ended with it.
    func feed(_ line: [UInt8]) -> Bool {
        if isComplete {
            cells = []
            isComplete = false
        }
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        let count = unsafe line.withUnsafeBytes { bytes in
            unsafe csv_parse(parser, bytes.baseAddress, bytes.count, onCell, onRow, context)
        }
        // The only other fault is a machine without memory.
        guard count == line.count else { fatalError("out of memory") }
        return isComplete
    }

    fileprivate func add(_ cell: [UInt8]) { cells.append(cell) }
    fileprivate func complete() { isComplete = true }
}

private let onCell:
    @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeMutableRawPointer?) -> Void = {
        bytes, count, context in
        guard let context = unsafe context else { return }
        let cell = unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count))
        unsafe Unmanaged<RowParser>.fromOpaque(context).takeUnretainedValue().add(cell)
    }

private let onRow: @convention(c) (Int32, UnsafeMutableRawPointer?) -> Void = { _, context in
    guard let context = unsafe context else { return }
    unsafe Unmanaged<RowParser>.fromOpaque(context).takeUnretainedValue().complete()
}
