// Account: a RingCentral user and application, with its token and its rate limits.
internal import Crypto
internal import Files
internal import FoundationEssentials
internal import HTTP
public import Records
internal import Synchronization

/// A user of RingCentral and the application that acts for it.
///
/// Token and rate budgets are shared with every other process of the same user and application.
public final class Account: Sendable {
    /// The permissions of an application that requests need.
    enum Scope: String, Sendable {
        case readCallLog = "ReadCallLog"
        case readCallRecording = "ReadCallRecording"
        case ringSense = "RingSense"
    }

    let observer: Observer
    let client: Client
    let budgets: Budgets
    /// The limit that insights count against: as the user says, then as the service does.
    let insightsGroup: Mutex<InsightsGroup>
    private let settings: Settings
    private let tokens: TokenCache

    /// Reads the settings; makes no request.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`, naming the variable.
    public init(_ environment: Environment, observer: @escaping Observer) throws(Failure) {
        self.observer = observer
        let settings = try Settings(environment)
        let (credentials, server) = (settings.credentials, settings.server)
        self.settings = settings
        client = try Client(try Client.Settings(environment, observer: observer))
        let directory = try RuntimeDirectory.path(environment)
        tokens = TokenCache(
            directory: directory, name: "ringcentral-" + credentials.login(at: server))
        budgets = Budgets(
            directory: directory, account: "ringcentral-" + credentials.account(at: server),
            heavyInterval: settings.minimumInterval, observer: observer)
        insightsGroup = Mutex(settings.insightsGroup)
    }

    /// The address of a resource of the account itself.
    func address(_ path: String) -> String { "\(settings.server)/restapi/v1.0/account/~/\(path)" }

    /// The address of the account's insights, by the AI Conversation Expert, once RingSense.
    func insightsAddress(_ path: String) -> String {
        "\(settings.server)/ai/ringsense/v1/public/accounts/~/domains/\(path)"
    }

    /// True when the token may go to this address.
    ///
    /// It has to be encrypted, and lead to the configured server, to the media host that the user
    /// named, or to a host of RingCentral's.
    func trusts(_ address: String) -> Bool {
        guard let address = Address(address), address.isPrivate else { return false }
        if address.hasSameOrigin(as: settings.origin) { return true }
        if let media = settings.media, (address.host, address.port) == (media.host, media.port) {
            return true
        }
        return address.port == 443
            && (address.host == settings.origin.host || address.isWithin("ringcentral.com")
                || address.isWithin("ringcentral.biz"))
    }

    /// True when the address is one of the configured server.
    func isOnServer(_ address: String) -> Bool {
        Address(address)?.hasSameOrigin(as: settings.origin) == true
    }

    /// Sends a request with a token, and with a new token when the service refuses the first.
    ///
    /// - Parameters:
    ///   - request: The request, without its token.
    ///   - budget: The limit that it counts against.
    ///   - scope: The permission of the application that it needs, checked before the request.
    ///   - exchange: Sends the request.
    ///   - refusal: The reply as one of the service, where it may be a refusal.
    /// - Returns: The last reply.
    /// - Throws: `Failure`.
    func authorized<Reply: Sendable>(
        _ request: Request, _ budget: RateBudget, _ scope: Scope,
        exchange: @Sendable (Request) async throws(Failure) -> Reply,
        refusal: (Reply) -> Response?
    ) async throws(Failure) -> Reply {
        var request = request
        request.gate = budget.permit
        let token = try await token(for: scope)
        request.bearer = token.value
        let reply = try await exchange(request)
        guard let problem = refusal(reply).map(ServiceProblem.init) else { return reply }
        // The token has the scopes of the time when it was issued: a scope that the user enables
        // because of a 403 takes effect only with a new token.
        let isScopeMissing = problem.isPermissionOfAll && problem.permission == scope.rawValue
        if problem.isTokenRefused || isScopeMissing { tokens.discard(token) }
        guard problem.isTokenRefused else { return reply }
        request.bearer = try await self.token(for: scope).value
        return try await exchange(request)
    }

    /// Gets a small reply.
    ///
    /// `isWorthAnother` tells whether another attempt may help; `nil` leaves it to the status.
    func ask(
        _ address: String, _ budget: RateBudget, _ scope: Scope,
        isWorthAnother: (@Sendable (Response) -> Bool?)? = nil
    ) async throws(Failure) -> Response {
        var request = Request(.get, address, headers: [Header("Accept", "application/json")])
        request.isWorthAnother = isWorthAnother
        return try await authorized(
            request, budget, scope,
            exchange: { [client] request throws(Failure) in try await client.send(request) },
            refusal: { $0 })
    }

