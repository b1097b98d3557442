// AlertTextTests: signatures, mails and cards as their standards have them.
import Foundation
import HTTP
import Records
import Testing

@testable import AlertService
@testable import Mail
@testable import Slack
@testable import Webhook

@Suite struct AlertTextTests {
    @Test("The signature is that of the example of Standard Webhooks")
    func signature() {
        let key = Webhook.key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        let body = Array(#"{"test": 2432232314}"#.utf8)
        #expect(
            Webhook.signature("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body, key)
                == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        #expect(Webhook.key("plain text") == Array("plain text".utf8))
    }

    @Test(
        "A header that is not plain ASCII is words of at most 75 letters that decode to it",
        arguments: ["Prüfung", "größer " + String(repeating: "ö—", count: 80), "=?x?="])
    func subject(_ text: String) {
        let encoded = MailText.encoded(text)
        let words = encoded.components(separatedBy: "\r\n ")
        #expect(words.allSatisfy { $0.count <= 75 && $0.hasPrefix("=?utf-8?B?") })
        let decoded = words.compactMap {
            Data(base64Encoded: String($0.dropFirst(10).dropLast(2)))
                .map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(decoded.joined() == text)
    }

    @Test("A subject cannot begin another header, and plain ASCII stays as it is")
    func plainSubject() {
        #expect(MailText.encoded("FIRING: disk") == "FIRING: disk")
        #expect(!MailText.encoded("a\r\nBcc: x@y").contains("\nBcc"))
    }

    @Test(
        "A line is quoted-printable",
        arguments: [
            ("a=b", "a=3Db"), ("end ", "end=20"), ("ö", "=C3=B6"), ("", ""),
            (
                String(repeating: "x", count: 80),
                String(repeating: "x", count: 75) + "=\r\n" + String(repeating: "x", count: 5)
            ),
        ])
    func quoted(_ line: String, _ text: String) {
        #expect(MailText.quoted(line) == text)
    }

    @Test(
        "A date has the right day of the week",
        arguments: [
            ("2026-11-29T10:47:45Z", "Sun, 29 Nov 2026 10:47:45 +0000"),
            ("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 +0000"),
            ("2024-02-29T23:59:59Z", "Thu, 29 Feb 2024 23:59:59 +0000"),
        ])
    func date(_ time: String, _ text: String) throws {
        #expect(MailText.date(try #require(Timestamp(time))) == text)
    }

    @Test(
        "Only plain addresses are addresses",
        arguments: [
            ("ops@example.com", true), ("a@b>\r\nRCPT TO:<c@d", false), ("a@b@c", false),
            ("@b", false), ("a b@c", false), ("Ops <a@b>", false), ("ü@b.c", false),
        ])
    func addresses(_ text: String, _ isAddress: Bool) {
        #expect(Envelope.isAddress(text) == isAddress)
    }

    @Test("Slack's own marks are shown as they are")
    func marks() {
        #expect(Slack.escaped("<!channel> a & b") == "&lt;!channel&gt; a &amp; b")
    }

    @Test(
        "An answer means now, later or never",
        arguments: [
            (429, ["Retry-After": "7"], Failure.Scope.temporary, 7.0 as Double?),
            (503, [:], .temporary, nil), (400, [:], .item, nil), (404, [:], .temporary, nil),
            (302, [:], .temporary, nil),
        ])
    func answers(
        _ status: Int, _ headers: [String: String], _ scope: Failure.Scope, _ wait: Double?
    ) {
        let response = Response(
            status: status, headers: headers.map { Header($0.key, $0.value) },
            body: Array("no_service".utf8))
        let failure = Posting.refusal(response, "Slack", [400])
        #expect(failure.scope == scope && failure.retryAfter == wait && failure.status == status)
        #expect(failure.message == "tell Slack: it answered \(status) no_service")
    }
}
