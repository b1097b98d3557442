// Audio: the sound of a recording, sent by the web server or in parts by this program.
import CGI
import Checkpoint
import CheckpointPages
import Files
import Glibc
import Records
import System

/// The one that sends the bytes of a recording; the setting `CALLPIPE_WEB_AUDIO`.
enum AudioSender: String {
    /// This program, which any web server allows.
    case own
    /// lighttpd, by the header `X-Sendfile`.
    case sendfile = "x-sendfile"
    /// nginx, by the header `X-Accel-Redirect`.
    case accel = "x-accel-redirect"
}

extension Exchange {
    /// `GET …/stream`: the recording, whole or the part that `Range` asks for.
    func audio() throws -> Response {
        let checkpoint = try checkpoint()
        let pages = try RecordingPages(.storage, in: checkpoint)
        let record = try checkpoint.transaction { try pages.record(number(in: pages)) }
        guard let record else { throw Exchange.unknown }
        guard var audio = try? record.audio() else {
            throw Problem(.notFound, "The recording has no audio yet.")
        }
        // Nothing that was taken out of the transcript may be heard either.
        if let path = record.raw(at: ["redaction", "audio", "path"]) {
            audio.path = JSON.raw(path).decoded(as: String.self) ?? ""
            audio.sha256 = record.mutedAudio ?? ""
        }
        let place = try AudioPlace(audio, api)
        var response = Response(200, Exchange.mediaType(of: audio), .bytes([]), isKept: true)
        response.headers += [
            .init("Accept-Ranges", "bytes"), .init("Content-Disposition", "inline"),
        ]
        response.tag(place.tag, for: request)
        if response.status == 304 { return response }
        switch try api.sender() {
        case .own: try fill(&response, from: place)
        case .sendfile:
            response.headers.append(.init("X-Sendfile", place.path))
            response.body = .byServer
        case .accel:
            response.headers.append(.init("X-Accel-Redirect", place.internalAddress))
            response.body = .byServer
        }
        return response
    }

    private func fill(_ response: inout Response, from place: AudioPlace) throws {
        let file = try place.open()
        guard let size = try? FileStatus(of: file.number).size else { throw AudioPlace.gone }
        // RFC 9110: HEAD knows no ranges, and If-Range asks for the whole of another file.
        let isFresh = request.header("If-Range").map { $0 == place.tag } ?? true
        let header = request.method == "GET" && isFresh ? request.header("Range") : nil
        switch ByteRange(header, of: size) {
        case .whole:
            response.body = .file(FilePart(file, start: 0, count: size))
        case .part(let start, let count):
            response.status = 206
            response.headers.append(
                .init("Content-Range", "bytes \(start)-\(start + count - 1)/\(size)"))
            response.body = .file(FilePart(file, start: start, count: count))
        case .beyond:
            throw Problem(
                .range, "The recording has \(size) bytes.",
                headers: [.init("Content-Range", "bytes */\(size)")])
        }
    }

    /// The type of the record, if it looks like one: a header must not say anything else.
    private static func mediaType(of audio: AudioFile) -> String {
        let halves = audio.type.split(separator: "/", omittingEmptySubsequences: false)
        let isType =
            halves.count == 2 && halves[0] == "audio" && ASCII.isWord(halves[1], marks: "-.+")
        return isType ? audio.type : "application/octet-stream"
    }
}

/// The file of a recording, which lies below the data directory or in the folder of recordings.
struct AudioPlace {
    /// The path without links.
    let path: String
    /// The address that only nginx itself can ask for.
    let internalAddress: String
    /// The entity tag.
    let tag: String

    /// Opens it.
    func open() throws(Problem) -> OwnedDescriptor {
        do throws(SystemError) {
            return try OwnedDescriptor(opening: path, O_RDONLY | O_NONBLOCK)
        } catch {
            throw AudioPlace.gone
        }
    }

    static let gone = Problem(.gone, "The audio of the recording is no longer on the disk.")

    /// Finds the file.
    ///
    /// A record comes from outside, and a folder may have links: only the real path counts.
    ///
    /// - Throws: ``Problem`` for a file that is not there, or lies elsewhere.
    init(_ audio: AudioFile, _ api: API) throws {
        let data = try DataDirectory(api.dataPath, isMade: false)
        guard let named = try? data.absolutePath(of: audio.path),
            let path = try? FileSystem.realPath(of: named),
            (try? FileStatus(of: path))?.kind == .file
        else { throw AudioPlace.gone }
        let folders = [("data", data.path), ("recordings", api.environment.value("RECORDINGS"))]
        let found = folders.lazy.compactMap { name, folder -> String? in
            guard let folder, let real = try? FileSystem.realPath(of: folder),
                path.hasPrefix(real + "/")
            else { return nil }
            return "/callpipe-\(name)/" + path.dropFirst(real.count + 1)
        }.first
        guard let found else { throw AudioPlace.gone }
        self.path = path
        internalAddress = Query.encodedPath(found)
        let isHash = ASCII.isWord(audio.sha256, lengths: 64...64)
        tag = isHash ? "\"\(audio.sha256.prefix(32))\"" : "\"\(audio.bytes)\""
    }
}

extension API {
    fileprivate func sender() throws(Failure) -> AudioSender {
        guard let text = environment.value("CALLPIPE_WEB_AUDIO") else { return .own }
        guard let sender = AudioSender(rawValue: text) else {
            throw Failure(
                .stop, .internal, "read CALLPIPE_WEB_AUDIO: it is no known word",
                remedy: "set it to own, x-sendfile or x-accel-redirect")
        }
        return sender
    }
}