    /// The number of days for which the account keeps recordings; the usual number when the
    /// service does not tell.
    ///
    /// The request needs the permission ReadAccounts, which no other request here needs.
    func retention() async throws(Failure) -> Retention {
        let response = try await ask(address("call-recording"), budgets.light, .readCallLog)
        guard response.status == 200,
            let settings = try? response.decode(RecordingSettings.self)
        else {
            observer(
                .note(
                    "RingCentral does not tell how long recordings are kept"
                        + " (\(ServiceProblem(response).shown)): 90 days are assumed;"
                        + " the permission ReadAccounts lets it tell"))
            return .standard
        }
        return settings.retention
    }

    // Logging in.

    func token(for scope: Scope) async throws(Failure) -> Token {
        let mint: @Sendable () async throws(Failure) -> Token = {
            () throws(Failure) in try await self.logIn()
        }
        let token = try await tokens.token(mint: mint)
        guard !token.has(scope) else { return token }
        // The token in the cache may be older than the scope that the user enabled.
        tokens.discard(token)
        let fresh = try await tokens.token(mint: mint)
        guard !fresh.has(scope) else { return fresh }
        tokens.discard(fresh)
        throw Failure(
            .stop, .permission,
            "log in to RingCentral: the application lacks the permission \(scope.rawValue)",
            remedy: "enable \(scope.rawValue) in the Developer Console and run it again")
    }

    private func logIn() async throws(Failure) -> Token {
        var request = Request(
            .post, settings.server + "/restapi/oauth/token",
            headers: [
                Header("Accept", "application/json"),
                Header("Content-Type", "application/x-www-form-urlencoded"),
                Header("Authorization", settings.credentials.basic),
            ],
            body: .bytes(settings.credentials.form))
        request.gate = budgets.auth.permit
        let response = try await client.send(request)
        guard response.status == 200 else { throw ServiceProblem(response).loginFailure() }
        guard let grant = try? response.decode(Grant.self), !grant.access_token.isEmpty else {
            throw Failure(
                .stop, .badResponse, "log in to RingCentral: the reply has no token",
                remedy: "check RINGCENTRAL_SERVER_URL")
        }
        return Token(
            value: grant.access_token,
            expires: Timestamp.now.seconds + grant.expires_in,
            scope: grant.scope)
    }
}

/// The rate limits of a user and application, shared with all other processes of both.
///
/// The numbers are those of https://developers.ringcentral.com/guide/basics/rate-limits, for a
/// minute; the headers of the replies correct them.
struct Budgets: Sendable {
    let auth: RateBudget
    let light: RateBudget
    let heavy: RateBudget

    init(
        directory: String, account: String, heavyInterval: Double, observer: @escaping Observer
    ) {
        func budget(_ group: String, _ limit: Int, _ interval: Double = 0) -> RateBudget {
            RateBudget(
                directory: directory, account: account, group: group, limit: limit, window: 60,
                minimumInterval: interval, observer: observer)
        }
        auth = budget("auth", 5)
        light = budget("light", 50)
        heavy = budget("heavy", 10, heavyInterval)
    }
}

/// The reply of the token endpoint, with RingCentral's names.
private struct Grant: Decodable {
    let access_token: String
    let expires_in: Double
    let scope: String?
}

extension Token {
    /// True when the token has a scope.
    ///
    /// ReadCallRecording implies ReadCallLog. A token that does not tell its scopes counts as
    /// having them all until the service refuses a request.
    fileprivate func has(_ wanted: Account.Scope) -> Bool {
        guard let scope, !scope.isEmpty else { return true }
        let scopes = Set(scope.split(separator: " "))
        return scopes.contains(wanted.rawValue[...])
            || (wanted == .readCallLog && scopes.contains("ReadCallRecording"))
    }
}

extension ServiceProblem {
    init(_ response: Response) {
        self.init(
            status: response.status, body: response.body,
            retryAfter: response.retryAfter)
    }
}

/// `GET …/call-recording`.
private struct RecordingSettings: Decodable {
    struct Kind: Decodable {
        let retentionPeriod: Int?
    }
    let automatic: Kind?
    let onDemand: Kind?

    var retention: Retention {
        Retention(
            automatic: Self.days(automatic) ?? Retention.standard.automatic,
            onDemand: Self.days(onDemand) ?? Retention.standard.onDemand)
    }

    private static func days(_ kind: Kind?) -> Int? {
        kind?.retentionPeriod.flatMap { (1...36_500).contains($0) ? $0 : nil }
    }
}
