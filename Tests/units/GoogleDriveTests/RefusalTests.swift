// RefusalTests: whom a refusal concerns and what helps.
import Foundation
import Records
import TestSupport
import Testing

@testable import GoogleDrive

@Suite struct RefusalTests {
    private let place = TemporaryDirectory()
    private let account: Account

    init() throws {
        account = try Account(place.environment())
    }

    private func refusal(_ status: Int, _ reason: String, _ message: String = "") -> Refusal {
        Refusal(
            status: status,
            body: Array(
                #"{"error":{"code":\#(status),"message":"\#(message)","errors":[{"reason":"\#(reason)"}]}}"#
                    .utf8))
    }

    @Test(
        "a refusal that no record can escape stops the line",
        arguments: [
            (401, "authError", Failure.Kind.auth, "GOOGLE_SERVICE_ACCOUNT_FILE"),
            (403, "storageQuotaExceeded", .configuration, "shared drive"),
            (403, "dailyLimitExceeded", .quota, "tomorrow"),
            (403, "teamDriveFileLimitExceeded", .quota, "trash"),
            (403, "numChildrenInNonRootLimitExceeded", .quota, "GOOGLE_DRIVE_FOLDER_ID"),
            (403, "teamDriveHierarchyTooDeep", .quota, "GOOGLE_DRIVE_FOLDER_ID"),
            (403, "insufficientFilePermissions", .permission, TestKey.email),
            (403, "insufficientParentPermissions", .permission, TestKey.email),
            (403, "insufficientPermissions", .permission, "GOOGLE_DRIVE_SCOPE"),
            (403, "domainPolicy", .permission, ""),
            (403, "accessNotConfigured", .configuration, "enable"),
            (403, "userRateLimitExceeded", .rateLimit, "750 GB"),
            (429, "rateLimitExceeded", .rateLimit, "later"),
        ])
    func stops(_ status: Int, _ reason: String, _ kind: Failure.Kind, _ remedy: String) {
        let failure = refusal(status, reason)
            .failure("upload x", for: account, isShared: false)
        #expect(failure.scope == .stop)
        #expect(failure.kind == kind)
        #expect(failure.status == status)
        #expect(failure.message.hasPrefix("upload x: "))
        #expect(failure.message.hasSuffix("(\(status) \(reason))"))
        #expect(failure.remedy.contains(remedy) || remedy.isEmpty)
    }

    @Test("a failure of the service costs a record an attempt, unless all need the request")
    func server() {
        for status in [500, 502, 503, 504, 408] {
            let refusal = Refusal(status: status, body: Array("<html>".utf8))
            let own = refusal.failure("x", for: account, isShared: false)
            #expect(own.scope == .temporary && own.kind == .server)
            let shared = refusal.failure("x", for: account, isShared: true)
            #expect(shared.scope == .stop && shared.kind == .server)
        }
    }

    @Test("a request that Drive cannot read concerns its record for good")
    func badRequest() {
        let failure = refusal(400, "invalid").failure("x", for: account, isShared: false)
        #expect(failure.scope == .item)
    }

    @Test("quotaExceeded is of storage or of rate, by its message")
    func quota() {
        let storage = refusal(
            403, "quotaExceeded", "The user has exceeded their Drive storage quota")
        #expect(!storage.isRateLimit)
        #expect(storage.failure("x", for: account, isShared: false).kind == .configuration)
        #expect(refusal(403, "quotaExceeded", "Quota exceeded for requests").isRateLimit)
    }

    @Test("the full storage of a user is not the missing storage of an account")
    func delegated() throws {
        let account = try Account(place.environment(["GOOGLE_DELEGATED_USER": "u@example.com"]))
        let failure = refusal(403, "storageQuotaExceeded")
            .failure("x", for: account, isShared: false)
        #expect(failure.kind == .quota)
    }

    @Test("reasons come from the details and the status too")
    func details() {
        let refusal = Refusal(
            status: 403,
            body: Array(
                #"{"error":{"status":"PERMISSION_DENIED","details":[{"reason":"SERVICE_DISABLED"}]}}"#
                    .utf8))
        #expect(refusal.reasons == ["SERVICE_DISABLED", "PERMISSION_DENIED"])
        #expect(refusal.failure("x", for: account, isShared: false).kind == .configuration)
    }

    @Test("what a server writes does not get into the message unless it is a word")
    func foreignText() {
        let failure = refusal(403, "a token ya29.x", "ya29.x")
            .failure("x", for: account, isShared: false)
        #expect(!failure.description.contains("ya29"))
    }

    @Test(
        "a refused login says whose fault it is",
        arguments: [
            (
                400, "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.",
                Failure.Kind.auth, "NTP"
            ),
            (400, "invalid_grant", "Invalid JWT Signature.", .auth, "GOOGLE_SERVICE_ACCOUNT_FILE"),
            (401, "unauthorized_client", "Client is unauthorized", .permission, "client id"),
            (400, "invalid_scope", "", .configuration, "GOOGLE_DRIVE_SCOPE"),
            (503, "", "", .server, "later"),
            (400, "temporarily_unavailable", "", .server, "later"),
            (429, "", "", .rateLimit, "later"),
        ])
    func grant(
        _ status: Int, _ code: String, _ text: String, _ kind: Failure.Kind, _ remedy: String
    ) {
        let body = #"{"error":"\#(code)","error_description":"\#(text)"}"#
        let failure = GrantRefusal(status: status, body: Array(body.utf8)).failure(for: account)
        #expect(failure.scope == .stop)
        #expect(failure.kind == kind)
        #expect(failure.remedy.contains(remedy))
    }
}
