// SendTests: one exchange after another, when the service behaves and when it does not.
import Crypto
import Foundation
import Records
import Synchronization
import Testing

@testable import HTTP

@Suite("Sending")
struct SendTests {
    @Test("a request goes out as it is and the reply comes back as it is")
    func exchanges() async throws {
        let server = try await Server([
            "/a": [Step(status: 201, headers: ["X-Thing": "1"], body: "{\"a\":2}")]
        ])
        var request = Request(
            .post, server.url + "/a?b=%2F", headers: [Header("Content-Type", "text/plain")],
            body: .bytes(Array("hello".utf8)))
        request.bearer = "secret"
        let response = try await server.client.send(request)
        #expect(response.status == 201)
        #expect(response.header("x-thing") == "1")
        #expect(try response.decode([String: Int].self) == ["a": 2])
        let seen = try #require(try await server.seen().first)
        #expect(seen.method == "POST")
        #expect(seen.path == "/a?b=%2F")
        #expect(seen.sha256 == Digest.sha256(Array("hello".utf8)))
        #expect(seen.headers["authorization"] == "Bearer secret")
        #expect(seen.headers["content-type"] == "text/plain")
        #expect(seen.headers["expect"] == nil)
        #expect(seen.headers["transfer-encoding"] == nil)
    }

    @Test("one connection serves request after request")
    func reusesConnections() async throws {
        let server = try await Server(["/a": [Step(body: "x")]])
        for _ in 0..<5 { _ = try await server.client.send(server.get("/a")) }
        #expect(Set(try await server.seen().map(\.connection)).count == 1)
    }

    @Test("an empty body has its length told", arguments: [Method.put, .post, .patch])
    func sendsEmptyBodies(method: HTTP.Method) async throws {
        let server = try await Server(["/a": [Step(status: 308)]])
        let response = try await server.client.send(Request(method, server.url + "/a"))
        #expect(response.status == 308)
        let seen = try #require(try await server.seen().first)
        #expect(seen.method == method.rawValue)
        #expect(seen.headers["content-length"] == "0")
    }

    @Test("deleting needs no body")
    func deletes() async throws {
        let server = try await Server(["/a": [Step(status: 204)]])
        #expect(try await server.client.send(Request(.delete, server.url + "/a")).status == 204)
        #expect(try await server.seen().map(\.method) == ["DELETE"])
    }

    @Test(
        "temporary statuses and broken connections are tried again",
        arguments: [
            Step(status: 500), Step(status: 503, headers: ["Retry-After": "0"]), Step(status: 429),
            Step(status: 408), Step(body: "hello", reset: 0), Step(body: "hello", cut: 2),
        ])
    func retries(fault: Step) async throws {
        let server = try await Server(["/a": [fault, fault, Step(body: "done")]])
        let request = Request(.put, server.url + "/a", body: .bytes(Array("same".utf8)))
        #expect(try await server.client.send(request).body == Array("done".utf8))
        let seen = try await server.seen()
        #expect(seen.count == 3)
        #expect(seen.allSatisfy { $0.sha256 == Digest.sha256(Array("same".utf8)) })
    }

    @Test("the last answer comes back once the attempts are used up")
    func givesUp() async throws {
        let server = try await Server(["/a": [Step(status: 503, body: "why")]], attempts: 3)
        let response = try await server.client.send(server.get("/a"))
        #expect(response.status == 503)
        #expect(response.body == Array("why".utf8))
        #expect(try await server.seen().count == 3)
    }

    @Test("what is no failure of the moment is not tried again", arguments: [400, 401, 404, 409])
    func answersAtOnce(status: Int) async throws {
        let server = try await Server(["/a": [Step(status: status)]])
        #expect(try await server.client.send(server.get("/a")).status == status)
        #expect(try await server.seen().count == 1)
    }

    @Test("a request can decline retries, or accept a status")
    func declinesRetries() async throws {
        let server = try await Server([
            "/a": [Step(status: 503)], "/b": [Step(status: 503)], "/c": [Step(body: "x", reset: 0)],
        ])
        var request = server.get("/a")
        request.isRetried = false
        #expect(try await server.client.send(request).status == 503)
        request = server.get("/b")
        request.acceptedStatuses = [503]
        #expect(try await server.client.send(request).status == 503)
        request = server.get("/c")
        request.isRetried = false
        let declined = request
        let failure = await failure { _ = try await server.client.send(declined) }
        #expect(failure?.scope == .temporary)
        #expect(try await server.seen().count == 3)
    }

    @Test("a connection that always breaks is a failure of this record")
    func breaks() async throws {
        let server = try await Server(["/a": [Step(body: "hello", reset: 1)]], attempts: 2)
        let failure = await failure { _ = try await server.client.send(server.get("/a")) }
        #expect(failure?.scope == .temporary)
        #expect(failure?.kind == .network)
        #expect(failure?.message.contains("127.0.0.1") == true)
    }

    @Test("a service that is down stops the line")
    func stopsWhenDown() async throws {
        let client = try Client(quick(attempts: 2))
        // Port 1 of the loopback address is nobody's.
        let failure = await failure {
            _ = try await client.send(Request(.get, "http://127.0.0.1:1/private?token=x"))
        }
        #expect(failure?.scope == .stop)
        #expect(failure?.kind == .network)
        #expect(failure?.message.contains("private") == false)
        #expect(failure?.message.contains("Connection refused") == true)
    }

    @Test("a silent service is a timeout")
    func timesOut() async throws {
        let server = try await Server(["/a": [Step(body: "hello", hang: 0)]], attempts: 1)
        var request = server.get("/a")
        request.timeout = .milliseconds(50)
        let impatient = request
        let failure = await failure { _ = try await server.client.send(impatient) }
        #expect(failure?.scope == .temporary)
        #expect(failure?.kind == .timeout)
    }

    @Test("a body beyond the limit is refused, an error's body is cut")
    func capsBodies() async throws {
        let server = try await Server([
            "/a": [Step(size: 9 << 20)], "/b": [Step(status: 400, size: 3 << 20)],
        ])
        let failure = await failure { _ = try await server.client.send(server.get("/a")) }
        #expect(failure?.kind == .badResponse)
        let response = try await server.client.send(server.get("/b"))
        #expect(response.body == Server.pattern(1 << 20))
    }

    @Test("a reply that is no JSON is told without its text")
    func hidesBodies() {
        let response = Response(status: 200, body: Array("{\"access_token\":\"abc\"".utf8))
        let failure = #expect(throws: Failure.self) { try response.decode([String: String].self) }
        #expect(failure?.kind == .badResponse)
        #expect(failure?.description.contains("abc") == false)
    }

    @Test("a line end in a header is refused", arguments: ["a\r\nX: y", "a\nb", "a\u{0}"])
    func refusesInjection(value: String) async throws {
        let client = try Client(quick())
        let request = Request(.get, "http://127.0.0.1:1/", headers: [Header("X-Id", value)])
        let failure = await failure { _ = try await client.send(request) }
        #expect(failure?.scope == .item)
    }

    @Test("many tasks share the one thread")
    func runsAtOnce() async throws {
        let server = try await Server(["/a": [Step(size: 100_000)]])
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<32 {
                let (client, request) = (server.client, server.get("/a"))
                group.addTask { try await client.send(request).body.count }
            }
            for try await count in group { #expect(count == 100_000) }
        }
    }

    private func quick(attempts: Int = 1) -> Client.Settings {
        var settings = Client.Settings()
        settings.attempts = attempts
        settings.backoff = 0.001
        return settings
    }
}
