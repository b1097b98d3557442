// TrustTests: TLS, and what is said when a certificate is not trusted.
import Foundation
import Records
import TestSupport
import Testing

@testable import HTTP

@Suite("Trust")
struct TrustTests {
    @Test("a certificate is trusted if its authority is in the bundle, and by nothing else")
    func trusts() async throws {
        let place = TemporaryDirectory()
        let certificate = place["both.pem"]
        try certify(certificate)
        let server = try await Server(["/a": [Step(body: "x")]], certificate: certificate)
        #expect(try await server.client.send(server.get("/a")).body == Array("x".utf8))

        let stranger = try Client(Client.Settings())
        let failure = await failure { _ = try await stranger.send(server.get("/a")) }
        #expect(failure?.scope == .stop)
        #expect(failure?.kind == .network)
        #expect(failure?.remedy.contains("CURL_CA_BUNDLE") == true)
        #expect(try await server.seen().count == 1)
    }

    @Test("a look at a connection tells its steps, the clock, and the end of the certificate")
    func probes() async throws {
        let place = TemporaryDirectory()
        let certificate = place["both.pem"]
        try certify(certificate)
        let server = try await Server(
            ["/a": [Step(status: 404, body: "x")]], certificate: certificate)
        var settings = Client.Settings()
        settings.caFile = certificate
        let probe = try ConnectionProbe(of: server.url + "/a", settings)
        #expect(probe.status == 404)
        #expect(0 < probe.connected && probe.connected <= probe.secured)
        #expect(probe.secured <= probe.firstByte)
        let left = try #require(probe.certificateEnd).seconds - Timestamp.now.seconds
        #expect((1.9 * 86_400...2 * 86_400).contains(left))

        let plain = try await Server(["/a": [Step(body: "x")]])
        let open = try ConnectionProbe(of: plain.url + "/a", Client.Settings())
        #expect(open.status == 200 && open.secured == 0 && open.certificateEnd == nil)
        let stranger = #expect(throws: Failure.self) {
            try ConnectionProbe(of: server.url + "/a", Client.Settings())
        }
        #expect(stranger?.remedy.contains("CURL_CA_BUNDLE") == true)
    }

    @Test("a bundle that is not there is a wrong setting")
    func missesBundles() async throws {
        let settings = try Client.Settings(Environment(["CURL_CA_BUNDLE": "/nowhere.pem"]))
        let client = try Client(settings)
        let place = TemporaryDirectory()
        let certificate = place["both.pem"]
        try certify(certificate)
        let server = try await Server([:], certificate: certificate)
        let failure = await failure { _ = try await client.send(server.get("/a")) }
        #expect(failure?.kind == .configuration)
        #expect(failure?.remedy.contains("CURL_CA_BUNDLE") == true)
    }

    /// A key and its certificate, signed by itself, in one file.
    private func certify(_ path: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path, "-out", path + ".crt",
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let key = try Data(contentsOf: URL(filePath: path))
        let certificate = try Data(contentsOf: URL(filePath: path + ".crt"))
        try (key + certificate).write(to: URL(filePath: path))
    }
}
