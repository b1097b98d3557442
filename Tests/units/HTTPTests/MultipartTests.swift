// MultipartTests: forms, as the standard library of another language reads them.
import Crypto
import Files
import Foundation
import Records
import Testing

@testable import HTTP

@Suite("Forms")
struct MultipartTests {
    /// A form as one piece.
    private func bytes(_ form: Multipart) -> [UInt8] {
        guard case .parts(let parts) = form.body else { return [] }
        return parts.flatMap { part -> [UInt8] in
            if case .bytes(let bytes) = part { bytes } else { [] }
        }
    }

    private func boundary(_ form: Multipart) -> String {
        form.header.value.components(separatedBy: "boundary=").last ?? ""
    }

    @Test("fields and a file stand between boundaries, in their order")
    func fields() {
        var form = Multipart()
        form.add("model", "whisper-1")
        form.add("timestamp_granularities[]", "word")
        form.add("timestamp_granularities[]", "segment")
        form.add("file", [.bytes([1]), .bytes([2, 3])], file: "0.wav", type: "audio/wav")
        let line = "--\(boundary(form))\r\nContent-Disposition: form-data; name="
        let text =
            line + "\"model\"\r\n\r\nwhisper-1\r\n"
            + line + "\"timestamp_granularities[]\"\r\n\r\nword\r\n"
            + line + "\"timestamp_granularities[]\"\r\n\r\nsegment\r\n"
            + line + "\"file\"; filename=\"0.wav\"\r\nContent-Type: audio/wav\r\n\r\n"
            + "\u{1}\u{2}\u{3}\r\n--\(boundary(form))--\r\n"
        #expect(String(decoding: bytes(form), as: UTF8.self) == text)
        #expect(form.body.length == text.utf8.count)
    }

    @Test("no value leaves its quotes, and no two forms have one boundary")
    func quoting() {
        var form = Multipart()
        form.add("a\"; b=\"c\r\nX-Evil: 1", "line\r\nline")
        let text = String(decoding: bytes(form), as: UTF8.self)
        #expect(text.contains("name=\"a%22; b=%22c%0D%0AX-Evil: 1\"\r\n\r\nline\r\nline\r\n"))
        #expect(boundary(form) != boundary(Multipart()))
        #expect(boundary(form).utf8.count < 70)
    }

    @Test("a range of a file is sent in its place, at once and without asking for leave")
    func file() async throws {
        let server = try await Server(["/a": [Step(status: 200)]])
        let content = Server.pattern(2_000_000)
        try server.data.write(content, to: "file")
        let path = try server.data.absolutePath(of: "file")
        func form(_ part: Request.Part) -> Multipart {
            var form = Multipart()
            form.add("file", [.bytes([7]), part], file: "0.wav", type: "audio/wav")
            return form
        }
        let sent = form(.file(path: path, offset: 50, length: 1_500_000))
        let request = Request(
            .post, server.url + "/a", headers: [sent.header], body: sent.body,
            timeout: .seconds(60))
        #expect(try await server.client.send(request).status == 200)
        guard case .parts(let parts) = sent.body else { return }
        let whole = parts.flatMap { part -> [UInt8] in
            if case .bytes(let bytes) = part { bytes } else { Array(content[50..<1_500_050]) }
        }
        let seen = try #require(await server.seen().first)
        #expect(seen.length == whole.count && seen.sha256 == Digest.sha256(whole))
        #expect(seen.headers["content-type"] == sent.header.value)
        #expect(seen.headers["expect"] == nil)
    }
}
