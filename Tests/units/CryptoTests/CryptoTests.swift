// CryptoTests: hashes, base64url and signatures against known answers and the openssl command.
import Crypto
import Foundation
import TestSupport
import Testing

@Suite("Hashes and encodings")
struct HashTests {
    @Test("SHA-256 and MD5 give the answers of their specifications")
    func vectors() {
        #expect(
            Digest.sha256(Array("abc".utf8))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            Digest.sha256([])
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(Digest.md5(Array("message digest".utf8)) == "f96b697d7cb7938d525a2f31aaf161d0")
    }

    @Test("a copy ends without ending the hash that goes on")
    func copies() {
        var digest = Digest(.sha256)
        digest.update(Array("a".utf8))
        let early = digest.copy().hex()
        digest.update(Array("bc".utf8))
        #expect(early == Digest.sha256(Array("a".utf8)))
        #expect(digest.hex() == Digest.sha256(Array("abc".utf8)))
    }

    @Test(
        "base64url has no padding and the alphabet of RFC 4648",
        arguments: [
            ([], ""), ([0x66], "Zg"), ([0x66, 0x6F], "Zm8"), ([0x66, 0x6F, 0x6F], "Zm9v"),
            ([0xFB, 0xFF, 0xFE], "-__-"), ([0xFF], "_w"),
        ] as [([UInt8], String)])
    func base64(bytes: [UInt8], text: String) {
        #expect(Base64URL.encode(bytes) == text)
    }
}

@Suite("Signatures")
struct SignatureTests {
    @Test("RS256 signs as openssl does")
    func signs() throws {
        let place = TemporaryDirectory()
        let folder = place.url
        try Data("header.claims".utf8).write(to: folder.appending(path: "text"))
        try openssl(["genrsa", "-out", "key.pem", "2048"], in: folder)
        try openssl(
            ["dgst", "-sha256", "-sign", "key.pem", "-out", "signature", "text"], in: folder)

        let pem = try String(contentsOf: folder.appending(path: "key.pem"), encoding: .utf8)
        let signature = try PrivateKey(pem: pem).signRS256(Array("header.claims".utf8))
        #expect(try Data(contentsOf: folder.appending(path: "signature")) == Data(signature))
    }

    @Test(
        "a text that is no key is refused without repeating it",
        arguments: [
            "", "not a key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        ])
    func refuses(pem: String) {
        let error = #expect(throws: PrivateKeyError.self) { try PrivateKey(pem: pem) }
        #expect(error?.reason == "it is not a private key in PEM")
    }

    private func openssl(_ arguments: [String], in folder: URL) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
