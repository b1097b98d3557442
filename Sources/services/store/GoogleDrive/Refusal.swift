// Refusal: the refusals of Google and the failures that they become.
internal import FoundationEssentials
internal import HTTP
internal import Records
internal import System

/// A refusal, by its status and its reasons.
///
/// Messages are prose, so decisions depend on the status and the reasons, with one exception.
/// See https://developers.google.com/workspace/drive/api/guides/handle-errors.
struct Refusal: Sendable, Equatable {
    let status: Int
    /// The first reason of `error.errors`, else of `error.details`, else `error.status`; or empty.
    let reason: String
    /// All reasons in that order.
    let reasons: [String]
    let message: String
    let retryAfter: Double?

    init(status: Int, body: [UInt8], retryAfter: Double? = nil) {
        // The page of a proxy is not JSON: then only the status is known.
        let error = (try? JSONDecoder().decode(Reply.self, from: Data(body)))?.error
        let named = (error?.errors ?? []).map(\.reason) + (error?.details ?? []).map(\.reason)
        self.status = status
        self.retryAfter = retryAfter
        reasons = (named + [error?.status]).compactMap { $0.flatMap(Self.plain) }
        reason = reasons.first ?? ""
        message = error?.message ?? error?.errors?.first?.message ?? ""
    }

    private struct Reply: Decodable {
        struct Entry: Decodable {
            let reason: String?
            let message: String?
        }
        struct Body: Decodable {
            let message: String?
            let status: String?
            let errors: [Entry]?
            let details: [Entry]?
        }
        let error: Body
    }

    /// A reason that may stand in a message: one word; `nil` for any other text.
    private static func plain(_ reason: String) -> String? {
        ASCII.isWord(reason, marks: "_") ? reason : nil
    }

    func names(_ wanted: String...) -> Bool { wanted.contains { reasons.contains($0) } }

    /// True for too many requests in a short time or in a day.
    ///
    /// The limit of 750 GB a day looks the same, so the waits have an end.
    var isRateLimit: Bool {
        if status == 429 { return true }
        guard status == 403 else { return false }
        return names("rateLimitExceeded", "userRateLimitExceeded", "sharingRateLimitExceeded")
            || names("quotaExceeded") && !concernsStorage
    }

    /// True when the service asks for a longer wait than a run makes.
    var isLasting: Bool { (retryAfter ?? 0) > Client.Settings.longestWait }

    /// True when the storage is full.
    ///
    /// The reason `quotaExceeded` stands for storage as well as for requests; only the message
    /// tells.
    private var concernsStorage: Bool {
        names("storageQuotaExceeded") || message.lowercased().contains("storage")
    }
}

extension Refusal {
    /// The failure of a refused request.
    ///
    /// - Parameters:
    ///   - work: `VERB OBJECT`, the beginning of the message.
    ///   - account: The account that is refused.
    ///   - isShared: True when all records depend on the request. Then even a passing fault of the
    ///   service stops the line, and costs no record an attempt.
    /// - Returns: The failure to throw.
    func failure(_ work: String, for account: Account, isShared: Bool) -> Failure {
        func failed(
            _ scope: Failure.Scope, _ kind: Failure.Kind, _ why: String, _ remedy: String = ""
        ) -> Failure {
            Failure(
                scope, kind, "\(work): \(why) (\(shown))", remedy: remedy, status: status,
                retryAfter: retryAfter)
        }
        if isRateLimit {
            return failed(
                .stop, .rateLimit, "Google Drive still asks for fewer requests after several waits",
                "run it again later; an account may upload 750 GB a day")
        }
        switch status {
        case 401:
            return failed(.stop, .auth, "Google refuses the access token", account.checkKey)
        case 403:
            return forbidden(failed, account)
        case 404:
            return failed(isShared ? .stop : .item, .notFound, "Google Drive does not know it")
        case 408, 500...:
            return failed(
                isShared ? .stop : .temporary, .server, "Google Drive has a failure",
                "run it again later")
        case 400...:
            return failed(
                isShared ? .stop : .item, .internal, "Google Drive refuses the request")
        default:
            return failed(
                isShared ? .stop : .temporary, .badResponse,
                "Google Drive gave an unexpected answer")
        }
    }

