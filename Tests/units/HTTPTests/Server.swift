// Server: the scripted server as a process, and what it was asked.
import Files
import Foundation
import HTTP
import Records
import TestSupport

/// A step of `server.py`'s script.
struct Step: Encodable {
    var status: Int?
    var headers: [String: String]?
    var body: String?
    var size: Int?
    var ranged: Bool?
    var cut: Int?
    var reset: Int?
    var hang: Int?
}

/// A request as the server saw it.
struct Seen: Decodable {
    let method: String
    let path: String
    let length: Int
    let missing: Int
    let sha256: String
    let connection: Int
    let headers: [String: String]
}

/// A server on the loopback address that ends with the test.
final class Server {
    let url: String
    let client: Client
    let place = TemporaryDirectory()
    let data: DataDirectory
    private let process = Process()
    private let input = Pipe()

    init(
        _ script: [String: [Step]], attempts: Int = 5, certificate: String? = nil,
        observer: Observer? = nil
    ) async throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["python3", folder.appending(path: "server.py").path] + (certificate.map { [$0] } ?? [])
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let port = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        url = "\(certificate == nil ? "http" : "https")://127.0.0.1:\(port)"
        data = try DataDirectory(place.path)
        var settings = Client.Settings(observer: observer)
        settings.attempts = attempts
        settings.backoff = 0.001
        settings.longestBody = 8 << 20
        settings.caFile = certificate
        client = try Client(settings)
        let text = try [UInt8](JSONEncoder().encode(script))
        _ = try await client.send(Request(.post, url + "/_script", body: .bytes(text)))
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    func get(_ path: String) -> Request { Request(.get, url + path) }

    /// The requests so far, without the script.
    func seen() async throws -> [Seen] {
        try await client.send(get("/_log")).decode([Seen].self)
    }

    /// The bytes that a step of that size sends.
    static func pattern(_ size: Int) -> [UInt8] { (0..<size).map { UInt8($0 % 251) } }
}

/// The failure that an operation throws.
func failure(of operation: () async throws -> Void) async -> Failure? {
    do {
        try await operation()
        return nil
    } catch {
        return error as? Failure
    }
}
