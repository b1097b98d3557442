// Changes: the writes that a client may ask for, each with a line in the audit chain.
import CGI
import Checkpoint
import CheckpointPages
import Records

/// The body of a request to set a status or to transcribe.
private struct Wish: Decodable {
    var transcriptionStatus: String?
    var force: Bool?
}

extension Exchange {
    /// `PUT …/{id}` with `{"transcriptionStatus":"queued"}`, or `pending`: transcribe it again.
    func setStatus(_ shape: RecordingShape) throws -> Response {
        let wish = try wish(["transcriptionStatus", "force"])
        guard let text = wish.transcriptionStatus, let status = Status(rawValue: text),
            status == .queued || status == .pending
        else {
            throw Problem(
                .content, "The member transcriptionStatus is \"queued\" or \"pending\".")
        }
        return try ask(status, redoing: true, force: wish.force ?? false, as: shape)
    }

    /// `POST …/{id}/transcribe` with `{"force":true}` to do it again; the next run does it.
    func transcribe(_ shape: RecordingShape) throws -> Response {
        let isForced = try wish(["force", "recordingId"]).force ?? false
        return try ask(.queued, redoing: isForced, force: isForced, as: shape, status: 202)
    }

    func ask(
        _ status: Status, redoing redoes: Bool, force isForced: Bool, as shape: RecordingShape,
        status answered: Int = 200
    ) throws -> Response {
        let checkpoint = try Checkpoint.existing(
            api.environment.value("CALLPIPE_STATE"), api.environment, busyTimeout: API.writing)
        let pages = try RecordingPages(shape, in: checkpoint)
        let requeue = try Requeue(.transcribe, in: checkpoint)
        let call = try number(in: pages)
        let verdict = try checkpoint.transaction {
            try requeue.ask(status, for: call, redoing: redoes, force: isForced, by: client)
        }
        try checkpoint.end(status: 0)
        switch verdict {
        case .unknown: throw Exchange.unknown
        case .early:
            throw Problem(
                .conflict, "The recording is not downloaded yet; then it is transcribed by itself.")
        case .uploaded:
            throw Problem(
                .conflict, "The recording is uploaded. With {\"force\":true} it is done again.")
        case .done, .completed: break
        }
        guard let object = try pages.object(call) else { throw Exchange.unknown }
        return .json(.object(object), status: verdict == .done ? answered : 200)
    }

    /// The body, which is one JSON object of known members.
    private func wish(_ names: [String]) throws -> Wish {
        let bytes = try request.body()
        if bytes.isEmpty { return Wish() }
        let type = request.header("Content-Type")?.prefix { $0 != ";" }.lowercased()
        guard type == "application/json" else {
            throw Problem(.mediaType, "The body has to be application/json.")
        }
        guard let members = JSON.members(of: bytes) else {
            throw Problem(.badRequest, "The body is no JSON object.")
        }
        guard members.allSatisfy({ names.contains($0.name) }),
            Set(members.map(\.name)).count == members.count
        else {
            throw Problem(
                .content,
                "The body has members besides \(names.joined(separator: " and ")), or one twice.")
        }
        guard let wish = JSON.raw(bytes).decoded(as: Wish.self) else {
            throw Problem(.content, "A member of the body has a value of another type.")
        }
        return wish
    }
}
