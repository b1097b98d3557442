// DownloadTests: bodies into files, in one piece or several.
import Crypto
import Files
import Foundation
import Records
import Synchronization
import Testing

@testable import HTTP

@Suite("Downloading")
struct DownloadTests {
    static let size = 3_000_000
    static let etag = ["ETag": "\"one\"", "Content-Type": "audio/mpeg"]
    static let bytes = Server.pattern(size)
    let whole = bytes

    @Test("a body is stored with its hashes and type")
    func stores() async throws {
        let server = try await Server(["/a": [Step(headers: Self.etag, size: Self.size)]])
        let part = try server.data.part(of: "a.mp3")
        let stored = try await store(server, part)
        #expect(stored.bytes == Self.size)
        #expect(stored.sha256 == Digest.sha256(whole))
        #expect(stored.md5 == Digest.md5(whole))
        #expect(stored.contentType == "audio/mpeg")
        try part.finish(as: "a.mp3")
        #expect(try server.data.sha256(of: "a.mp3") == stored.sha256)
    }

    @Test("an empty body is a file without bytes")
    func storesNothing() async throws {
        let server = try await Server(["/a": [Step(size: 0)]])
        #expect(try await store(server, server.data.part(of: "a")).bytes == 0)
    }

    @Test(
        "a download that breaks off goes on where it stopped",
        arguments: [
            ["ETag": "\"one\""], ["Last-Modified": "Sun, 06 Nov 1994 08:49:37 GMT"], [:],
        ] as [[String: String]])
    func goesOn(headers: [String: String]) async throws {
        func step(cut: Int? = nil, reset: Int? = nil) -> Step {
            Step(headers: headers, size: Self.size, ranged: true, cut: cut, reset: reset)
        }
        let server = try await Server([
            "/a": [
                step(cut: 1_000_000), Step(status: 503), step(cut: 1_000_000),
                step(cut: 100), step(),
            ]
        ])
        let stored = try await store(server, server.data.part(of: "a"))
        #expect(stored.sha256 == Digest.sha256(whole))
        let ranges = try await server.seen().map { $0.headers["range"] }
        #expect(
            ranges == [
                nil, "bytes=1000000-", "bytes=1000000-", "bytes=2000000-", "bytes=2000100-",
            ])
        let validators = Set(try await server.seen().dropFirst().map { $0.headers["if-range"] })
        #expect(validators == [headers.values.first])
    }

    @Test("a later process goes on with a part whose content the service can name")
    func resumes() async throws {
        let server = try await Server(
            [
                "/a": [
                    Step(headers: Self.etag, size: Self.size, ranged: true, cut: 1_000_000),
                    Step(headers: Self.etag, size: Self.size, ranged: true),
                ]
            ], attempts: 1)
        let failure = await failure { _ = try await store(server, server.data.part(of: "a")) }
        #expect(failure?.scope == .temporary)
        let stored = try await store(server, server.data.part(of: "a"))
        #expect(stored.sha256 == Digest.sha256(whole))
        #expect(stored.contentType == "audio/mpeg")
        #expect(try await server.seen().last?.headers["range"] == "bytes=1000000-")
    }

    @Test("a part of another version, address or of no name is begun anew")
    func beginsAnew() async throws {
        func broken(_ headers: [String: String]) -> Step {
            Step(headers: headers, size: Self.size, ranged: true, cut: 500_000)
        }
        let server = try await Server(
            [
                "/version": [
                    broken(["ETag": "\"old\""]),
                    Step(headers: Self.etag, size: Self.size, ranged: true),
                ],
                "/unnamed": [broken([:]), Step(size: Self.size, ranged: true)],
                "/address": [broken(Self.etag)],
                "/other": [Step(headers: Self.etag, size: Self.size, ranged: true)],
            ], attempts: 1)
        for (first, second) in [
            ("/version", "/version"), ("/unnamed", "/unnamed"), ("/address", "/other"),
        ] {
            let name = String(first.dropFirst())
            _ = await failure { _ = try await store(server, server.data.part(of: name), first) }
            #expect(try server.data.part(of: name).length == 500_000)
            let stored = try await store(server, server.data.part(of: name), second)
            #expect(stored.sha256 == Digest.sha256(whole), "\(first)")
        }
    }

    @Test("a rest that belongs to another whole is thrown away")
    func noticesMixtures() async throws {
        let wrong = ["Content-Range": "bytes 7-99/100"]
        let server = try await Server([
            "/a": [
                Step(headers: Self.etag, size: Self.size, cut: 1000),
                Step(status: 206, headers: wrong, body: "not the rest"),
                Step(headers: Self.etag, size: Self.size, ranged: true),
            ]
        ])
        let stored = try await store(server, server.data.part(of: "a"))
        #expect(stored.sha256 == Digest.sha256(whole))
        #expect(try await server.seen().map { $0.headers["range"] } == [nil, "bytes=1000-", nil])
    }

    @Test(
        "a 206 that nobody asked for is the whole, by its range or without one",
        arguments: ["bytes 0-2999999/3000000", "bytes 0-2999999/*", ""])
    func partialUnasked(range: String) async throws {
        let headers = Self.etag.merging(["Content-Range": range]) { $1 }
        let server = try await Server([
            "/a": [Step(status: 206, headers: headers, size: Self.size)]
        ])
        let stored = try await store(server, server.data.part(of: "a"))
        #expect(stored.sha256 == Digest.sha256(whole))
        #expect(stored.beginning == Array(whole.prefix(512)))
        #expect(try await server.seen().count == 1)
    }

    @Test("of a 206 with only the start, the rest is asked for at once, however often")
    func piecewise() async throws {
        let size = 40_000
        let first = Self.etag.merging(["Content-Range": "bytes 0-999/\(size)"]) { $1 }
        let server = try await Server(
            [
                "/a": [Step(status: 206, headers: first, size: 1000)]
                    + (1..<20).map {
                        Step(
                            status: 206,
                            headers: Self.etag.merging([
                                "Content-Range": "bytes \($0 * 1000)-\($0 * 1000 + 999)/\(size)"
                            ]) { $1 },
                            body: String(
                                decoding: Self.ascii($0 * 1000, 1000), as: UTF8.self))
                    } + [Step(headers: Self.etag, size: size, ranged: true)]
            ], attempts: 1)
        let stored = try await store(server, server.data.part(of: "a"))
        #expect(stored.bytes == size)
        let ranges = try await server.seen().map { $0.headers["range"] }
        #expect(ranges == [nil] + (1...20).map { "bytes=\($0 * 1000)-" })
    }

    private static func ascii(_ start: Int, _ count: Int) -> [UInt8] {
        (start..<(start + count)).map { UInt8($0 % 97 + 30) }
    }

    @Test("a 206 from another place, or of several ranges, is not the whole")
    func notTheStart() async throws {
        let middle = Self.etag.merging(["Content-Range": "bytes 5-9/10"]) { $1 }
        let several = ["Content-Type": "multipart/byteranges; boundary=x"]
        for headers in [middle, several] {
            let server = try await Server(
                ["/a": [Step(status: 206, headers: headers, size: 5)]], attempts: 2)
            let part = try server.data.part(of: "a")
            let failure = await failure { _ = try await store(server, part) }
            #expect(failure?.scope == .temporary && failure?.kind == .badResponse)
            #expect(part.length == 0)
            #expect(try await server.seen().count == 2)
        }
    }

    @Test("a success that is not what was asked for is dropped and asked for again")
    func unexpected() async throws {
        let page = Step(headers: ["Content-Type": "text/html"], body: "<html>")
        let server = try await Server([
            "/a": [page, page, Step(headers: Self.etag, size: Self.size)],
            "/b": [page],
        ])
        let audio = Download.Expectation("audio") { !$0.isText }
        let part = try server.data.part(of: "a")
        let download = try await server.client.download(
            server.get("/a"), to: part, limit: 1 << 24, expecting: audio)
        guard case .stored(let body) = download else {
            return #expect(Bool(false), "a page was stored")
        }
        #expect(body.sha256 == Digest.sha256(whole))
        #expect(try await server.seen().count == 3)
        let other = try server.data.part(of: "b")
        let failure = await failure {
            _ = try await server.client.download(
                server.get("/b"), to: other, limit: 1 << 24, expecting: audio)
        }
        #expect(failure?.scope == .temporary && failure?.kind == .badResponse)
        #expect(failure?.message.hasSuffix("it is not audio") == true)
        #expect(other.length == 0)
        #expect(try await server.seen().count == 8)
    }

    @Test("a part that was whole already costs no request")
    func findsWhole() async throws {
        let server = try await Server(["/a": [Step(headers: Self.etag, size: Self.size)]])
        _ = try await store(server, server.data.part(of: "a"))
        let stored = try await store(server, server.data.part(of: "a"))
        #expect(stored.sha256 == Digest.sha256(whole))
        #expect(stored.contentType == "audio/mpeg")
        #expect(try await server.seen().count == 1)
    }

    @Test("a part that is longer than the whole is begun anew")
    func outgrown() async throws {
        let server = try await Server([
            "/a": [Step(headers: Self.etag, size: Self.size, ranged: true)]
        ])
        let part = try server.data.part(of: "a")
        let source = Digest.sha256(Array((server.url + "/a").utf8))
        try part.begin(.init(source: source, etag: "\"one\""))
        try part.append(whole + [1])
        #expect(try await store(server, part).sha256 == Digest.sha256(whole))
        #expect(try await server.seen().count == 2)
    }

    @Test("another status than success comes back and writes nothing")
    func refuses() async throws {
        let server = try await Server(["/a": [Step(status: 404, body: "gone")]])
        let part = try server.data.part(of: "a")
        guard
            case .refused(let response) = try await server.client.download(
                server.get("/a"), to: part, limit: 100)
        else { return #expect(Bool(false), "a 404 was stored") }
        #expect(response.status == 404)
        #expect(response.body == Array("gone".utf8))
        #expect(part.length == 0)
    }

    @Test("more than the limit is refused, told or not", arguments: [true, false])
    func limits(isTold: Bool) async throws {
        let headers = isTold ? [:] : ["Content-Length": "", "Connection": "close"]
        let server = try await Server([
            "/a": [Step(headers: headers, size: Self.size, cut: isTold ? nil : Self.size)]
        ])
        let part = try server.data.part(of: "a")
        let failure = await failure {
            _ = try await server.client.download(server.get("/a"), to: part, limit: 1_000_000)
        }
        #expect(failure?.scope == .item)
        #expect(part.length <= 1_000_000)
    }

    @Test("a cancelled task ends a transfer that stands still")
    func cancels() async throws {
        let (events, told) = AsyncStream.makeStream(of: Void.self)
        let server = try await Server(["/a": [Step(size: 1000, hang: 500)]]) { event in
            if case .bytes = event { told.yield() }
        }
        let (client, request) = (server.client, server.get("/a"))
        let part = try server.data.part(of: "a")
        let task = Task {
            await failure { _ = try await client.download(request, to: part, limit: 5000) }
        }
        var arrivals = events.makeAsyncIterator()
        await arrivals.next()
        task.cancel()
        #expect(await task.value?.scope == .stop)
    }

    private func store(
        _ server: Server, _ part: PartFile, _ path: String = "/a"
    ) async throws -> Download.Body {
        let download = try await server.client.download(server.get(path), to: part, limit: 1 << 24)
        guard case .stored(let stored) = download else {
            throw Failure(.item, .badResponse, "store it")
        }
        return stored
    }
}

@Suite("Content-Range")
struct ContentRangeTests {
    @Test("only a range that makes sense is one")
    func reads() {
        #expect(ContentRange("bytes 4-9/10")?.start == 4)
        #expect(ContentRange("bytes 4-9/*")?.total == nil)
        for text in [
            "", "bytes */10", "bytes 9-4/10", "bytes 4-10/10", "items 0-1/2", "bytes 0-1/x",
        ] {
            #expect(ContentRange(text) == nil, "\(text)")
        }
    }
}
