// RequestLogTests: a line for each request, without what is secret.
import Foundation
import Records
import TestSupport
import Testing

@testable import HTTP

@Suite("The log of requests")
struct RequestLogTests {
    @Test(
        "The path keeps its words and loses ids, keys, people and the query",
        arguments: [
            (
                "https://h/restapi/v1.0/account/~/extension/400131426008/call-log?x=1",
                "/restapi/v1.0/account/~/extension/{id}/call-log"
            ),
            ("https://h:8443/v1/audio/transcriptions", "/v1/audio/transcriptions"),
            ("https://h/users/jo@example.com/mail", "/users/{id}/mail"),
            ("https://h/drive/v3/files/1AbCdEfGhIjKlMnOpQrStUvWxYz012345", "/drive/v3/files/{id}"),
            ("https://h/ext/101?access_token=secret", "/ext/{id}"),
            ("https://h/a%40b/7", "/{id}/{id}"), ("https://h", ""), ("https://h/?key=k", "/"),
        ])
    func words(_ address: String, _ path: String) {
        #expect(RequestLog.words(of: address) == path)
    }

    private struct Entry: Decodable {
        let sequence: Int
        let method, host, path: String
        let status: Int?
        let ms: Double
        let bytes, sent: Int
        let error: String?
    }

    /// A client that writes a log, and the lines of it.
    private func client(_ file: String, _ attempts: String = "2") throws -> Client {
        let settings = try Client.Settings(
            Environment([
                "CALLPIPE_HTTP_LOG": file, "CALLPIPE_HTTP_ATTEMPTS": attempts,
                "CALLPIPE_BACKOFF_SCALE": "0.001",
            ]))
        return try Client(settings)
    }

    private func lines(_ file: String) throws -> [Entry] {
        try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
            .map { try JSONDecoder().decode(Entry.self, from: Data($0.utf8)) }
    }

    @Test("Each attempt is a line with status and bytes; a key in path or header is in none")
    func attempts() async throws {
        let place = TemporaryDirectory()
        let file = place["http.log"]
        let server = try await Server([
            "/services/T0/B0/topsecret": [Step(status: 500, body: "down"), Step(body: "ok")],
            "/cut": [Step(body: "0123456789", cut: 4)],
        ])
        let client = try client(file)
        var secret = Request(
            .post, server.url + "/services/T0/B0/topsecret", body: .bytes(Array("hello".utf8)))
        secret.hasSecretPath = true
        secret.bearer = "topsecret"
        #expect(try await client.send(secret).status == 200)
        await #expect(throws: Failure.self) { try await client.send(server.get("/cut")) }
        let lines = try lines(file)
        #expect(lines.map(\.status) == [500, 200, 200, 200])
        #expect(lines.map(\.path) == ["/{id}", "/{id}", "/cut", "/cut"])
        #expect(lines.map(\.sequence) == [1, 2, 3, 4])
        #expect(lines.map(\.method) == ["POST", "POST", "GET", "GET"])
        #expect(lines.map(\.bytes) == [4, 2, 4, 4])
        #expect(lines.map(\.sent) == [5, 5, 0, 0])
        #expect(lines.map { $0.error == nil } == [true, true, false, false])
        #expect(lines.allSatisfy { $0.host == "127.0.0.1" && $0.ms > 0 })
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(!text.contains("topsecret"))
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test("A host that does not answer is a line without a status, appended to what is there")
    func unreachable() async throws {
        let place = TemporaryDirectory()
        let file = place["http.log"]
        try "before\n".write(toFile: file, atomically: true, encoding: .utf8)
        let client = try client(file, "1")
        // Nothing listens on port 1.
        await #expect(throws: Failure.self) {
            try await client.send(Request(.get, "http://127.0.0.1:1/a"))
        }
        let text = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        #expect(text.count == 2 && text[0] == "before")
        let entry = try JSONDecoder().decode(Entry.self, from: Data(text[1].utf8))
        #expect(entry.status == nil && entry.error != nil)
    }

    @Test("A log that cannot be written is told before any request")
    func unwritable() {
        #expect {
            try Client.Settings(Environment(["CALLPIPE_HTTP_LOG": "/nowhere/http.log"]))
        } throws: {
            ($0 as? Failure)?.kind == .storage
        }
    }
}
