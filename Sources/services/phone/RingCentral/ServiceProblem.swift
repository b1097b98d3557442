// ServiceProblem: the refusals of RingCentral and the failures that they become.
internal import FoundationEssentials
internal import Records
internal import System

/// A refusal, by its status and its codes; texts are localised, so no decision depends on them.
///
/// The codes are those of https://developers.ringcentral.com/guide/basics/errors. A reply has a
/// list of errors and, above it, a coarser code of its own ("TokenInvalid").
struct ServiceProblem: Sendable, Equatable {
    let status: Int
    /// The codes of the list, then the coarser one.
    let codes: [String]
    /// The permission that is missing, if the reply names one.
    let permission: String?
    /// The parameter that is wrong, if the reply names one.
    let parameter: String?
    /// The wait that `Retry-After` asks for, in seconds.
    let retryAfter: Double?

    init(status: Int, body: [UInt8], retryAfter: Double? = nil) {
        self.status = status
        self.retryAfter = retryAfter
        let reply = try? JSONDecoder().decode(Reply.self, from: Data(body))
        let errors = reply?.errors ?? []
        codes = (errors.map(\.errorCode) + [reply?.errorCode, reply?.error]).compactMap {
            $0.flatMap(Self.plain)
        }
        permission =
            (errors.compactMap(\.permissionName).first ?? reply?.permissionName)
            .flatMap(Self.plain)
        parameter = errors.compactMap(\.parameterName).first.flatMap(Self.plain)
    }

    /// True when a new token may help.
    var isTokenRefused: Bool {
        status == 401 && !codes.contains(where: Self.hopeless.contains)
    }

    /// True when the missing permission concerns every record.
    ///
    /// That is a scope of the application, or a permission of the user's role.
    var isPermissionOfAll: Bool { status == 403 && names("CMN-401", "CMN-402", "CMN-408") }

    /// Codes of a 401 that another login does not cure.
    ///
    /// No login is tried: some of them say that the user is about to be locked out.
    private static let hopeless: Set = [
        "OAU-120", "OAU-121", "OAU-125", "OAU-127", "OAU-140", "OAU-141", "OAU-142", "OAU-146",
        "OAU-147", "OAU-148", "CMN-405",
    ]

    /// The status and the first code, such as "403 CMN-401".
    var shown: String { ([String(status)] + codes.prefix(1)).joined(separator: " ") }

    /// The failure of a request that all records depend on; the message begins with `work`, such as
    /// "read the call log".
    func failure(_ work: String) -> Failure {
        func failed(_ kind: Failure.Kind, _ reason: String, _ remedy: String = "") -> Failure {
            Failure(
                .stop, kind, "\(work): \(reason) (\(shown))", remedy: remedy, status: status,
                retryAfter: retryAfter)
        }
        switch status {
        case 401:
            return failed(.auth, "RingCentral refuses the credentials", Self.checkCredentials)
        case 403 where names("CMN-401"):
            let scope = permission ?? "that it needs"
            return failed(
                .permission, "the application lacks the permission \(scope)",
                "enable \(scope) in the Developer Console and run it again, which logs in anew")
        case 403 where names("OAU-112"):
            return failed(
                .permission, "the application may not log in by JWT",
                "enable the JWT flow in the Developer Console")
        case 403:
            let role = permission.map { "the permission \($0)" } ?? "a permission"
            return failed(
                .permission, "the user lacks \(role)",
                "give the user of the JWT a role that has it")
        case 408, 504:
            return failed(.timeout, "RingCentral did not answer in time")
        case 429:
            return failed(
                .rateLimit, "the rate limit is used up",
                "run it again" + (retryAfter.map { " in \(Int($0.rounded(.up))) seconds" } ?? ""))
        case 500...:
            return failed(.server, "RingCentral has a failure", "run it again later")
        case 404:
            return failed(
                .notFound, "RingCentral does not know it" + atFault,
                "check RINGCENTRAL_SERVER_URL")
        case 400...:
            return failed(
                .input, "RingCentral refuses the request" + atFault,
                "list the calls again; if that changes nothing, please report it")
        default:
            return failed(
                .badResponse, "RingCentral gave an unexpected answer",
                "check RINGCENTRAL_SERVER_URL")
        }
    }

    /// The failure of a refused login: wrong credentials, unless the service has a failure.
    func loginFailure() -> Failure {
        let work = "log in to RingCentral"
        guard [400, 401, 404].contains(status) else { return failure(work) }
        let reason =
            names("OAU-146", "invalid_client", "OAU-127", "OAU-120", "OAU-121")
            ? "it does not know the client id or secret" : "it refuses the JWT or the client"
        return Failure(
            .stop, .auth, "\(work): \(reason) (\(shown))", remedy: Self.checkCredentials,
            status: status)
    }

    func names(_ wanted: String...) -> Bool { wanted.contains { codes.contains($0) } }

    static let checkCredentials =
        "check RINGCENTRAL_CLIENT_ID, RINGCENTRAL_CLIENT_SECRET, RINGCENTRAL_JWT_TOKEN"
        + " and RINGCENTRAL_SERVER_URL"

    private var atFault: String { parameter.map { ": \($0)" } ?? "" }

    /// A code that may stand in a message: one word; `nil` for any other text.
    private static func plain(_ code: String) -> String? {
        ASCII.isWord(code, marks: "-_") ? code : nil
    }

    private struct Reply: Decodable {
        struct Entry: Decodable {
            let errorCode: String?
            let permissionName: String?
            let parameterName: String?
        }
        let errorCode: String?
        let error: String?
        let permissionName: String?
        let errors: [Entry]?
    }
}
