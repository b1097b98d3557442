// Problem: an error as the client sees it, in the form of RFC 9457.
internal import Records

/// An answer that says what is wrong, and nothing of the inside of this machine.
public struct Problem: Error, Sendable, Equatable {
    /// The statuses that problems have.
    public enum Status: Int, Sendable, CaseIterable {
        case badRequest = 400
        case unauthorized = 401
        case forbidden = 403
        case notFound = 404
        case methodNotAllowed = 405
        case timeout = 408
        case conflict = 409
        case gone = 410
        case lengthRequired = 411
        case tooLarge = 413
        case addressTooLong = 414
        case mediaType = 415
        case range = 416
        case content = 422
        case `internal` = 500
        case unavailable = 503

        /// The phrase of RFC 9110.
        public var phrase: String {
            switch self {
            case .badRequest: "Bad Request"
            case .unauthorized: "Unauthorized"
            case .forbidden: "Forbidden"
            case .notFound: "Not Found"
            case .methodNotAllowed: "Method Not Allowed"
            case .timeout: "Request Timeout"
            case .conflict: "Conflict"
            case .gone: "Gone"
            case .lengthRequired: "Length Required"
            case .tooLarge: "Content Too Large"
            case .addressTooLong: "URI Too Long"
            case .mediaType: "Unsupported Media Type"
            case .range: "Range Not Satisfiable"
            case .content: "Unprocessable Content"
            case .internal: "Internal Server Error"
            case .unavailable: "Service Unavailable"
            }
        }
    }

    /// The status.
    public let status: Status
    /// A sentence for the person at the other end, without anything that the request said.
    public let detail: String
    /// Further headers, such as `Retry-After`.
    public let headers: [Response.Header]

    /// Makes a problem.
    public init(_ status: Status, _ detail: String, headers: [Response.Header] = []) {
        self.status = status
        self.detail = detail
        self.headers = headers
    }

    /// The answer: `type`, `title`, `status` and `detail`.
    public var response: Response {
        let body = JSON.members([
            "type": .string("about:blank"), "title": .string(status.phrase),
            "status": .int(status.rawValue), "detail": .string(detail),
        ])
        var response = Response(
            status.rawValue, "application/problem+json", .bytes(body.bytes + [0x0A]))
        response.headers += headers
        return response
    }
}
