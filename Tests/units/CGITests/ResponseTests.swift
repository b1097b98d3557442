// ResponseTests: the headers of answers, entity tags and ranges.
import CGI
import Testing

@Suite struct ResponseTests {
    private func request(_ headers: [String: String], method: String = "GET") throws -> Request {
        try Request(
            headers.merging(["REQUEST_METHOD": method, "REQUEST_URI": "/"]) { $1 })
    }

    @Test("a client that has the content gets 304 without a body")
    func tags() throws {
        func status(_ known: String?, method: String = "GET") throws -> Int {
            var response = Response(200, "text/plain", .bytes([1]), isKept: true)
            let headers = known.map { ["HTTP_IF_NONE_MATCH": $0] } ?? [:]
            response.tag("\"a\"", for: try request(headers, method: method))
            return response.status
        }
        #expect(try status(nil) == 200)
        for known in ["\"a\"", "W/\"a\"", "*", "\"b\", \"a\"", "\"b\",W/\"a\" "] {
            #expect(try status(known) == 304, "\(known)")
            #expect(try status(known, method: "HEAD") == 304)
            #expect(try status(known, method: "PUT") == 200)
        }
        for other in ["\"b\"", "a", "", "\"aa\""] { #expect(try status(other) == 200, "\(other)") }
    }

    @Test("a header has no line ends, and every answer is protected")
    func head() {
        var response = Response(200, "text/plain", .bytes([65]))
        response.headers.append(.init("X-Test", "a\r\nSet-Cookie: b\u{0}"))
        let head = String(decoding: response.head, as: UTF8.self)
        #expect(head.hasPrefix("Status: 200\r\nContent-Type: text/plain\r\n"))
        #expect(head.contains("X-Test: aSet-Cookie: b\r\n"))
        #expect(head.contains("Content-Security-Policy: default-src 'none'"))
        #expect(head.contains("Cache-Control: no-store\r\n"))
        #expect(head.hasSuffix("Content-Length: 1\r\n\r\n"))
        #expect(!head.contains("Access-Control"))
    }

    @Test("a problem is an object of RFC 9457")
    func problem() throws {
        let response = Problem(.conflict, "It \"is\" so.", headers: [.init("Retry-After", "5")])
            .response
        #expect(response.status == 409 && response.header("Retry-After") == "5")
        #expect(response.header("Content-Type") == "application/problem+json")
        guard case .bytes(let bytes) = response.body else { throw Problem(.internal, "") }
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"type":"about:blank","title":"Conflict","status":409,"#
                + #""detail":"It \"is\" so."}"# + "\n")
    }

    @Test("a range is a part, beyond the file, or the whole")
    func ranges() {
        func range(_ header: String?) -> ByteRange { ByteRange(header, of: 100) }
        #expect(range("bytes=0-") == .part(start: 0, count: 100))
        #expect(range("bytes=10-19") == .part(start: 10, count: 10))
        #expect(range("bytes=90-500") == .part(start: 90, count: 10))
        #expect(range("bytes=-10") == .part(start: 90, count: 10))
        #expect(range("bytes=-500") == .part(start: 0, count: 100))
        #expect(range("bytes=99-99999999999999999999") == .part(start: 99, count: 1))
        for header in ["bytes=100-", "bytes=500-600", "bytes=-0", "bytes=99999999999999999999-"] {
            #expect(range(header) == .beyond, "\(header)")
        }
        for header in [
            nil, "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-1", "bytes=0-1,5-6",
            "items=0-1", "bytes=0--1", "bytes= 0-1",
        ] {
            #expect(range(header) == .whole, "\(header ?? "none")")
        }
        #expect(ByteRange("bytes=0-", of: 0) == .beyond)
    }
}
