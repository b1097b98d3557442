// Drive: Google Drive for one account; every request passes here.
internal import Crypto
internal import Files
internal import FoundationEssentials
public import HTTP
public import Records

/// Google Drive, version 3, for one account.
///
/// It has the address, the token, the rate of writes and the waits that Drive asks for.
public struct Drive: Sendable {
    let account: Account
    let observer: Observer?
    private let client: Client
    private let tokens: TokenCache
    private let writes: RateBudget

    /// The number of times that a request is made again after Drive refused it for its rate.
    ///
    /// With waits that double from one second that is two minutes; a refusal that lasts longer is
    /// a limit of the day.
    private static let mostRateRetries = 7

    /// Prepares for requests of an account; makes none.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`, naming the variable.
    public init(_ account: Account, _ environment: Environment) throws(Failure) {
        self.init(
            account, client: try Client(try .init(environment, observer: account.observer)),
            runtime: try RuntimeDirectory.path(environment))
    }

    /// Prepares for requests; makes none.
    ///
    /// - Parameters:
    ///   - account: The settings.
    ///   - client: The client that makes the requests.
    ///   - runtime: The directory in which processes of this host share the token and the rate.
    public init(_ account: Account, client: Client, runtime: String) {
        self.account = account
        self.client = client
        observer = account.observer
        let key = account.key
        tokens = TokenCache(
            directory: runtime,
            name: "\(key.tokenAddress) \(key.identity) \(account.name) \(account.scope)")
        // For a longer time Drive takes three writes a second from an account:
        // https://developers.google.com/workspace/drive/api/guides/limits
        let rate = account.writesPerSecond
        writes = RateBudget(
            directory: runtime, account: account.name + " " + account.address, group: "drive-write",
            limit: max(1, Int(rate)), window: max(1, rate.rounded(.down)) / rate,
            observer: observer)
    }

    /// The address of an operation; the values of the query are encoded.
    func address(_ path: String, _ query: KeyValuePairs<String, String>) -> String {
        let pairs = query.map { "\($0.key)=\(PercentEncoding.text($0.value))" }
        return account.address + path + "?" + pairs.joined(separator: "&")
    }

    /// Makes a request as the account, with a new token and later again when Drive asks for that.
    ///
    /// - Parameters:
    ///   - request: The request without a token.
    ///   - work: `VERB OBJECT`, for the message.
    ///   - isShared: True when all records depend on the request.
    ///   - isWrite: True when it counts for the rate of writes.
    /// - Returns: The answer, of any status but 401, 429 and a 403 because of the rate.
    /// - Throws: `Failure` when no attempt helped, or there was no answer.
    func send(
        _ request: Request, _ work: String, isShared: Bool, isWrite: Bool = false
    ) async throws(Failure) -> Response {
        var request = request
        if isWrite {
            request.gate = { [writes] () async throws(Failure) -> Permit in
                try await writes.permit()
            }
        }
        var isReminted = false
        var refusals = 0
        while true {
            let token = try await token()
            request.bearer = token.value
            let response = try await exchange(request, isShared: isShared)
            if response.status == 401, !isReminted {
                isReminted = true
                tokens.discard(token)
                continue
            }
            let refusal = Refusal(response)
            guard refusal.isRateLimit || response.status == 401 else { return response }
            // A 429 has been tried again by the client, with the waits that the header asks for.
            guard response.status == 403, refusals < Self.mostRateRetries, !refusal.isLasting else {
                throw refusal.failure(work, for: account, isShared: isShared)
            }
            try await wait(after: refusals, refusal)
            refusals += 1
        }
    }

    /// Makes a request to the address of an upload session, once and without a token.
    ///
    /// The address itself is the permission. After a failure the session has to be asked how many
    /// bytes have arrived, so the request is not repeated.
    func sendInSession(_ request: Request) async throws(Failure) -> Response {
        var request = request
        request.isRetried = false
        return try await exchange(request, isShared: false)
    }

    /// Waits as Drive asks: one second, two, four and so on, with a random part, up to a minute.
    func wait(after attempts: Int, _ refusal: Refusal? = nil) async throws(Failure) {
        let pause = min(Double(1 << min(attempts, 6)) + Double.random(in: 0...1), 64)
        let seconds = max(pause * account.backoffScale, refusal?.retryAfter ?? 0)
        let reason = refusal.map { "Google Drive answered \($0.status)" } ?? "the connection broke"
        observer?(.retrying(seconds: seconds, reason: reason))
        try await Pause.seconds(seconds)
    }

    /// Sends a request; a failure of the network concerns all records when the request does.
    private func exchange(
        _ request: Request, isShared: Bool
    ) async throws(Failure) -> Response {
        do {
            return try await client.send(request)
        } catch {
            var failure = error
            if isShared { failure.scope = .stop }
            throw failure
        }
    }

    private func token() async throws(Failure) -> Token {
        try await tokens.token { () async throws(Failure) -> Token in try await mint() }
    }

    /// Exchanges a signed assertion for a token.
    private func mint() async throws(Failure) -> Token {
        let now = Timestamp.now.seconds
        let assertion = try account.key.assertion(
            scopes: account.scope, for: account.user, now: Int(now))
        let kind = PercentEncoding.text("urn:ietf:params:oauth:grant-type:jwt-bearer")
        let form = "grant_type=\(kind)&assertion=\(assertion)"
        let response = try await exchange(
            Request(
                .post, account.key.tokenAddress,
                headers: [
                    Header("Content-Type", "application/x-www-form-urlencoded")
                ],
                body: .bytes(Array(form.utf8))), isShared: true)
        guard response.status == 200 else {
            throw GrantRefusal(status: response.status, body: response.body)
                .failure(for: account)
        }
        let grant: Grant
        do {
            grant = try response.decode(Grant.self)
        } catch {
            throw Failure(.stop, .badResponse, "log in to Google: it sent no token")
        }
        return Token(value: grant.access_token, expires: now + grant.seconds, scope: account.scope)
    }
}

/// The reply to an assertion; the lifetime of the token may come as text.
private struct Grant: Decodable {
    let access_token: String
    let seconds: Double

    private enum Member: String, CodingKey {
        case access_token, expires_in
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        access_token = try members.decode(String.self, forKey: .access_token)
        let text = try? members.decode(String.self, forKey: .expires_in)
        seconds =
            try text.flatMap(Double.init) ?? members.decode(Double.self, forKey: .expires_in)
    }
}

extension Refusal {
    init(_ response: Response) {
        self.init(
            status: response.status, body: response.body, retryAfter: response.retryAfter)
    }
}
