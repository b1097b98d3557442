// Posting: a request to a channel's service, and what its answer means.
public import HTTP
public import Records
internal import System

/// Speaks to the services of channels.
///
/// An attempt is one request: the next run makes the next one, so that a service that hangs holds
/// nobody up.
public struct Posting: Sendable {
    private let client: Client

    /// Reads the settings of HTTP.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public init(_ environment: Environment, observer: Observer?) throws(Failure) {
        var settings = try Client.Settings(environment, observer: observer)
        settings.attempts = 1
        settings.timeout = min(settings.timeout, 20)
        client = try Client(settings)
    }

    /// Makes a request; a redirect is not followed.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - service: The name of the service, for messages.
    ///   - never: Statuses by which the service refuses the message itself, so that no later attempt
    ///     helps. A wrong address or key is not one of them: it may be mended.
    /// - Returns: The reply, with a status from 200 to 299.
    /// - Throws: `Failure`, as ``Channel/tell(_:)`` does; no address is in it.
    public func send(
        _ request: Request, to service: String, never: Set<Int>
    ) async throws(Failure) -> Response {
        var request = request
        request.followsRedirects = false
        request.isRetried = false
        let response: Response
        do throws(Failure) {
            response = try await client.send(request)
        } catch {
            // That a host is unreachable or has a wrong certificate may pass, whatever it says.
            let scope: Failure.Scope = error.kind == .configuration ? .item : .temporary
            throw Failure(
                scope, error.kind, "tell \(service): \(error.message)", remedy: error.remedy)
        }
        if (200..<300).contains(response.status) { return response }
        throw Posting.refusal(response, service, never)
    }

    /// The failure that an answer means.
    public static func refusal(
        _ response: Response, _ service: String, _ never: Set<Int>
    ) -> Failure {
        let status = response.status
        let isFinal = never.contains(status)
        let isRefused =
            isFinal || (300..<400).contains(status)
            || [401, 403, 404, 405, 410].contains(status)
        let kind: Failure.Kind =
            switch status {
            case 401, 403: .auth
            case 404, 410: .notFound
            case 429: .rateLimit
            case 500...: .server
            default: .badResponse
            }
        // A short word such as "invalid_payload" names the fault; more could quote the message.
        let word = String(decoding: response.body.prefix(64), as: UTF8.self)
        let isWord =
            !word.isEmpty && response.body.count <= 64
            && word.utf8.allSatisfy { ASCII.isLetter($0) || $0 == UInt8(ascii: "_") }
        return Failure(
            isFinal ? .item : .temporary, kind,
            "tell \(service): it answered \(status)" + (isWord ? " \(word)" : ""),
            remedy: isRefused ? "look at its settings; call-alert --test tries it" : "",
            status: status, retryAfter: Posting.wait(response))
    }

    /// The wait in seconds that an answer asks for: `Retry-After`, or the time of SendGrid's
    /// `X-RateLimit-Reset`.
    static func wait(_ response: Response) -> Double? {
        if let seconds = response.header("Retry-After").flatMap({ Double($0) }) {
            return max(0, seconds)
        }
        guard let reset = response.header("X-RateLimit-Reset").flatMap({ Double($0) }) else {
            return nil
        }
        return max(0, reset - Timestamp.now.seconds)
    }

    /// A JSON body and its header.
    public static func request(_ address: String, _ body: JSON) -> Request {
        Request(
            .post, address, headers: [Header("Content-Type", "application/json")],
            body: .bytes(body.bytes))
    }
}
