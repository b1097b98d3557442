// Response: an answer to the web server: its status, its headers and its body.
internal import Crypto
public import Records

/// An answer.
public struct Response: Sendable {
    /// A header.
    public struct Header: Sendable, Equatable {
        /// Its name, such as `ETag`.
        public let name: String
        /// Its value; line ends in it are left out when it is written.
        public let value: String

        /// Makes a header.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The content.
    public enum Body: Sendable {
        /// Text that is there.
        case bytes([UInt8])
        /// A part of a file.
        case file(FilePart)
        /// A file that the server sends, by a header.
        case byServer
    }

    /// The status, such as 200.
    public var status: Int
    /// The headers but for those that every answer has.
    public var headers: [Header]
    /// The content.
    public var body: Body

    /// Makes an answer.
    ///
    /// - Parameters:
    ///   - status: The status, such as 200.
    ///   - type: The media type.
    ///   - body: The content.
    ///   - isKept: True when a client may keep it, and asks if it is still the same; else no one may.
    public init(_ status: Int, _ type: String, _ body: Body, isKept: Bool = false) {
        self.status = status
        self.body = body
        headers = [
            Header("Content-Type", type),
            Header("Cache-Control", isKept ? "private, no-cache" : "no-store"),
        ]
    }

    /// A JSON value that is always made anew.
    public static func json(_ value: JSON, status: Int = 200) -> Response {
        Response(status, "application/json", .bytes(value.bytes + [0x0A]))
    }

    /// A JSON value that a client may keep; without a body when the client has it.
    public static func json(_ value: JSON, for request: Request) -> Response {
        let bytes = value.bytes + [0x0A]
        var response = Response(200, "application/json", .bytes(bytes), isKept: true)
        response.tag("\"\(Digest.sha256(bytes).prefix(32))\"", for: request)
        return response
    }

    /// Adds an entity tag; when the client has that content, the answer becomes a 304.
    public mutating func tag(_ tag: String, for request: Request) {
        headers.append(Header("ETag", tag))
        guard request.isSafe, let known = request.header("If-None-Match"),
            Response.lists(known, tag)
        else { return }
        status = 304
        headers.removeAll { $0.name == "Content-Type" }
        body = .bytes([])
    }

    /// True when a list of entity tags has that one, by the weak comparison of RFC 9110.
    private static func lists(_ known: String, _ tag: String) -> Bool {
        known.split(separator: ",").contains { entry in
            let word = entry.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            let text = String(word)
            return text == "*" || text == tag || text == "W/\(tag)"
        }
    }

    /// The header of that name.
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// The headers that keep a browser from guessing, framing and running anything.
    private static let protection = [
        Header("X-Content-Type-Options", "nosniff"),
        Header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        Header("Cross-Origin-Resource-Policy", "same-origin"),
        Header("Referrer-Policy", "no-referrer"),
    ]

    /// The number of bytes of the body; `nil` when the server knows it.
    private var length: Int? {
        switch body {
        case .bytes(let bytes): status == 304 || status == 204 ? nil : bytes.count
        case .file(let part): part.count
        case .byServer: nil
        }
    }

    /// The status, the headers and the empty line.
    public var head: [UInt8] {
        var lines = ["Status: \(status)"]
        var all = headers
        for header in Response.protection where self.header(header.name) == nil {
            all.append(header)
        }
        if let length { all.append(Header("Content-Length", "\(length)")) }
        for header in all {
            let value = header.value.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
            lines.append("\(header.name): \(String(String.UnicodeScalarView(value)))")
        }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }
}
