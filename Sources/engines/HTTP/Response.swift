// Response: the answer of a service.
internal import FoundationEssentials
public import Records

/// An answer with its body in memory.
public struct Response: Sendable {
    /// The status, such as 200.
    public let status: Int
    /// The header lines, in order.
    public let headers: [Header]
    /// The body; of an error at most the first MiB.
    public let body: [UInt8]

    /// Makes an answer, as a test needs it.
    public init(status: Int, headers: [Header] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// True for a status from 200 to 299.
    public var isSuccess: Bool { (200..<300).contains(status) }

    /// The value of a header; the case of its name does not matter.
    public func header(_ name: String) -> String? { headers.value(of: name) }

    /// The wait in seconds that the service asks for.
    public var retryAfter: Double? { RetryAfter.seconds(in: headers) }

    /// The JSON of the body as a type.
    ///
    /// - Throws: `Failure` of scope `temporary`, kind `bad_response`; the text is not in it.
    public func decode<T: Decodable>(_ type: T.Type) throws(Failure) -> T {
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch {
            throw Failure(
                .temporary, .badResponse,
                "read the reply: \(error.reason) in \(body.count) bytes", status: status)
        }
    }
}

extension [Header] {
    /// The first value of a header; the case of its name does not matter.
    public func value(of name: String) -> String? {
        let name = name.lowercased()
        return first { $0.name.lowercased() == name }?.value
    }
}

extension Error {
    /// The place where JSON has another form than expected, without its values, which are private.
    fileprivate var reason: String {
        func place(_ path: [any CodingKey]) -> String {
            let names = path.map { $0.intValue.map(String.init) ?? $0.stringValue }
            return names.isEmpty ? "the whole" : "\"" + names.joined(separator: ".") + "\""
        }
        switch self as any Error {
        case DecodingError.keyNotFound(let key, let context):
            return "no \"\(key.stringValue)\" in \(place(context.codingPath))"
        case DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context):
            return "another type than expected at \(place(context.codingPath))"
        default: return "no valid JSON"
        }
    }
}
