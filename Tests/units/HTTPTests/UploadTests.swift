// UploadTests: bodies out of files, whatever happens to the files.
import Crypto
import Files
import Foundation
import Records
import TestSupport
import Testing

@testable import HTTP

@Suite("Uploading")
struct UploadTests {
    @Test("parts of bytes and of files follow each other, each capped")
    func joins() async throws {
        let server = try await Server(["/a": [Step(status: 500), Step(status: 200)]])
        let content = Server.pattern(900_000)
        try server.data.write(content, to: "file")
        let path = try server.data.absolutePath(of: "file")
        // The file is longer than what is declared, as one that still grows is.
        let body = Request.Body.parts([
            .bytes(Array("head".utf8)), .file(path: path, offset: 100, length: 700_000),
            .bytes([]), .file(path: path, offset: 0, length: 10), .bytes(Array("tail".utf8)),
        ])
        let request = Request(.put, server.url + "/a", body: body)
        #expect(try await server.client.send(request).status == 200)
        let whole =
            Array("head".utf8) + content[100..<700_100] + content[..<10] + Array("tail".utf8)
        let seen = try await server.seen()
        #expect(seen.map(\.length) == [whole.count, whole.count])
        #expect(seen.map(\.sha256) == [Digest.sha256(whole), Digest.sha256(whole)])
    }

    @Test("a file that became shorter ends the upload at once")
    func noticesShortFiles() async throws {
        let server = try await Server(["/a": [Step(status: 200)]])
        try server.data.write(Server.pattern(1000), to: "file")
        let path = try server.data.absolutePath(of: "file")
        let request = Request(
            .put, server.url + "/a", body: .parts([.file(path: path, offset: 0, length: 1001)]))
        let failure = await failure { _ = try await server.client.send(request) }
        #expect(failure?.scope == .temporary)
        #expect(failure?.kind == .storage)
        #expect(failure?.message.contains("shorter") == true)
    }

    @Test("a missing file sends nothing")
    func noticesMissingFiles() async throws {
        let server = try await Server(["/a": [Step(status: 200)]])
        let request = Request(
            .put, server.url + "/a",
            body: .parts([.file(path: server.place["none"], offset: 0, length: 5)]))
        let failure = await failure { _ = try await server.client.send(request) }
        #expect(failure?.kind == .storage)
    }
}
