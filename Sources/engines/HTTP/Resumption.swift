// Resumption: lets a download go on where it stopped, if the content is the same.
internal import Crypto
internal import Files
internal import Records
internal import Synchronization

/// Decides the request and the accepted reply of each attempt, so that a file is never put together
/// from two versions.
///
/// A part from an earlier process counts only if the service had given it an `ETag` or a date. That
/// goes into `If-Range`, and a service whose content changed answers with the whole. Within one
/// download the same length of the whole is enough.
final class Resumption: Sendable {
    /// The bytes that an attempt must bring, so that the attempts are counted anew.
    private static let worthwhile = 1 << 20

    private struct State {
        /// True when the part's bytes are from this very download.
        var isOurs = false
        var best = 0
        /// The length of the part after the piece that the last reply announced.
        var pieceEnd: Int?
    }

    private let source: String
    private let part: PartFile
    private let limit: Int
    private let expectation: Download.Expectation
    private let state = Mutex(State())

    init(
        _ url: String, _ part: PartFile, limit: Int,
        expecting expectation: Download.Expectation
    ) {
        source = Digest.sha256(Array(url.utf8))
        self.part = part
        self.limit = limit
        self.expectation = expectation
    }

    /// The part, if an earlier process died between the last byte and the new name.
    func wholeAlready() throws(Failure) -> Download.Body? {
        guard let known = resumable, known.total == part.length,
            case .whole = try judged()
        else { return nil }
        return try body()
    }

    /// The part as the body of the download.
    func body() throws(Failure) -> Download.Body {
        let sums = try part.sums()
        return Download.Body(
            bytes: sums.bytes, beginning: try part.beginning(Download.Body.longestBeginning),
            sha256: sums.sha256, md5: sums.md5,
            contentType: part.identity?.contentType)
    }

    /// The plan of the next attempt.
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
        plan.arrival = { [self] in
            Result { () throws(Failure) in try arrival(after: start) }
        }
        return plan
    }

    /// The amount that has arrived after a success of an attempt that began with so many bytes.
    private func arrival(after start: Int) throws(Failure) -> Client.Arrival {
        let length = part.length
        if let total = part.identity?.total, length != total {
            let isPiece = length > start && length == state.withLock(\.pieceEnd)
            return isPiece ? .piece : .truncated
        }
        return try judged()
    }

    /// Drops a whole body that is not what was asked for.
    private func judged() throws(Failure) -> Client.Arrival {
        if expectation.isMet(try body()) { return .whole }
        try part.truncate()
        return .unexpected(expectation.name)
    }

    /// The identity of the whole, if the download may go on with the part.
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
            let range = head.status == 206 ? head.range : nil
            state.withLock { $0.pieceEnd = range.map { $0.end + 1 } }
            if head.status == 206, start > 0 {
                guard let known, continues(head, range, known, start) else {
                    try part.truncate()
                    return .none(.failure(.changed, isFinal: false))
                }
            } else {
                // The request was for the whole, so the reply has to begin at the start. Some
                // services answer 206 although no range was asked for.
                guard head.isWhole || range?.start == 0 else {
                    return .none(.failure(.notTheStart, isFinal: false))
                }
                let identity = PartFile.Identity(source, head, range)
                if let total = identity.total, total > limit { throw .tooLong(limit) }
                try part.begin(identity)
                state.withLock { $0.isOurs = true }
            }
        } catch {
            return .none(.failure(error, isFinal: true))
        }
        return .part(part, limit: limit)
    }

    /// True when the reply is the rest of the part's whole.
    private func continues(
        _ head: Head, _ range: ContentRange?, _ known: PartFile.Identity, _ start: Int
    ) -> Bool {
        guard let range, range.start == start else { return false }
        let fresh = PartFile.Identity(source, head, range)
        return (known.total == nil || range.total == nil || range.total == known.total)
            && (known.etag == nil || fresh.etag == nil || fresh.etag == known.etag)
            && (known.lastModified == nil || fresh.lastModified == nil
                || fresh.lastModified == known.lastModified)
    }
}

/// The value of `Content-Range`, such as `bytes 400-999/1000`; the total may be unknown.
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

extension Head {
    fileprivate var range: ContentRange? {
        headers.value(of: "Content-Range").flatMap { ContentRange($0) }
    }

    /// True for a body that is the whole, and neither a range of bytes nor several ranges.
    fileprivate var isWhole: Bool {
        guard status == 206 else { return true }
        let type = headers.value(of: "Content-Type")?.lowercased() ?? ""
        return headers.value(of: "Content-Range") == nil
            && !type.hasPrefix("multipart/byteranges")
    }
}

extension PartFile.Identity {
    /// Makes the identity; the length of a range of bytes is not that of the whole.
    fileprivate init(_ source: String, _ head: Head, _ range: ContentRange?) {
        // A weak ETag may stay the same when the bytes change.
        let etag = head.headers.value(of: "ETag").flatMap { $0.hasPrefix("\"") ? $0 : nil }
        let length = head.headers.value(of: "Content-Length").flatMap { Int($0) }
        self.init(
            source: source, etag: etag, lastModified: head.headers.value(of: "Last-Modified"),
            total: range.map(\.total) ?? length, contentType: head.headers.value(of: "Content-Type")
        )
    }
}

extension Failure {
    fileprivate static let notTheStart = Failure(
        .temporary, .badResponse, "begin a download: the service sends another part of the file")
    fileprivate static let changed = Failure(
        .temporary, .integrity, "go on with a download: the service's content has changed")
}
