// TestKey: an RSA key made once, a place on disk, and ears for events.
import Foundation
import Records
import Synchronization
import TestSupport

@testable import GoogleDrive

enum TestKey {
    static let email = "archive@test.iam.gserviceaccount.com"
    private static let pem: String = {
        let (status, output) = openssl([
            "genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048",
        ])
        precondition(status == 0)
        return String(decoding: output, as: UTF8.self)
    }()

    /// The text of a key file.
    static func text(tokenAddress: String = "http://127.0.0.1:1/token") -> [UInt8] {
        JSON.members([
            "type": .string("service_account"), "client_email": .string(email),
            "private_key_id": .string("0123abcd"), "private_key": .string(pem),
            "token_uri": .string(tokenAddress),
        ]).bytes
    }

    static func key(
        tokenAddress: String = "http://127.0.0.1:1/token"
    ) throws -> ServiceAccountKey {
        try ServiceAccountKey(text(tokenAddress: tokenAddress), path: "key.json")
    }

    /// True when openssl's program takes the signature for one over the bytes.
    static func verifies(_ bytes: Data, _ signature: Data) throws -> Bool {
        let place = TemporaryDirectory()
        for (name, content) in [("k", Data(pem.utf8)), ("b", bytes), ("s", signature)] {
            try place.write(content, name)
        }
        return openssl([
            "dgst", "-sha256", "-prverify", place["k"], "-signature", place["s"],
            place["b"],
        ]).status == 0
    }

    static func decoded(_ text: Substring) -> Data? {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(
            base64Encoded: text.replacing("-", with: "+").replacing("_", with: "/") + padding)
    }

    private static func openssl(_ arguments: [String]) -> (status: Int32, output: Data) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return (1, Data()) }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, data)
    }
}

extension TemporaryDirectory {
    /// An environment whose key file lies here.
    func environment(_ more: [String: String] = [:]) throws -> Environment {
        let key = try write(TestKey.text(), "key.json")
        unsafe chmod(key, 0o600)
        let own = [
            "GOOGLE_SERVICE_ACCOUNT_FILE": key, "GOOGLE_DRIVE_FOLDER_ID": "1folder",
            "GOOGLE_API_URL": "http://127.0.0.1:1", "XDG_RUNTIME_DIR": path,
        ]
        return Environment(own.merging(more) { _, more in more })
    }
}

/// Remembers the remarks it hears.
final class Notes: Sendable {
    private let heard = Mutex<[String]>([])

    var texts: [String] { heard.withLock { $0 } }

    var observer: Observer {
        { event in
            if case .note(let text) = event { self.heard.withLock { $0.append(text) } }
        }
    }
}

extension JSON {
    func object() throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] ?? [:]
    }
}
