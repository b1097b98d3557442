// Download: fetches the audio of a recording into the data directory, once.
public import Files
internal import HTTP
public import Records
internal import Synchronization
internal import System

/// Where fetched recordings lie, and how they get there.
public struct RecordingFetcher: Sendable {
    private let account: Account
    private let directory: DataDirectory
    private let unreachable = Unreachable()

    /// Ten hours of CD-quality stereo; whatever is longer is no recording of a call.
    private static let largest = 8 << 30

    /// Fetches as this account into this directory.
    public init(_ account: Account, into directory: DataDirectory) {
        self.account = account
        self.directory = directory
    }

    /// Whether the record has its audio, on disk and of the right size.
    public func isDone(_ record: Record) throws(Failure) -> Bool {
        guard let audio = try record.audio() else { return false }
        return try directory.holds(audio)
    }

    /// The file that an earlier run finished but could not tell about, if there is one.
    ///
    /// A file has its final name only after its length and type were checked, so one that is
    /// there can be trusted; its hash is taken for the record.
    public func found(_ record: Record) throws(Failure) -> AudioFile? {
        for type in AudioType.allCases {
            let path = "\(RecordingFetcher.stem(record)).\(type.rawValue)"
            guard let size = try directory.size(of: path), size > 0 else { continue }
            // Killed right after it named the file, that run left its note; an empty part goes,
            // and the note with it.
            _ = try? directory.part(of: RecordingFetcher.stem(record))
            let (sha256, _, bytes) = try directory.digests(of: path)
            return AudioFile(path: path, bytes: bytes, sha256: sha256, type: type.contentType)
        }
        return nil
    }

    /// Downloads the recording.
    ///
    /// - Throws: `Failure`; a 404 is told apart by the age of the call, a 403 is never "gone".
    public func fetch(_ record: Record) async throws(Failure) -> AudioFile {
        let address = try address(of: record)
        let part = try directory.part(of: RecordingFetcher.stem(record))
        let request = Request(.get, address)
        let download = try await account.authorized(
            request, account.budgets.heavy, .readCallRecording,
            exchange: { [client = account.client, unreachable] request throws(Failure) in
                do throws(Failure) {
                    let download = try await client.download(
                        request, to: part, limit: RecordingFetcher.largest)
                    unreachable.reset()
                    return download
                } catch {
                    throw unreachable.judge(error)
                }
            },
            refusal: { download in
                guard case .refused(let response) = download else { return nil }
                return response
            })
        switch download {
        case .stored(let stored): return try finish(part, stored, record)
        case .refused(let response):
            throw ServiceProblem(response).failure(fetching: record, now: .now)
        }
    }

    private func address(of record: Record) throws(Failure) -> String {
        guard let address = try record.recording()?.uri else {
            throw Failure(
                .item, .input, "fetch the recording: the record has no \"recording.uri\"",
                remedy: "list the call again")
        }
        guard account.trusts(address) else {
            throw Failure(
                .item, .input,
                "fetch the recording: its \"uri\" is not an https address of RingCentral",
                remedy: "if it is the media host of your provider, set RINGCENTRAL_MEDIA_HOST")
        }
        return address
    }

    /// Gives the file its name, after a last look: error pages have been seen with a 200.
    private func finish(
        _ part: PartFile, _ stored: Download.Stored, _ record: Record
    ) throws(Failure) -> AudioFile {
        let stem = RecordingFetcher.stem(record)
        guard let type = AudioType(contentType: stored.contentType), stored.bytes > 0,
            try !isText(stem + ".part", stored.bytes)
        else {
            try part.truncate()
            throw Failure(
                .temporary, .badResponse, "fetch the recording: the reply is no audio",
                remedy: "try again later")
        }
        let path = "\(stem).\(type.rawValue)"
        try part.finish(as: path)
        return AudioFile(
            path: path, bytes: stored.bytes, sha256: stored.sha256, type: type.contentType)
    }

    /// Whether a small file begins as HTML or JSON does, and no audio.
    private func isText(_ relative: String, _ bytes: Int) throws(Failure) -> Bool {
        let limit = 64 << 10
        guard bytes <= limit else { return false }
        let path = try directory.absolutePath(of: relative)
        guard let text = try? Descriptor.contents(of: path, atMost: limit) else { return false }
        let first = text.first { !" \t\r\n".utf8.contains($0) }
        return first.map { "<{[".utf8.contains($0) } ?? true
    }

    private static func stem(_ record: Record) -> String {
        "audio/\(record.dayPath)/\(record.fileStem)"
    }
}

/// Tells one recording whose server is not there from a network that is down.
///
/// The address of a recording comes with its record, so an address that leads nowhere is no reason
/// to stop; several in a row are.
private final class Unreachable: Sendable {
    private let inRow = Mutex(0)

    func reset() { inRow.withLock { $0 = 0 } }

    func judge(_ failure: Failure) -> Failure {
        guard failure.scope == .stop, failure.kind == .network else { return failure }
        let count = inRow.withLock { count in
            count += 1
            return count
        }
        var failure = failure
        if count < 3 { failure.scope = .temporary }
        return failure
    }
}

extension ServiceProblem {
    /// What a refused download means for the record, or for all of them.
    func failure(fetching record: Record, now: Timestamp) -> Failure {
        var failure = failure("fetch the recording")
        switch status {
        case 401, 429: break
        case 403 where isPermissionOfAll: break
        case 404:
            (failure.scope, failure.kind) = absence(of: record, now: now)
            (failure.message, failure.remedy) =
                switch (failure.scope, failure.kind) {
                case (.temporary, _):
                    ("fetch the recording: it is not ready yet", "try again in some minutes")
                case (_, .gone):
                    ("fetch the recording: RingCentral has purged it", "")
                default:
                    ("fetch the recording: RingCentral does not know it", "list the call again")
                }
        case 403:
            failure.scope = .item
        case 408, 500...:
            failure.scope = .temporary
        default:
            (failure.scope, failure.kind) = (.item, .badResponse)
        }
        return failure
    }

    /// Why a recording is not there; the service says the same 404 for all three reasons.
    private func absence(of record: Record, now: Timestamp) -> (Failure.Scope, Failure.Kind) {
        let start = record.start.flatMap { Timestamp($0) }
        let end = start?.adding(seconds: record.number("duration") ?? 0)
        if let end, now < end.adding(seconds: 3600) { return (.temporary, .notFound) }
        let stated = (try? record.recording())?.flatMap { $0.expires.flatMap { Day($0) } }
        let usual = start?.day.adding(days: Retention.standard.automatic)
        if let expires = stated ?? usual, now.day >= expires.adding(days: -1) {
            return (.item, .gone)
        }
        return (.item, .notFound)
    }
}
