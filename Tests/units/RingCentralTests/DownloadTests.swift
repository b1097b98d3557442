// DownloadTests: what a refused download means.
import Records
import Testing

@testable import RingCentral

private let start = Timestamp(milliseconds: 1_705_327_391_120)

private func record(start: String? = start.text, expires: String? = "2024-04-14") throws -> Record {
    try Record([
        "id": .string("rc:1"), "start": .text(start), "duration": .int(600),
        "recording": Recording(id: "1", expires: expires).json,
    ])
}

private func failure(
    _ status: Int, _ body: String = "", after seconds: Double = 86_400, _ record: Record
) -> Failure {
    ServiceProblem(status: status, body: Array(body.utf8))
        .failure(fetching: record, now: start.adding(seconds: seconds))
}

private let day = 86_400.0

@Suite struct DownloadTests {
    @Test(
        arguments: [
            (0, Failure.Scope.temporary, Failure.Kind.notFound),
            (600 + 3599, .temporary, .notFound),
            (600 + 3600, .item, .notFound),
            (60 * day, .item, .notFound),
            (88 * day, .item, .notFound),
            (89 * day, .item, .gone),
            (400 * day, .item, .gone),
        ] as [(Double, Failure.Scope, Failure.Kind)])
    func a404IsToldApartByTheAgeOfTheCall(
        age: Double, scope: Failure.Scope, kind: Failure.Kind
    ) throws {
        let failure = failure(404, "", after: age, try record())
        #expect(failure.scope == scope && failure.kind == kind && failure.status == 404)
    }

    @Test func withoutExpiryTheUsualRetentionDecides() throws {
        let bare = try record(expires: nil)
        #expect(failure(404, after: 89 * day, bare).kind == .gone)
        #expect(failure(404, after: 88 * day, bare).kind == .notFound)
        let timeless = try record(start: nil, expires: nil)
        #expect(failure(404, after: 500 * day, timeless).kind == .notFound)
    }

    @Test func aRecordingThatTheServiceNamesAsAbsentIsGoneAfterADay() throws {
        let absent = #"{"errors":[{"errorCode":"CMN-102","parameterName":"recordingId"}]}"#
        let record = try record()
        #expect(failure(404, absent, after: 600 + 3600, record).kind == .notFound)
        #expect(failure(404, absent, after: 600 + day, record).kind == .notFound)
        #expect(failure(404, absent, after: 601 + day, record).kind == .gone)
        #expect(failure(404, absent, after: 601 + day, record).scope == .item)
        let address = #"{"errors":[{"errorCode":"CMN-120"}]}"#
        #expect(failure(404, address, after: 60 * day, record).kind == .notFound)
    }

    @Test func a403IsNeverGone() throws {
        let old = try record()
        let scope = failure(
            403, #"{"errors":[{"errorCode":"CMN-401","permissionName":"ReadCallRecording"}]}"#,
            after: 400 * day, old)
        #expect(scope.scope == .stop && scope.kind == .permission)
        #expect(scope.message.contains("ReadCallRecording"))
        let role = failure(403, #"{"errors":[{"errorCode":"CMN-408"}]}"#, after: 400 * day, old)
        #expect(role.scope == .stop && role.kind == .permission)
        let one = failure(403, #"{"errors":[{"errorCode":"CMN-404"}]}"#, after: 400 * day, old)
        #expect(one.scope == .item && one.kind == .permission)
        #expect(failure(403, after: 400 * day, old).scope == .item)
    }

    @Test(
        arguments: [
            (401, Failure.Scope.stop, Failure.Kind.auth), (429, .stop, .rateLimit),
            (500, .temporary, .server), (503, .temporary, .server), (504, .temporary, .timeout),
            (408, .temporary, .timeout), (416, .item, .badResponse), (301, .item, .badResponse),
        ] as [(Int, Failure.Scope, Failure.Kind)])
    func otherStatusesConcernTheRecordOrTheLine(
        status: Int, scope: Failure.Scope, kind: Failure.Kind
    ) throws {
        let failure = failure(status, "", try record())
        #expect(failure.scope == scope && failure.kind == kind)
    }
}
