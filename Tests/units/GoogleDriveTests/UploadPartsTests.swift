// UploadPartsTests: ranges, bodies, marks and hashes of an upload.
import Foundation
import HTTP
import Records
import Testing

@testable import GoogleDrive

@Suite struct UploadPartsTests {
    private let file = LocalFile(
        path: "/d/audio/2026/10/03/rc-1.mp3", type: "audio/mpeg", bytes: 5,
        sha256: String(repeating: "a", count: 64), md5: String(repeating: "b", count: 32))

    @Test("chunks are of 8 MiB, the last one is what is left")
    func chunks() {
        let total = 20_000_000
        #expect(ContentRange(after: 0, of: total).header == "bytes 0-8388607/20000000")
        #expect(
            ContentRange(after: 8_388_608, of: total).header == "bytes 8388608-16777215/20000000")
        let last = ContentRange(after: 16_777_216, of: total)
        #expect(last.header == "bytes 16777216-19999999/20000000")
        #expect(last.length == 3_222_784)
        #expect(ContentRange.chunk % ContentRange.step == 0)
        #expect(ContentRange.query(total) == "bytes */20000000")
    }

    @Test(
        "what has arrived is believed when it can be",
        arguments: [
            (nil, 0), ("bytes=0-42", 43), ("bytes=0-99", 100), ("bytes=0-100", nil),
            ("bytes=1-42", nil), ("bytes=0-", nil), ("0-42", nil), ("bytes=0--1", nil),
        ] as [(String?, Int?)])
    func held(_ header: String?, _ bytes: Int?) {
        #expect(ContentRange.held(header, of: 100) == bytes)
    }

    @Test("metadata and bytes are two parts with a boundary that neither holds")
    func related() throws {
        let body = RelatedBody(.members(["name": .string("x")]), file)
        let boundary = try #require(body.contentType.split(separator: "=").last)
        #expect(body.contentType.hasPrefix("multipart/related; boundary="))
        #expect(boundary.utf8.count <= 70)
        guard case .parts(let parts) = body.body, case .bytes(let head) = parts[0],
            case .file(let path, let offset, let length) = parts[1],
            case .bytes(let tail) = parts[2]
        else {
            Issue.record("three parts are due")
            return
        }
        #expect(
            String(decoding: head, as: UTF8.self)
                == "--\(boundary)\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n"
                + "{\"name\":\"x\"}\r\n--\(boundary)\r\nContent-Type: audio/mpeg\r\n\r\n")
        #expect((path, offset, length) == (file.path, 0, 5))
        #expect(String(decoding: tail, as: UTF8.self) == "\r\n--\(boundary)--\r\n")
    }

    @Test(
        "a type that is none, or one that Drive would convert, is sent as bytes",
        arguments: [
            "", "audio", "audio/mpeg\r\nX: y", "audio/", "a b/c",
            "application/vnd.google-apps.folder",
        ])
    func types(_ type: String) {
        let file = LocalFile(path: "/x", type: type, bytes: 0, sha256: "", md5: "")
        #expect(file.type == "application/octet-stream")
    }

    @Test("marks fit into the bytes that Drive allows")
    func marks() throws {
        let long = "rc:" + String(repeating: "é", count: 100)
        let marks = try Mark.file(long, file).object()
        for (key, value) in marks {
            #expect(key.utf8.count + (value as? String ?? "").utf8.count <= 124)
        }
        #expect(long.hasPrefix(marks["callpipe"] as? String ?? "?"))
        #expect(try Mark.file("rc:1", file).object()["callpipe"] as? String == "rc:1")
    }

    @Test("size and the strongest hash decide")
    func holds() {
        var there = DriveFile(id: "1")
        #expect(there.holds(file) == nil)
        there.size = "5"
        #expect(there.holds(file) == nil)
        there.md5Checksum = file.md5.uppercased()
        #expect(there.holds(file) == true)
        there.sha256Checksum = String(repeating: "c", count: 64)
        #expect(there.holds(file) == false)
        there.sha256Checksum = file.sha256
        #expect(there.holds(file) == true)
        there.size = "4"
        #expect(there.holds(file) == false)
    }

    @Test("of folders of one name the oldest counts, then the least id")
    func oldest() {
        let files = [("c", "2026-01-02"), ("b", "2026-01-01"), ("a", "2026-01-01")].map {
            var file = DriveFile(id: $0.0)
            file.createdTime = $0.1 + "T00:00:00.000Z"
            return file
        }
        #expect(DriveFile.oldest(of: files)?.id == "a")
        #expect(DriveFile.oldest(of: []) == nil)
    }

    @Test("a text is quoted for a search and encoded for an address")
    func quoting() {
        #expect(Drive.quoted(#"it's a \"#) == #"'it\'s a \\'"#)
        #expect(PercentEncoding.text("a b/é'~") == "a%20b%2F%C3%A9%27~")
    }
}
