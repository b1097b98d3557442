// FakeDrive: the program Tests/fakes/drive.py, with a record or two to put on it.
import Crypto
import Files
import Foundation
import HTTP
import Records
import TestSupport

@testable import GoogleDrive

/// A Drive of its own, and the settings to use it with; ends with the value.
final class FakeDrive {
    private struct Ready: Decodable {
        let url: String
        let folder: String
    }

    let place = TemporaryDirectory()
    let data: DataDirectory
    let notes = Notes()
    private let ready: Ready
    private let process = Process()
    private let hold = Pipe()
    private let client: Client

    init() throws {
        data = try DataDirectory(place["data"])
        client = try Client(.init())
        let program = Checkout.fakes.appending(path: "drive.py")
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-B", program.path, "--until-eof", "--key-file-out", place["key"],
        ]
        process.standardInput = hold
        process.standardOutput = output
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), byte.count == 1,
            byte != Data("\n".utf8)
        {
            line += byte
        }
        ready = try JSONDecoder().decode(Ready.self, from: line)
    }

    deinit {
        try? hold.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    func drive(folder: String? = nil) throws -> Drive {
        let environment = Environment([
            "GOOGLE_API_URL": ready.url, "GOOGLE_SERVICE_ACCOUNT_FILE": place["key"],
            "GOOGLE_DRIVE_FOLDER_ID": folder ?? ready.folder, "XDG_RUNTIME_DIR": place.path,
            "GOOGLE_WRITES_PER_SECOND": "1000", "CALLPIPE_BACKOFF_SCALE": "0.001",
        ])
        return try Drive(Account(environment, observer: notes.observer), environment)
    }

    func reserver(_ formats: [TranscriptFormat] = []) throws -> Reserver {
        Reserver(try drive(), data: data, formats: formats)
    }
    func uploader(isForced: Bool = false) throws -> Uploader {
        try Uploader(try drive(), data: data, advice: .forTests, isForced: isForced)
    }

    /// A record whose audio lies in the data directory.
    func record(
        _ name: String, bytes: Int = 1000, start: String = "2026-10-03T10:00:00Z"
    ) throws -> Record {
        let block = (0..<4093).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 251) }
        var audio: [UInt8] = []
        while audio.count < bytes { audio += block.prefix(bytes - audio.count) }
        try data.write(audio, to: "audio/\(name).mp3")
        return try Record([
            "id": .string("rc:\(name)"), "start": .string(start),
            "audio": AudioFile(
                path: "audio/\(name).mp3", bytes: bytes, sha256: Digest.sha256(audio),
                type: "audio/mpeg"
            ).json,
        ])
    }

    /// The same with its ids.
    func reserved(_ name: String, bytes: Int = 1000) async throws -> Record {
        var record = try record(name, bytes: bytes)
        try await reserver().reserve(&record)
        return record
    }

    func fault(_ match: String, _ action: String) async throws {
        try await control(
            .post, "faults", #"{"match":{\#(match)},"action":\#(action),"times":0}"#)
    }

    func heal() async throws { try await control(.delete, "faults") }

    /// How often something was done, such as `uploads`.
    func count(_ kind: String) async throws -> Int {
        let counts = try JSONSerialization.jsonObject(with: Data(await control(.get, "counts")))
        return (counts as? [String: Any])?[kind] as? Int ?? -1
    }

    /// A file as the Drive describes it.
    struct Metadata: Decodable {
        let name: String
        let mimeType: String?
        let originalFilename: String?
        let appProperties: [String: String]?
    }

    /// The description of every file, by name.
    func metadata() async throws -> [String: Metadata] {
        let lines = try await control(.get, "files").split(separator: UInt8(ascii: "\n"))
        let files = try lines.map { try JSONDecoder().decode(Metadata.self, from: Data($0)) }
        return Dictionary(files.map { ($0.name, $0) }) { $1 }
    }

    /// The notes of uploads that have not ended.
    func uploadsUnderWay() throws -> [String] { try place.names("data/.drive-uploads") }

    /// The files on the Drive and not in its trash, by name.
    func files() async throws -> [String: [DriveFile]] {
        let lines = try await control(.get, "files").split(separator: UInt8(ascii: "\n"))
        let files = try lines.map { try JSONDecoder().decode(DriveFile.self, from: Data($0)) }
        return Dictionary(grouping: files.filter { !$0.isTrashed }) { $0.name ?? "" }
    }

    /// Makes a request of somebody who works on the Drive by hand.
    @discardableResult
    func byHand(_ method: HTTP.Method, _ path: String, _ body: String = "") async throws -> Response
    {
        var headers: [Header] = []
        if !body.isEmpty { headers.append(Header("Content-Type", "application/json")) }
        let drive = try drive()
        let response = try await drive.send(
            Request(
                method, drive.address("/drive/v3/files\(path)", ["supportsAllDrives": "true"]),
                headers: headers, body: .bytes(Array(body.utf8))),
            "work by hand", isShared: true)
        try drive.accept(response, "work by hand", isShared: true)
        return response
    }

    @discardableResult
    private func control(
        _ method: HTTP.Method, _ name: String, _ body: String = ""
    ) async throws -> [UInt8] {
        try await client.send(
            Request(method, "\(ready.url)/_control/\(name)", body: .bytes(Array(body.utf8)))
        ).body
    }
}
