// RedirectTests: where a request may go, and what goes along.
import Records
import Testing

@testable import HTTP

@Suite("Addresses and redirects")
struct RedirectTests {
    @Test(
        "http is for this machine",
        arguments: [
            "http://example.com/", "http://127.0.0.1.example.com/", "http://10.0.0.1/",
            "HTTP://EXAMPLE.COM", "http://localhost.example.com/", "http://1270.0.0.1/",
        ])
    func refusesPlainText(url: String) {
        let failure = #expect(throws: Failure.self) { try Address(request: url) }
        #expect(failure?.scope == .stop)
        #expect(failure?.kind == .configuration)
    }

    @Test(
        "this machine has several names",
        arguments: [
            "http://127.0.0.1:8080/", "http://localhost/", "http://[::1]:80/",
            "https://example.com",
        ])
    func accepts(url: String) throws {
        _ = try Address(request: url)
    }

    @Test(
        "what is no address, or carries a password, is refused without being told",
        arguments: ["", "ftp://127.0.0.1/x", "https://user:secret@example.com/", "https://a b/"])
    func refuses(url: String) {
        let failure = #expect(throws: Failure.self) { try Address(request: url) }
        #expect(failure?.description.contains("secret") == false)
    }

    @Test("http is for this machine and for hosts that are named, and takes no key to those")
    func plainHosts() throws {
        #expect(throws: Failure.self) { try Address(request: "http://gpu-box:8000/v1") }
        let settings = try Client.Settings(
            Environment(["CALLPIPE_HTTP_HOSTS": "GPU-box, 10.0.0.7"]))
        #expect(settings.plainHosts == ["gpu-box", "10.0.0.7"])
        let named = try Address(request: "http://Gpu-Box:8000/v1", plainHosts: settings.plainHosts)
        #expect(throws: Failure.self) {
            try Address(request: "http://gpu-box.example/", plainHosts: ["gpu-box"])
        }
        let failure = #expect(throws: Failure.self) { try named.checkIsSafeForSecrets() }
        #expect(failure?.scope == .stop)
        try Address(request: "http://127.0.0.1:8000/").checkIsSafeForSecrets()
        try Address(request: "https://gpu-box/").checkIsSafeForSecrets()
        #expect(Request(.get, "x", headers: [Header("AUTHORIZATION", "Token k")]).isSecret)
        #expect(Request(.get, "x").isSecret == false)
    }

    @Test("a redirect never leads from https to http")
    func staysEncrypted() throws {
        let address = try #require(Address("https://example.com/a/b"))
        for place in ["http://127.0.0.1/", "http://example.org/", "ftp://example.com/", "//:x"] {
            #expect(address.following(place) == nil, "\(place)")
        }
        #expect(address.following("/c?d")?.text == "https://example.com/c?d")
        #expect(address.following("//other.org/")?.hasSameOrigin(as: address) == false)
        #expect(address.following("https://EXAMPLE.com:443/")?.hasSameOrigin(as: address) == true)
    }

    @Test("one bad redirect does not stop the line")
    func badRedirect() async throws {
        for place in ["http://example.org/", "ftp://127.0.0.1/", "http://:x/"] {
            let server = try await Server([
                "/a": [Step(status: 302, headers: ["Location": place])]
            ])
            let failure = await failure { _ = try await server.client.send(server.get("/a")) }
            #expect(failure?.scope == .temporary && failure?.kind == .badResponse)
        }
    }

    @Test("credentials stay with their host, and never come back")
    func keepsCredentials() async throws {
        let foreign = try await Server([:])
        let home = try await Server([
            "/a": [Step(status: 302, headers: ["Location": "/b"])],
            "/b": [Step(status: 307, headers: ["Location": foreign.url + "/c"])],
            "/d": [Step(body: "done")],
        ])
        let script = "{\"/c\":[{\"status\":302,\"headers\":{\"Location\":\"\(home.url)/d\"}}]}"
        _ = try await foreign.client.send(
            Request(.post, foreign.url + "/_script", body: .bytes(Array(script.utf8))))
        var request = Request(
            .get, home.url + "/a",
            headers: [Header("X-API-Key", "key"), Header("Accept", "audio/*")])
        request.bearer = "secret"
        #expect(try await home.client.send(request).body == Array("done".utf8))
        let (there, here) = (try await foreign.seen(), try await home.seen())
        #expect(here.map(\.path) == ["/a", "/b", "/d"])
        #expect(
            here.map { $0.headers["authorization"] } == ["Bearer secret", "Bearer secret", nil])
        #expect(there.map(\.path) == ["/c"])
        #expect(there.first?.headers["authorization"] == nil)
        #expect(there.first?.headers["x-api-key"] == nil)
        #expect(there.first?.headers["accept"] == "audio/*")
    }

    @Test("redirects in a ring end")
    func ends() async throws {
        let server = try await Server(["/a": [Step(status: 302, headers: ["Location": "/a"])]])
        let failure = await failure { _ = try await server.client.send(server.get("/a")) }
        #expect(failure?.kind == .badResponse)
        #expect(try await server.seen().count == 6)
    }

    @Test("what is sent is not sent on")
    func leavesUploads() async throws {
        let server = try await Server(["/a": [Step(status: 308, headers: ["Location": "/b"])]])
        let request = Request(.put, server.url + "/a", body: .bytes([1]))
        let response = try await server.client.send(request)
        #expect(response.status == 308)
        #expect(response.header("location") == "/b")
    }
}
