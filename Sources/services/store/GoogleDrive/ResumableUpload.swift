// ResumableUpload: a large file in chunks, in a session that outlives the process.
internal import FoundationEssentials
internal import HTTP
internal import Records

/// Uploads a file by a session.
///
/// See https://developers.google.com/workspace/drive/api/guides/manage-uploads#resumable. The file
/// does not appear on the Drive before its last byte has arrived. Only the session knows how many
/// bytes have arrived: it may keep a part of a chunk, so every answer is read and none is assumed.
struct ResumableUpload: Sendable {
    private let upload: FileUpload
    private let id: String
    private let purpose: FileUpload.Purpose

    private var drive: Drive { upload.drive }
    private var notes: UploadNotes { upload.notes }
    private var file: LocalFile { upload.file }

    /// The number of answers in a row, errors included, that may bring no progress.
    private static let fruitlessLimit = 6
    /// The number of sessions that may be lost.
    private static let sessions = 3

    init(of upload: FileUpload, id: String, for purpose: FileUpload.Purpose) {
        self.upload = upload
        self.id = id
        self.purpose = purpose
    }

    /// Goes on with the session of an earlier run, or begins a new one.
    func run() async throws(Failure) -> Creation {
        for _ in 0..<Self.sessions {
            let now = Timestamp.now.seconds
            var session: UploadNotes.Session
            var asks = true
            if let kept = try notes.session(of: id, for: file, now: now),
                kept.isChange == (purpose == .change)
            {
                session = kept
            } else {
                switch try await begin(now) {
                case .refused(let creation): return creation
                case .begun(let begun): session = begun
                }
                asks = false
            }
            switch try await transfer(&session, asks: asks) {
            case .done(let creation):
                notes.forgetSession(of: id)
                return creation
            case .lost:
                notes.forgetSession(of: id)
            }
        }
        throw Failure(
            .temporary, .server, "\(upload.work): Google Drive forgets its upload sessions",
            remedy: "run it again later")
    }

    private enum Begin {
        case begun(UploadNotes.Session)
        case refused(Creation)
    }

    private func begin(_ now: Double) async throws(Failure) -> Begin {
        let request = Request(
            purpose == .change ? .patch : .post, upload.address(id, purpose, "resumable"),
            headers: [
                Header("Content-Type", "application/json; charset=UTF-8"),
                Header("X-Upload-Content-Type", file.type),
                Header("X-Upload-Content-Length", String(file.bytes)),
            ],
            body: .bytes(upload.metadata(id, purpose).bytes))
        let response = try await drive.send(request, upload.work, isShared: false, isWrite: true)
        switch response.status {
        case 404: return .refused(.noParent)
        case 409: return .refused(.taken)
        default: try drive.accept(response, upload.work)
        }
        guard let address = response.header("Location") else {
            throw Failure(
                .temporary, .badResponse, "\(upload.work): Google Drive names no upload session",
                remedy: "run it again")
        }
        let session = UploadNotes.Session(
            address: address, bytes: file.bytes, sha256: file.sha256, began: now,
            isChange: purpose == .change)
        try notes.keep(session, of: id)
        return .begun(session)
    }

    private enum Outcome {
        case done(Creation)
        case lost
    }

    /// Sends chunk after chunk, and asks how many bytes have arrived whenever that is not sure.
    private func transfer(
        _ session: inout UploadNotes.Session, asks: Bool
    ) async throws(Failure) -> Outcome {
        var held = 0
        var asks = asks
        var fruitless = 0
        while true {
            let isQuestion = asks
            let answer = try await exchange(
                isQuestion ? query(session) : chunk(session, after: held), isQuestion)
            switch answer {
            case .done(let creation): return .done(creation)
            case .lost: return .lost
            case .held(let bytes, let address):
                if let address, address != session.address {
                    session.address = address
                    try notes.keep(session, of: id)
                }
                if bytes > held {
                    fruitless = 0
                } else if !isQuestion || held == file.bytes {
                    fruitless += 1
                }
                held = bytes
                // All bytes are there, but the upload is not done: there is nothing to send, only
                // to ask.
                asks = held == file.bytes
                if asks { try await drive.wait(after: 0) }
            case .unsure(let refusal, let failure):
                fruitless += 1
                if fruitless >= Self.fruitlessLimit || refusal?.isLasting == true {
                    throw failure
                        ?? refusal?.failure(upload.work, for: drive.account, isShared: false)
                        ?? stalled
                }
                try await drive.wait(after: fruitless - 1, refusal)
                asks = true
            }
            // An answer without progress is no error, so the loop would have no end.
            if fruitless >= Self.fruitlessLimit { throw stalled }
        }
    }

    private var stalled: Failure {
        Failure(
            .temporary, .server, "\(upload.work): Google Drive takes no more bytes of it",
            remedy: "run it again later")
    }

    /// The meaning of an answer of a session.
    private enum Answer {
        case done(Creation)
        /// The number of bytes that have arrived, and the address for the rest, if it changes.
        case held(Int, address: String?)
        /// The session is gone.
        case lost
        case unsure(Refusal?, Failure?)
    }

    private func exchange(_ request: Request, _ isQuestion: Bool) async throws(Failure) -> Answer {
        let response: Response
        do {
            response = try await drive.sendInSession(request)
        } catch {
            guard error.scope == .temporary || error.kind == .network else { throw error }
            return .unsure(nil, error)
        }
        switch response.status {
        case 308:
            guard let held = ContentRange.held(response.header("Range"), of: file.bytes) else {
                return .lost
            }
            return .held(held, address: response.header("Location"))
        case 200, 201:
            return .done(.made(try drive.decode(response, DriveFile.self, upload.work)))
        case 409: return .done(.taken)
        // The file's description can be wrong as well; then a new session is refused too.
        case 400, 401, 404, 410, 416: return .lost
        default:
            let refusal = Refusal(response)
            guard refusal.isRateLimit || response.status >= 500 || response.status == 408 else {
                throw refusal.failure(upload.work, for: drive.account, isShared: false)
            }
            return .unsure(refusal, nil)
        }
    }

    private func query(_ session: UploadNotes.Session) -> Request {
        Request(
            .put, session.address,
            headers: [Header("Content-Range", ContentRange.query(file.bytes))])
    }

    private func chunk(_ session: UploadNotes.Session, after held: Int) -> Request {
        let range = ContentRange(after: held, of: file.bytes)
        return Request(
            .put, session.address,
            headers: [Header("Content-Range", range.header)],
            body: .parts([.file(path: file.path, offset: range.offset, length: range.length)]))
    }
}
