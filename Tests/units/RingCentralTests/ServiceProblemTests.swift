// ServiceProblemTests: what each refusal means, by its codes.
import Records
import Testing

@testable import RingCentral

private func problem(_ status: Int, _ body: String, retryAfter: Double? = nil) -> ServiceProblem {
    ServiceProblem(status: status, body: Array(body.utf8), retryAfter: retryAfter)
}

@Suite struct ServiceProblemTests {
    @Test func nestedCodesComeFirst() {
        let refusal = problem(
            401, #"{"errorCode":"TokenInvalid","errors":[{"errorCode":"OAU-213","message":"…"}]}"#)
        #expect(refusal.codes == ["OAU-213", "TokenInvalid"])
        #expect(refusal.isTokenRefused)
        #expect(refusal.shown == "401 OAU-213")
    }

    @Test func aLockedUserIsNotLoggedInAgain() {
        #expect(!problem(401, #"{"errors":[{"errorCode":"OAU-147"}]}"#).isTokenRefused)
        #expect(!problem(401, #"{"errors":[{"errorCode":"OAU-146"}]}"#).isTokenRefused)
        #expect(problem(401, "").isTokenRefused)
        #expect(!problem(403, "").isTokenRefused)
    }

    @Test func aMissingScopeIsNamed() {
        let refusal = problem(
            403,
            #"{"errorCode":"InsufficientPermissions","permissionName":"ReadCallLog","#
                + #""errors":[{"errorCode":"CMN-401","permissionName":"ReadCallLog"}]}"#)
        #expect(refusal.isPermissionOfAll)
        let failure = refusal.failure("read the call log")
        #expect(failure.scope == .stop && failure.kind == .permission && failure.status == 403)
        #expect(failure.message.contains("ReadCallLog"))
        #expect(failure.remedy.contains("enable ReadCallLog in the Developer Console"))
    }

    @Test(arguments: [
        (401, Failure.Kind.auth), (403, .permission), (404, .notFound), (400, .input),
        (408, .timeout), (429, .rateLimit), (500, .server), (502, .server), (503, .server),
        (504, .timeout), (302, .badResponse),
    ])
    func anyStatusHasAMeaningWithoutABody(status: Int, kind: Failure.Kind) {
        let failure = problem(status, "<html>").failure("read the call log")
        #expect(failure.scope == .stop && failure.kind == kind && failure.status == status)
    }

    @Test func aRefusedLoginNamesTheVariables() {
        let failure = problem(
            401, #"{"error":"invalid_client","errors":[{"errorCode":"OAU-146"}]}"#
        ).loginFailure()
        #expect(failure.kind == .auth && failure.scope == .stop)
        #expect(failure.remedy.contains("RINGCENTRAL_CLIENT_ID"))
        #expect(failure.remedy.contains("RINGCENTRAL_JWT_TOKEN"))
        #expect(problem(400, #"{"error":"invalid_grant"}"#).loginFailure().kind == .auth)
        #expect(problem(503, "").loginFailure().kind == .server)
    }

    @Test func aBrokenServerCannotSpeakThroughOurMessages() {
        let refusal = problem(
            403, #"{"errorCode":"call +16505550100","permissionName":"a\nb","errors":[]}"#)
        #expect(refusal.codes.isEmpty && refusal.permission == nil)
    }
}
