// AddressTests: addresses, read so strictly that nobody can read them otherwise.
import Records
import Testing

@testable import HTTP

@Suite("Addresses")
struct AddressTests {
    @Test("hosts are compared without case or usual port")
    func origins() throws {
        let one = try #require(Address("HTTPS://Media.Example.com:443/x"))
        let other = try #require(Address("https://media.example.com"))
        #expect(one.hasSameOrigin(as: other))
        #expect(one.isWithin("example.com"))
        #expect(Address("https://evilexample.com/")?.isWithin("example.com") == false)
        #expect(Address("https://media.example.com:8443/")?.port == 8443)
        #expect(Address("https://gpu_box/")?.host == "gpu_box")
    }

    @Test("this machine is told from others")
    func loopback() {
        #expect(Address("http://[::1]:8080/a")?.isLoopback == true)
        #expect(Address("http://127.0.0.1:8080?x")?.isPrivate == true)
        #expect(Address("http://localhost/")?.isPrivate == true)
        #expect(Address("http://media.example.com/")?.isPrivate == false)
        #expect(Address("http://127.0.0.1.evil.example/")?.isLoopback == false)
    }

    @Test(
        "a text that two readers could understand differently is no address",
        arguments: [
            "", "media.example.com", "ftp://example.com/", "https:///x", "https://",
            "https://media.example.com@evil.example/", "https://evil.example\\@example.com/",
            "https://example.com:/", "https://example.com:0/", "https://example.com:99999/",
            "https://ex ample.com/", "https://example.com\n.evil.example/",
            "https://example.com:443@evil.example/", "https://[::1]evil/", "https://\u{FF52}.com/",
            "https://%65vil.example/", "https:example.com", "https:/example.com",
            "https://user:secret@example.com/", "https://a:1:2/",
        ])
    func ambiguous(_ text: String) {
        #expect(Address(text) == nil)
    }

    @Test("a base address has no slash at its end, and no query")
    func base() throws {
        func base(_ text: String) throws(Failure) -> String {
            try Address.base(text, of: "X_URL", example: "https://x.example/v1")
        }
        #expect(try base("https://x.example//") == "https://x.example")
        #expect(try base("http://gpu-box:8000/v1") == "http://gpu-box:8000/v1")
        for text in ["https://x.example/?a=1", "https://x.example/#a", "https://u:p@x/", "x"] {
            let failure = #expect(throws: Failure.self) { try base(text) }
            #expect(failure?.scope == .stop && failure?.kind == .configuration)
            #expect(failure?.message.contains("X_URL") == true)
            #expect(failure?.description.contains("u:p") == false)
        }
    }
}
