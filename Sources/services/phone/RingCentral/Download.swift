// Download: fetches the audio of a recording into the data directory, once.
public import Files
internal import HTTP
public import Records
internal import Synchronization
internal import System

/// Downloads recordings into the data directory.
public struct RecordingFetcher: Sendable {
    private let account: Account
    private let directory: DataDirectory
    private let listen: Listen
    private let unreachable = Unreachable()

    /// Adds the facts that decoding shows to a file, and replaces its type by the true one.
    ///
    /// A file that cannot be decoded stays as it is: the phone system has no other bytes, and will
    /// purge these.
    public typealias Listen = @Sendable (_ file: inout AudioFile, _ record: Record) -> Void

    /// Ten hours of CD-quality stereo; a longer file is no recording of a call.
    private static let largest = 8 << 30

    /// Fetches as this account into this directory.
    ///
    /// - Parameters:
    ///   - account: The account that has the recordings.
    ///   - directory: The place of the files.
    ///   - listen: Decodes a file.
    public init(_ account: Account, into directory: DataDirectory, listen: @escaping Listen) {
        self.account = account
        self.directory = directory
        self.listen = listen
    }

    /// True when the record's audio is on the disk, with the bytes that the record tells.
    ///
    /// The file is read: a damaged file can have the right size, and the service may still have the
    /// recording.
    public func isDone(_ record: Record) async throws(Failure) -> Bool {
        guard let audio = try record.audio(), try directory.holds(audio) else { return false }
        let sha256 = try await OwnThread.blocking { [directory] () throws(Failure) in
            try directory.sha256(of: audio.path)
        }
        if sha256 == audio.sha256 { return true }
        account.observer(.note("\(record.id): its file was damaged since it was fetched"))
        return false
    }

    /// The file that an earlier run finished before it was killed, if there is one.
    ///
    /// A file gets its final name only after it was checked, so such a file can be trusted, unless
    /// the record tells other bytes.
    public func found(_ record: Record) async throws(Failure) -> AudioFile? {
        try await OwnThread.blocking { () throws(Failure) in try foundNow(record) }
    }

    private func foundNow(_ record: Record) throws(Failure) -> AudioFile? {
        let known = try record.audio()
        for format in AudioFormat.allCases {
            let path = "\(RecordingFetcher.stem(record)).\(format.rawValue)"
            guard let size = try directory.size(of: path), size > 0 else { continue }
            let (sha256, _, bytes) = try directory.digests(of: path)
            guard known.map({ $0.sha256 == sha256 }) ?? true else { continue }
            // A run that was killed right after it named the file left its note; to open the part
            // and close it again without bytes removes both.
            _ = try? directory.part(of: RecordingFetcher.stem(record))
            var file = AudioFile(
                path: path, bytes: bytes, sha256: sha256, type: format.contentType)
            listen(&file, record)
            return file
        }
        return nil
    }

    /// Downloads the recording.
    ///
    /// - Throws: `Failure`; the age of the call tells what a 404 means, and a 403 is never `gone`.
    public func fetch(_ record: Record) async throws(Failure) -> AudioFile {
        let address = try address(of: record)
        let part = try directory.part(of: RecordingFetcher.stem(record))
        let request = Request(.get, address)
        let download = try await account.authorized(
            request, account.budgets.heavy, .readCallRecording,
            exchange: { [client = account.client, unreachable] request throws(Failure) in
                do throws(Failure) {
                    let download = try await client.download(
                        request, to: part, limit: RecordingFetcher.largest,
                        expecting: RecordingFetcher.audio)
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
        case .stored(let body):
            return try await OwnThread.blocking { () throws(Failure) in
                try finish(part, body, record)
            }
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

    /// Gives the file its name.
    ///
    /// The name and the type follow the decoder: services have been seen to call a recording
    /// `application/octet-stream`, or a WAV file `audio/mpeg`.
    private func finish(
        _ part: PartFile, _ body: Download.Body, _ record: Record
    ) throws(Failure) -> AudioFile {
        let stem = RecordingFetcher.stem(record)
        let stated = AudioFormat(contentType: body.contentType) ?? .unknown
        var file = AudioFile(
            path: stem + ".part", bytes: body.bytes, sha256: body.sha256,
            type: stated.contentType)
        listen(&file, record)
        let format = AudioFormat(contentType: file.type) ?? .unknown
        file.path = "\(stem).\(format.rawValue)"
        try part.finish(as: file.path)
        return file
    }

    /// Any body that is neither empty nor text: pages of errors have been seen with a 200.
    private static let audio = Download.Expectation("audio") { body in
        body.bytes > 0 && !body.isText
    }

    private static func stem(_ record: Record) -> String {
        "audio/\(record.dayPath)/\(record.fileStem)"
    }
}

/// Tells one recording whose server cannot be reached from a network that is down.
///
/// The address of a recording comes with its record, so one address that leads nowhere does not
/// stop the line; three in a row do.
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
    /// The failure of a refused download, for the record or for all records.
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
                    ("fetch the recording: RingCentral has purged or deleted it", "")
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

    /// The reason why a recording is not there; the service answers 404 for all three.
    private func absence(of record: Record, now: Timestamp) -> (Failure.Scope, Failure.Kind) {
        let start = record.start.flatMap { Timestamp($0) }
        let end = start?.adding(seconds: record.number("duration") ?? 0)
        if let end, now < end.adding(seconds: 3600) { return (.temporary, .notFound) }
        let stated = (try? record.recording())?.flatMap { $0.expires.flatMap { Day($0) } }
        let usual = start?.day.adding(days: Retention.standard.automatic)
        if let expires = stated ?? usual, now.day >= expires.adding(days: -1) {
            return (.item, .gone)
        }
        // The log showed it, and a day later the service says of this recording that there is none.
        let isLate = end.map { now > $0.adding(seconds: 86_400) } ?? true
        return (.item, isLate && names("CMN-102") ? .gone : .notFound)
    }
}
