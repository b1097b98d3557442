// RequestTests: what a web server passes on, read as RFC 3875 and RFC 3986 mean it.
import CGI
import Testing

@Suite struct RequestTests {
    private func request(_ address: String, _ query: String = "") throws(Problem) -> Request {
        try Request(
            ["REQUEST_METHOD": "GET", "REQUEST_URI": address, "QUERY_STRING": query])
    }

    private func status(_ address: String, _ query: String = "") -> Int? {
        do {
            _ = try request(address, query)
            return nil
        } catch {
            return error.status.rawValue
        }
    }

    @Test("the path comes from the address as it was sent, part by part")
    func path() throws {
        #expect(
            try request("/api/v1/recordings/rc%3A1/stream?x=/y").path
                == ["api", "v1", "recordings", "rc:1", "stream"])
        #expect(try request("/api/a%2Fb").path == ["api", "a/b"])
        #expect(try request("/api/").path == ["api"])
        #expect(try request("/").path == [])
        #expect(try request("/a//b").path == ["a", "", "b"])
        #expect(try request("/h%C3%A9").path == ["hé"])
        let folded = try Request([
            "REQUEST_METHOD": "HEAD", "SCRIPT_NAME": "/api", "PATH_INFO": "/health",
        ])
        #expect(folded.path == ["api", "health"] && folded.isSafe)
    }

    @Test(
        "a path that is broken or leaves its place is refused",
        arguments: [
            "/%", "/%4", "/%zz", "/%00", "/a%0a", "/%ff", "/..", "/a/../b", "/%2e%2e/etc", "/.",
            "http://other/", "", "x", "/\u{FFFD}", "/%7f", "/%c2%80", "/%ed%a0%80",
        ])
    func broken(_ address: String) {
        #expect(status(address) == 400)
    }

    @Test("a long address is too long, and not a fault")
    func long() {
        #expect(status("/" + String(repeating: "a", count: 8192)) == 414)
        #expect(status("/", String(repeating: "a", count: 8193)) == 414)
        #expect(status("/" + String(repeating: "a", count: 8191)) == nil)
    }

    @Test("a query is read by pairs, with plus and percent decoded")
    func query() throws {
        let query = try request("/", "search=a+b%26c&limit=10&&flag").query
        #expect(query["search"] == "a b&c" && query["limit"] == "10" && query["flag"] == "")
        #expect(query["none"] == nil)
        #expect(query.text == "?search=a%20b%26c&limit=10&flag=")
        for text in ["a=1&a=2", "a=%", "%zz=1", "a=%ff", "a=%00", "a=1&%61=2"] {
            #expect(status("/", text) == 400, "\(text)")
        }
        #expect(throws: Problem.self) { try query.allow(["search", "limit"]) }
        try query.allow(["search", "limit", "flag"])
    }

    @Test("a method is a word")
    func method() {
        for method in ["", "GE T", "GET\r\n", String(repeating: "A", count: 33)] {
            #expect(throws: Problem.self) {
                try Request(["REQUEST_METHOD": method, "REQUEST_URI": "/"])
            }
        }
    }

    @Test("a body needs a length that is a number and not too large")
    func length() throws {
        func status(_ variables: [String: String]) throws -> Int? {
            let request = try Request(
                variables.merging(["REQUEST_METHOD": "PUT", "REQUEST_URI": "/"]) { $1 })
            do {
                _ = try request.body()
                return nil
            } catch {
                return error.status.rawValue
            }
        }
        #expect(try status([:]) == nil)
        #expect(try status(["HTTP_TRANSFER_ENCODING": "chunked"]) == 411)
        for length in ["-1", "1x", " 1", "+1", "0x10"] {
            #expect(try status(["CONTENT_LENGTH": length]) == 400, "\(length)")
        }
        for length in ["65537", "99999999999999999999"] {
            #expect(try status(["CONTENT_LENGTH": length]) == 413, "\(length)")
        }
    }
}
