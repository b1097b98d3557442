// WindowCheck: the rows that the pages of a window state, held against the rows that came.

/// The place of a page among the pages of a list, as the page tells it.
///
/// Every number may be absent; see `EnumeratedPagingModel` of RingCentral's API description. A number
/// that is spelled as a string counts as well, and one that can be no number of rows does not.
struct Paging: Equatable {
    /// The number of the page's first row, from 0.
    var pageStart: Int?
    /// The number of the page's last row, from 0.
    var pageEnd: Int?
    /// The number of pages of the list.
    var totalPages: Int?
    /// The number of rows of the list.
    var totalElements: Int?

    /// The rows that the page says it has.
    var rows: Int? {
        guard let pageStart, let pageEnd, pageEnd >= pageStart else { return nil }
        return pageEnd - pageStart + 1
    }
}

extension Paging: Decodable {
    private enum Key: String, CodingKey {
        case pageStart, pageEnd, totalPages, totalElements
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Key.self)
        func count(_ key: Key) -> Int? {
            let count =
                (try? members.decode(Int.self, forKey: key))
                ?? (try? members.decode(String.self, forKey: key)).flatMap { Int($0) }
            return count.flatMap { 0...1_000_000_000 ~= $0 ? $0 : nil }
        }
        pageStart = count(.pageStart)
        pageEnd = count(.pageEnd)
        totalPages = count(.totalPages)
        totalElements = count(.totalElements)
    }
}

/// Tells a window that was listed whole from one whose pages state more rows than came.
///
/// Rows have been seen to be missing while every reply was a 200: a page came back empty although
/// the page before it had named it, or the totals stated more.
struct WindowCheck {
    private var calls: Set<String> = []
    private var unreadable = 0
    private var pages = 0
    private var statedRows: Int?
    private var statedPages = 0
    private var lacksRows = false
    /// True when a page ends at a later row than came.
    private var isCutShort = false

    /// Takes the place that a page tells and the number of its rows.
    ///
    /// - Parameters:
    ///   - paging: The place of the page.
    ///   - rows: The number of rows that came.
    ///   - hasNext: True when the page names a page after it.
    mutating func add(_ paging: Paging?, rows: Int, hasNext: Bool) {
        pages += 1
        if let total = paging?.totalElements { statedRows = max(statedRows ?? 0, total) }
        statedPages = max(statedPages, paging?.totalPages ?? 0)
        if rows == 0 {
            // A window without calls is one empty page; some of those say that it ends at row 0.
            if pages > 1 || hasNext { lacksRows = true }
            if (paging?.pageEnd ?? 0) > 0 { isCutShort = true }
        } else if let stated = paging?.rows, rows < stated {
            isCutShort = true
        }
    }

    /// Takes a row; one that comes twice, as when pages shift, counts once.
    mutating func add(row id: String?) {
        if let id { calls.insert(id) } else { unreadable += 1 }
    }

    /// True when nothing that the pages state is missing.
    var isWhole: Bool {
        let rows = calls.count + unreadable
        // The number of all rows is counted by the service; some pages end at the row of a full page.
        let hasRows = statedRows.map { rows >= $0 } ?? !isCutShort
        // An empty list may be said to have one page or none.
        return !lacksRows && hasRows
            && (pages >= statedPages || calls.isEmpty && (statedRows ?? 0) == 0)
    }
}

/// The number of windows that a listing may list again in parts.
///
/// Each request counts for the rate limit, so a service that never tells the truth must not be asked
/// for ever. Parts that show new calls pay for themselves.
struct Relisting {
    private var partsLeft = 24

    /// True when another window may be divided.
    var hasPartsLeft: Bool { partsLeft > 0 }

    /// Counts a part that was listed, and the calls that only it showed.
    mutating func count(newCalls: Int) { partsLeft += newCalls - 1 }
}