    private typealias Failed = (Failure.Scope, Failure.Kind, String, String) -> Failure

    /// The failure of a 403, by its reason; each one concerns all records.
    private func forbidden(_ failed: Failed, _ account: Account) -> Failure {
        if concernsStorage {
            return account.isDelegated
                ? failed(
                    .stop, .quota, "the storage of the delegated user is full",
                    "free some, or use a folder of a shared drive")
                : failed(
                    .stop, .configuration, "a service account has no storage of its own",
                    Account.useSharedDrive)
        }
        if names("dailyLimitExceeded") {
            return failed(.stop, .quota, "the quota of the day is used up", "run it again tomorrow")
        }
        if names("teamDriveFileLimitExceeded") {
            return failed(
                .stop, .quota, "the shared drive holds as many items as it may",
                "empty its trash or use another shared drive")
        }
        if names(
            "numChildrenInNonRootLimitExceeded", "activeItemCreationLimitExceeded",
            "teamDriveHierarchyTooDeep", "myDriveHierarchyDepthLimitExceeded")
        {
            return failed(
                .stop, .quota, "the folder holds as much as it may",
                "let GOOGLE_DRIVE_FOLDER_ID name another folder")
        }
        if names("accessNotConfigured", "SERVICE_DISABLED") {
            return failed(
                .stop, .configuration, "the Google Drive API is off in the account's project",
                "enable it in the Google Cloud console")
        }
        if names("insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT") {
            return failed(
                .stop, .permission, "the scope of the access token is too narrow",
                "set GOOGLE_DRIVE_SCOPE=drive")
        }
        return failed(.stop, .permission, "the account may not do it", account.share)
    }

    /// The status and the reason, such as "403 storageQuotaExceeded".
    private var shown: String { reason.isEmpty ? String(status) : "\(status) \(reason)" }
}

/// A refusal to give a token.
///
/// The codes are those of https://developers.google.com/identity/protocols/oauth2/service-account.
struct GrantRefusal {
    private struct Reply: Decodable {
        let error: String?
        let error_description: String?
    }

    private let status: Int
    private let code: String
    private let description: String

    init(status: Int, body: [UInt8]) {
        let reply = try? JSONDecoder().decode(Reply.self, from: Data(body))
        self.status = status
        code = reply?.error ?? ""
        description = reply?.error_description ?? ""
    }

    /// The failure, which always stops the line.
    func failure(for account: Account) -> Failure {
        func failed(_ kind: Failure.Kind, _ why: String, _ remedy: String) -> Failure {
            Failure(.stop, kind, "log in to Google: \(why)", remedy: remedy, status: status)
        }
        let isOwnFault = ["internal_failure", "server_error", "temporarily_unavailable"]
            .contains(code)
        if status == 429 {
            return failed(.rateLimit, "it asks for fewer requests", "run it again later")
        }
        if status >= 500 || status == 408 || isOwnFault {
            return failed(.server, "it has a failure (\(status))", "run it again later")
        }
        switch code {
        case "invalid_grant" where description.contains("reasonable timeframe"):
            return failed(
                .auth, "the clock of this host is wrong", "set the clock, best by NTP")
        case "invalid_grant" where account.isDelegated && description.contains("mail"):
            return failed(
                .auth, "it does not know the user to act for", "check GOOGLE_DELEGATED_USER")
        case "unauthorized_client", "access_denied":
            return failed(
                .permission, "the account may not act for the user or not in this scope",
                "in the Admin console, delegate the scope \(account.scope) to the account's"
                    + " numeric client id; it can take a day to come into force")
        case "invalid_scope":
            return failed(
                .configuration, "it does not know the scope", "check GOOGLE_DRIVE_SCOPE")
        default:
            return failed(.auth, "it refuses the account's key (\(status))", account.checkKey)
        }
    }
}
