// ContentRange: the bytes of an upload that are sent next, and those that have arrived.

/// The arithmetic of a resumable upload.
///
/// See https://developers.google.com/workspace/drive/api/guides/manage-uploads#resumable.
struct ContentRange: Sendable, Equatable {
    /// Every chunk but the last has to be a multiple of this size, in bytes.
    static let step = 256 << 10
    /// The size of a chunk in bytes.
    static let chunk = 8 << 20

    let offset: Int
    let length: Int
    let total: Int

    /// Makes the range of the next chunk when so many bytes have arrived.
    init(after held: Int, of total: Int, chunk: Int = ContentRange.chunk) {
        offset = held
        length = min(chunk, total - held)
        self.total = total
    }

    /// The value of the header, such as `bytes 0-8388607/20000000`.
    var header: String { "bytes \(offset)-\(offset + length - 1)/\(total)" }

    /// The value of the header that asks how many bytes have arrived.
    static func query(_ total: Int) -> String { "bytes */\(total)" }

    /// The number of bytes that have arrived, from the `Range` of a 308, such as `bytes=0-42`.
    ///
    /// No header means none. The result is `nil` for a header that makes no sense: one that does
    /// not begin at the start, or ends beyond the total.
    static func held(_ header: String?, of total: Int) -> Int? {
        guard let header else { return 0 }
        let prefix = "bytes=0-"
        guard header.hasPrefix(prefix), let last = Int(header.dropFirst(prefix.count)),
            last >= 0, last < total
        else { return nil }
        return last + 1
    }
}
