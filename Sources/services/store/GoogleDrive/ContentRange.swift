// ContentRange: which bytes of an upload go now, and which have arrived.

/// The arithmetic of a resumable upload.
///
/// See https://developers.google.com/workspace/drive/api/guides/manage-uploads#resumable.
struct ContentRange: Sendable, Equatable {
    /// Google wants every chunk but the last to be a multiple of this.
    static let step = 256 << 10
    /// What is sent at once.
    static let chunk = 8 << 20

    let offset: Int
    let length: Int
    let total: Int

    /// The next bytes to send when so many have arrived.
    init(after held: Int, of total: Int, chunk: Int = ContentRange.chunk) {
        offset = held
        length = min(chunk, total - held)
        self.total = total
    }

    /// `bytes 0-8388607/20000000`.
    var header: String { "bytes \(offset)-\(offset + length - 1)/\(total)" }

    /// The question how many bytes have arrived.
    static func query(_ total: Int) -> String { "bytes */\(total)" }

    /// The bytes that have arrived, from the `Range` of a 308, such as `bytes=0-42`.
    ///
    /// No header means none. `nil` is a header that cannot be: not from the start, or beyond the
    /// total.
    static func held(_ header: String?, of total: Int) -> Int? {
        guard let header else { return 0 }
        let prefix = "bytes=0-"
        guard header.hasPrefix(prefix), let last = Int(header.dropFirst(prefix.count)),
            last >= 0, last < total
        else { return nil }
        return last + 1
    }
}
