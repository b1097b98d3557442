// ServiceAccountKeyTests: the key file, the claims and the signature.
import Foundation
import Records
import TestSupport
import Testing

@testable import GoogleDrive

@Suite struct ServiceAccountKeyTests {
    @Test("the claims are those that Google asks for")
    func claims() throws {
        let key = try TestKey.key(tokenAddress: "https://oauth2.googleapis.com/token")
        let claims = try key.claims(scopes: "a b", for: nil, now: 1000).object()
        #expect(claims["iss"] as? String == TestKey.email)
        #expect(claims["scope"] as? String == "a b")
        #expect(claims["aud"] as? String == "https://oauth2.googleapis.com/token")
        #expect(claims["iat"] as? Int == 990)
        #expect(claims["exp"] as? Int == 990 + 3600)
        #expect(claims["sub"] == nil)
    }

    @Test("the user for whom the account acts is the subject")
    func subject() throws {
        let claims = try TestKey.key().claims(scopes: "a", for: "u@example.com", now: 0).object()
        #expect(claims["sub"] as? String == "u@example.com")
    }

    @Test(
        "the audience is Google's constant, whatever the address, except on this host",
        arguments: [
            ("https://proxy.example.com/token", ServiceAccountKey.audience),
            ("http://127.0.0.1:8080/token", "http://127.0.0.1:8080/token"),
            ("http://localhost:1/token", "http://localhost:1/token"),
            ("http://[::1]:1/token", "http://[::1]:1/token"),
            ("https://127.0.0.1.example.com/token", ServiceAccountKey.audience),
        ])
    func audience(_ address: String, _ audience: String) throws {
        let key = try TestKey.key(tokenAddress: address)
        let claims = try key.claims(scopes: "a", for: nil, now: 0).object()
        #expect(claims["aud"] as? String == audience)
    }

    @Test("an assertion is three parts without padding, signed with the key")
    func assertion() throws {
        let assertion = try TestKey.key().assertion(scopes: "a", for: nil, now: 1000)
        let parts = assertion.split(separator: ".", omittingEmptySubsequences: false)
        #expect(parts.count == 3)
        #expect(!assertion.contains("="))
        let header = try #require(TestKey.decoded(parts[0]))
        #expect(
            String(decoding: header, as: UTF8.self)
                == #"{"alg":"RS256","typ":"JWT","kid":"0123abcd"}"#)
        #expect(
            try TestKey.verifies(
                Data("\(parts[0]).\(parts[1])".utf8), try #require(TestKey.decoded(parts[2]))))
    }

    @Test(
        "a file that is no key says what is wrong, and nothing of what it holds",
        arguments: [
            ("secret", "it is not the JSON of a key"),
            (#"{"type":"authorized_user","client_email":"secret"}"#, "a key of another type"),
            (#"{"private_key":"secret"}"#, "client_email"),
            (#"{"client_email":"a@example.com"}"#, "private_key"),
            (#"{"client_email":"a@example.com","private_key":"secret"}"#, "private key"),
        ])
    func broken(_ text: String, _ reason: String) throws {
        let failure = #expect(throws: Failure.self) {
            try ServiceAccountKey(Array(text.utf8), path: "k.json")
        }
        #expect(failure?.scope == .stop)
        #expect(failure?.kind == .configuration)
        #expect(failure?.description.contains(reason) == true)
        #expect(failure?.description.contains("secret") == false)
    }

    @Test("a private key that lost its line ends has to be downloaded again")
    func lineEnds() throws {
        let text =
            #"{"client_email":"a@example.com","private_key":"-----BEGIN PRIVATE KEY-----\\nsecret"}"#
        let failure = #expect(throws: Failure.self) {
            try ServiceAccountKey(Array(text.utf8), path: "k.json")
        }
        #expect(failure?.remedy.hasPrefix("download a new key file") == true)
        #expect(failure?.description.contains("secret") == false)
    }

    @Test("a key file that everyone can read is remarked upon")
    func permissions() throws {
        let place = TemporaryDirectory()
        let path = try place.write(TestKey.text(), "key.json")
        let notes = Notes()
        unsafe chmod(path, 0o600)
        _ = try ServiceAccountKey(path: path, observer: notes.observer)
        #expect(notes.texts.isEmpty)
        unsafe chmod(path, 0o644)
        _ = try ServiceAccountKey(path: path, observer: notes.observer)
        #expect(notes.texts.count == 1)
        #expect(notes.texts.first?.contains("chmod 600") == true)
    }
}
