// AccountTests: what the settings make of an account, and where its token may go.
import Foundation
import Records
import TestSupport
import Testing

@testable import RingCentral

private func account(_ more: [String: String] = [:]) throws -> Account {
    let directory = TemporaryDirectory()
    let settings = [
        "RC_APP_CLIENT_ID": "client", "RC_APP_CLIENT_SECRET": "secret", "RC_USER_JWT": "jwt",
        "XDG_RUNTIME_DIR": directory.path,
    ]
    return try Account(Environment(settings.merging(more) { $1 })) { _ in }
}

@Suite struct AccountTests {
    @Test func theTokenGoesToRingCentralAndTheConfiguredServerOnly() throws {
        let account = try account(["RC_SERVER_URL": "https://rc.partner.example/"])
        #expect(
            account.address("call-log")
                == "https://rc.partner.example/restapi/v1.0/account/~/call-log")
        for address in [
            "https://media.ringcentral.com:443/restapi/v1.0/x", "https://media.ringcentral.biz/x",
            "https://rc.partner.example/x",
        ] {
            #expect(account.trusts(address), "\(address)")
        }
        for address in [
            "https://rc.partner.example:8443/x", "https://media.ringcentral.com:8443/x",
            "http://media.ringcentral.com/x", "https://media.partner.example/x",
            "https://ringcentral.com.evil.example/", "https://evil-ringcentral.com/",
            "https://media.ringcentral.com@evil.example/", "http://127.0.0.1/x", "", "file:///x",
        ] {
            #expect(!account.trusts(address), "\(address)")
        }
    }

    @Test func aMediaHostCanBeNamed() throws {
        let account = try account(["RINGCENTRAL_MEDIA_HOST": "Media.Partner.example"])
        #expect(account.trusts("https://media.partner.example/x"))
        #expect(!account.trusts("http://media.partner.example/x"))
        #expect(!account.trusts("https://media.partner.example:8443/x"))
    }

    @Test func aMediaHostMayHaveAPort() throws {
        let account = try account(["RINGCENTRAL_MEDIA_HOST": "media.partner.example:8443"])
        #expect(account.trusts("https://media.partner.example:8443/x"))
        #expect(!account.trusts("https://media.partner.example/x"))
    }

    @Test(arguments: [
        ("RC_APP_CLIENT_ID", "", "RINGCENTRAL_CLIENT_ID"),
        ("RC_APP_CLIENT_SECRET", "", "RINGCENTRAL_CLIENT_SECRET"),
        ("RC_USER_JWT", "", "RINGCENTRAL_JWT_TOKEN"),
        ("RINGCENTRAL_SERVER_URL", "http://platform.ringcentral.com", "RINGCENTRAL_SERVER_URL"),
        ("RINGCENTRAL_SERVER_URL", "platform.ringcentral.com", "RINGCENTRAL_SERVER_URL"),
        ("RINGCENTRAL_SERVER_URL", "https://a.example/?x=1", "RINGCENTRAL_SERVER_URL"),
        ("RINGCENTRAL_MEDIA_HOST", "https://media.example", "RINGCENTRAL_MEDIA_HOST"),
        ("RINGCENTRAL_MEDIA_HOST", "me@media.example", "RINGCENTRAL_MEDIA_HOST"),
        ("RINGCENTRAL_INSIGHTS_GROUP", "medium", "RINGCENTRAL_INSIGHTS_GROUP"),
        ("RINGCENTRAL_MIN_INTERVAL", "often", "RINGCENTRAL_MIN_INTERVAL"),
        ("RINGCENTRAL_MIN_INTERVAL", "-1", "RINGCENTRAL_MIN_INTERVAL"),
    ])
    func anUnusableSettingIsNamed(name: String, value: String, named: String) throws {
        let failure = try #require(throws: Failure.self) { try account([name: value]) }
        #expect(failure.scope == .stop && failure.kind == .configuration)
        #expect(failure.message.contains(named))
    }

    @Test func theFormIsEncodedAndTheSecretNotInIt() throws {
        let credentials = try Credentials(
            Environment([
                "RINGCENTRAL_CLIENT_ID": "id", "RINGCENTRAL_CLIENT_SECRET": "s:ecret",
                "RINGCENTRAL_JWT_TOKEN": "a+b/c=&d",
            ]))
        #expect(
            String(decoding: credentials.form, as: UTF8.self)
                == "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
                + "&assertion=a%2Bb%2Fc%3D%26d")
        #expect(credentials.basic == "Basic aWQ6czplY3JldA==")
    }

    @Test func aNewSecretIsANewLoginToTheSameBudget() throws {
        func credentials(_ secret: String) throws -> Credentials {
            try Credentials(
                Environment([
                    "RC_CLIENT_ID": "id", "RC_CLIENT_SECRET": secret, "RC_JWT": "jwt",
                ]))
        }
        let (old, new) = (try credentials("a"), try credentials("b"))
        #expect(old.account(at: "x") == new.account(at: "x"))
        #expect(old.account(at: "x") != new.account(at: "y"))
        #expect(old.login(at: "x") != new.login(at: "x"))
    }

    @Test func theQuestionIsTheOneOfTheReference() throws {
        let now = try #require(Timestamp("2024-03-10T12:00:00Z"))
        let range = try CallRange(from: "2024-03-09", to: "2024-03-09", now: now)
        let query = CallLogQuery(range, extensionID: "62264425101", direction: .inbound)
        #expect(
            query.path(try #require(range.windows.first))
                == "extension/62264425101/call-log?view=Detailed&recordingType=All&type=Voice"
                + "&direction=Inbound&dateFrom=2024-03-08T23:59:59.000Z"
                + "&dateTo=2024-03-10T00:00:00.000Z&perPage=1000")
    }
}
