// Multipart: a form with fields and files as the body of a request (RFC 7578).

/// A form as browsers send it, with fields and files in the order in which they are added.
///
/// A name may stand more than once, as `timestamp_granularities[]` does.
public struct Multipart: Sendable {
    private let boundary: String
    private var parts: [Request.Part] = []

    /// Begins an empty form.
    public init() {
        let random = UInt128.random(in: 0 ... .max)
        boundary = "callpipe-" + String(random, radix: 36)
    }

    /// Adds a text field.
    public mutating func add(_ name: String, _ value: String) {
        begin("form-data; name=\"\(Multipart.quoted(name))\"", type: nil)
        parts.append(.bytes(Array(value.utf8)))
        end()
    }

    /// Adds a file; its content may have several pieces, one after the other.
    ///
    /// - Parameters:
    ///   - name: The field's name.
    ///   - content: The bytes, from memory or from a file that is read while it is sent.
    ///   - file: The file's name as the service sees it; many services tell the format by its
    ///     suffix.
    ///   - type: The content type, such as `audio/wav`.
    public mutating func add(
        _ name: String, _ content: [Request.Part], file: String, type: String
    ) {
        begin(
            "form-data; name=\"\(Multipart.quoted(name))\"; filename=\"\(Multipart.quoted(file))\"",
            type: type)
        parts += content
        end()
    }

    /// The header that a request needs for the body.
    public var header: Header {
        Header("Content-Type", "multipart/form-data; boundary=\(boundary)")
    }

    /// The form so far as a body.
    public var body: Request.Body { .parts(parts + [.bytes(Array("--\(boundary)--\r\n".utf8))]) }

    private mutating func begin(_ disposition: String, type: String?) {
        var head = "--\(boundary)\r\nContent-Disposition: \(disposition)\r\n"
        if let type { head += "Content-Type: \(type)\r\n" }
        parts.append(.bytes(Array((head + "\r\n").utf8)))
    }

    private mutating func end() { parts.append(.bytes(Array("\r\n".utf8))) }

    /// A value as browsers write it (https://html.spec.whatwg.org, "multipart/form-data"): it
    /// cannot end its quotes or begin a new line.
    private static func quoted(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { quoted, scalar in
            switch scalar {
            case "\"": quoted += "%22"
            case "\r": quoted += "%0D"
            case "\n": quoted += "%0A"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
    }
}
