// Resumption: how a download goes on where it stopped, and when it must not.
internal import Crypto
internal import Files
internal import Records
internal import Synchronization

/// What is asked for and what is accepted, attempt by attempt, so that a file is never put together
/// from two versions.
///
/// A part from an earlier process counts only if the service had given it an `ETag` or a date: that
/// goes along as `If-Range`, and a service whose content changed answers with the whole. Within one
/// download the same length of the whole is proof enough.
final class Resumption: Sendable {
    /// An attempt that brought so much was worth it.
    private static let worthwhile = 1 << 20

    private struct State {
        /// Whether the part's bytes are from this very download.
        var isOurs = false
        var best = 0
    }

    private let source: String
    private let part: PartFile
    private let limit: Int
    private let state = Mutex(State())

    init(_ url: String, _ part: PartFile, limit: Int) {
        source = Digest.sha256(Array(url.utf8))
        self.part = part
        self.limit = limit
    }

    /// The part, if it is whole: an earlier process died between the last byte and the new name.
    func wholeAlready() throws(Failure) -> Download.Stored? {
        guard let known = resumable, known.total == part.length else { return nil }
        return try stored()
    }

    /// The part as the end of the download.
    func stored() throws(Failure) -> Download.Stored {
        let sums = try part.sums()
        return Download.Stored(
            bytes: sums.bytes, sha256: sums.sha256, md5: sums.md5,
            contentType: part.identity?.contentType)
    }

    /// What the next attempt asks for.
    func plan() throws(Failure) -> Client.Plan {
        let known = resumable
        if known == nil, part.length > 0 { try part.truncate() }
        let start = part.length
        var plan = Client.Plan { [self] head in destination(head, known, start) }
        if let known, start > 0 {
            plan.headers = [Header("Range", "bytes=\(start)-")]
            if let validator = known.etag ?? known.lastModified {
                plan.headers.append(Header("If-Range", validator))
            }
        }
        plan.isProgress = state.withLock { state in
            guard start >= state.best + Resumption.worthwhile else { return false }
            state.best = start
            return true
        }
        plan.isWhole = { [self] in
            guard let total = part.identity?.total else { return true }
            return part.length == total
        }
        return plan
    }

    /// What the part is known to be a part of, if that allows to go on.
    private var resumable: PartFile.Identity? {
        guard part.length > 0, let known = part.identity, known.source == source,
            part.length <= known.total ?? limit
        else { return nil }
        if known.etag != nil || known.lastModified != nil { return known }
        return state.withLock(\.isOurs) && known.total != nil ? known : nil
    }

    private func destination(
        _ head: Head, _ known: PartFile.Identity?, _ start: Int
    ) -> Exchange.Destination {
        guard head.isSuccess else { return .memory(limit: Transfer.longestError, isCut: true) }
        do throws(Failure) {
            if head.status == 206 {
                guard let known, continues(head, known, start) else {
                    try part.truncate()
                    return .none(.failure(.changed, isFinal: false))
                }
            } else {
                let identity = PartFile.Identity(source, head)
                if let total = identity.total, total > limit { throw .tooLong(limit) }
                try part.begin(identity)
                state.withLock { $0.isOurs = true }
            }
        } catch {
            return .none(.failure(error, isFinal: true))
        }
        return .part(part, limit: limit)
    }

    /// Whether the reply is the rest of what the part is a part of.
    private func continues(_ head: Head, _ known: PartFile.Identity, _ start: Int) -> Bool {
        guard let range = ContentRange(head.headers.value(of: "Content-Range") ?? ""),
            range.start == start
        else { return false }
        let fresh = PartFile.Identity(source, head)
        return (known.total == nil || range.total == nil || range.total == known.total)
            && (known.etag == nil || fresh.etag == nil || fresh.etag == known.etag)
            && (known.lastModified == nil || fresh.lastModified == nil
                || fresh.lastModified == known.lastModified)
    }
}

/// `bytes 400-999/1000`; the whole may be unknown.
struct ContentRange: Equatable {
    let start: Int
    let end: Int
    let total: Int?

    init?(_ text: String) {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "-" || $0 == "/" })
        guard words.count == 4, words[0].lowercased() == "bytes", let start = Int(words[1]),
            let end = Int(words[2]), start <= end
        else { return nil }
        self.start = start
        self.end = end
        total = Int(words[3])
        if let total, end >= total { return nil }
        if total == nil, words[3] != "*" { return nil }
    }
}

extension PartFile.Identity {
    fileprivate init(_ source: String, _ head: Head) {
        // A weak ETag does not promise the same bytes.
        let etag = head.headers.value(of: "ETag").flatMap { $0.hasPrefix("\"") ? $0 : nil }
        let length = head.headers.value(of: "Content-Length").flatMap { Int($0) }
        self.init(
            source: source, etag: etag, lastModified: head.headers.value(of: "Last-Modified"),
            total: length, contentType: head.headers.value(of: "Content-Type"))
    }
}

extension Failure {
    fileprivate static let changed = Failure(
        .temporary, .integrity, "go on with a download: the service's content has changed")
}
