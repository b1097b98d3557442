// Request: one request of a web server, by the variables and the input of CGI/1.1.
internal import Glibc
internal import System

/// A request as RFC 3875 passes it on.
///
/// The words of the command line are not read: a server may put the query there.
public struct Request: Sendable {
    /// The method as it came, such as `GET`.
    public let method: String
    /// The parts of the path between slashes, decoded; a slash at the end adds none.
    public let path: [String]
    /// The parameters after the question mark.
    public let query: Query
    private let variables: [String: String]

    /// The longest path and the longest query in bytes.
    private static let longest = 8192

    /// Reads the variables.
    ///
    /// - Parameter variables: The environment of the program.
    /// - Throws: ``Problem`` for a request that cannot be understood.
    public init(_ variables: [String: String]) throws(Problem) {
        self.variables = variables
        method = variables["REQUEST_METHOD"] ?? ""
        guard ASCII.isWord(method, marks: "-_", lengths: 1...32) else {
            throw Problem(.badRequest, "The request has no method that could be read.")
        }
        path = try Request.path(of: variables)
        query = try Query(variables["QUERY_STRING"] ?? "", atMost: Request.longest)
    }

    /// The value of a header by its name, such as `If-None-Match`.
    public func header(_ name: String) -> String? {
        let key = name.uppercased().split(separator: "-").joined(separator: "_")
        return variables[key == "CONTENT_TYPE" ? key : "HTTP_\(key)"]
    }

    /// True for a request that came over TLS, as far as the web server tells.
    public var isEncrypted: Bool { variables["HTTPS"].map { $0 != "off" && !$0.isEmpty } ?? false }

    /// True for a request that changes nothing.
    public var isSafe: Bool { method == "GET" || method == "HEAD" }

    /// The path as the client sent it; else the one that the server has decoded.
    ///
    /// Servers fold dots and decode `%2F` in `PATH_INFO`, so that a name could not have a slash.
    private static func path(of variables: [String: String]) throws(Problem) -> [String] {
        if let address = variables["REQUEST_URI"], !address.isEmpty {
            let raw = address.prefix { $0 != "?" && $0 != "#" }
            return try parts(raw) { part throws(Problem) in
                try PercentCoding.text(part, of: "path")
            }
        }
        let whole = (variables["SCRIPT_NAME"] ?? "") + (variables["PATH_INFO"] ?? "")
        return try parts(whole[...]) { part throws(Problem) in
            try PercentCoding.checked(String(part), of: "path")
        }
    }

    private static func parts(
        _ path: Substring, _ decode: (Substring) throws(Problem) -> String
    ) throws(Problem) -> [String] {
        guard path.utf8.count <= longest else {
            throw Problem(.addressTooLong, "The path is longer than \(longest) bytes.")
        }
        guard path.utf8.first == UInt8(ascii: "/") else {
            throw Problem(.badRequest, "The path does not begin with a slash.")
        }
        var parts: [String] = []
        for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            let text = try decode(part)
            if text == "." || text == ".." {
                throw Problem(.badRequest, "The path has \".\" or \"..\" in it.")
            }
            parts.append(text)
        }
        if parts.last == "" { parts.removeLast() }
        return parts
    }
}

// The body.
extension Request {
    /// Reads the body.
    ///
    /// - Parameters:
    ///   - limit: The most bytes.
    ///   - seconds: The longest wait for all of it.
    /// - Returns: The bytes; none for a request without a body.
    /// - Throws: ``Problem`` for a body without a length, one that is too long or slow, and one that
    ///   ends before its length.
    public func body(atMost limit: Int = 64 << 10, within seconds: Int = 10) throws(Problem)
        -> [UInt8]
    {
        let length = try contentLength()
        guard length <= limit else {
            throw Problem(.tooLarge, "The body is longer than \(limit) bytes.")
        }
        var body: [UInt8] = []
        let deadline = ContinuousClock.now + .seconds(seconds)
        var chunk = [UInt8](repeating: 0, count: max(1, min(length, 64 << 10)))
        while body.count < length {
            let left = deadline - .now
            do throws(SystemError) {
                let wait = Int32(max(0, left / .milliseconds(1)))
                guard try Descriptor.wait(for: [(0, Int16(POLLIN))], milliseconds: wait)[0] != 0
                else { throw SystemError(code: Request.slow) }
                let count = try Descriptor.read(0, into: &chunk)
                if count == 0 { break }
                body += chunk[..<min(count, length - body.count)]
            } catch {
                guard error.code == Request.slow else {
                    throw Problem(.badRequest, "The body could not be read.")
                }
                throw Problem(.timeout, "The body did not come within \(seconds) seconds.")
            }
        }
        guard body.count == length else {
            throw Problem(.badRequest, "The body is shorter than its Content-Length.")
        }
        return body
    }

    /// Reads the body of a form.
    ///
    /// - Throws: ``Problem`` for another type, and for what cannot be decoded.
    public func form() throws(Problem) -> Query {
        let type = header("Content-Type")?.prefix { $0 != ";" }.lowercased()
        guard type == "application/x-www-form-urlencoded" else {
            throw Problem(.mediaType, "The body has to be a form.")
        }
        let limit = 4096
        return try Query(String(decoding: body(atMost: limit), as: UTF8.self), atMost: limit)
    }

    /// No error of the system has this number.
    private static let slow: Int32 = -1

    private func contentLength() throws(Problem) -> Int {
        let text = variables["CONTENT_LENGTH"] ?? ""
        if text.isEmpty {
            if header("Transfer-Encoding") == nil { return 0 }
            throw Problem(.lengthRequired, "The body has no Content-Length.")
        }
        guard text.utf8.allSatisfy(ASCII.isDigit) else {
            throw Problem(.badRequest, "The Content-Length is no number.")
        }
        return Int(text) ?? .max
    }
}
