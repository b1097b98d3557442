// DiagnosisTests: misspelt settings, modes and ages of secret files, ends of tokens, and profiles.
import Checks
import Foundation
import Records
import TestSupport
import Testing

@testable import Diagnosis

@Suite struct DiagnosisTests {
    private let place = TemporaryDirectory()

    @Test("a misspelt name is told with the one that is meant")
    func misspelt() {
        let results = SettingNames.results(
            for: [
                "BATCH_SIZE", "MAX_WORKERS", "RINGCENTRAL_CLIENT_IDD", "WHISPER_MODLE", "MY_OWN",
            ],
            in: ".env"
        ) { $0 == "BATCH_SIZE" ? "use --limit N" : nil }
        #expect(
            results.map(\.name) == [
                "setting BATCH_SIZE", "setting RINGCENTRAL_CLIENT_IDD", "setting WHISPER_MODLE",
                "setting MY_OWN",
            ])
        #expect(results.allSatisfy { $0.verdict == .warn })
        #expect(results[0].remedy == "use --limit N")
        #expect(results[1].remedy.hasPrefix("RINGCENTRAL_CLIENT_ID is read"))
        #expect(results[2].remedy.hasPrefix("WHISPER_MODEL is read"))
        let fine = SettingNames.results(for: ["MAX_WORKERS"], in: ".env") { _ in nil }
        #expect(fine.map(\.verdict) == [.pass])
    }

    @Test("every setting that a source reads is known")
    func complete() throws {
        let sources = try #require(
            FileManager.default.enumerator(atPath: Checkout.root.appending(path: "Sources").path))
        let setting =
            #/(?:value|secret|required|requiredSecret)\(\s*((?:"[A-Z][A-Z0-9_]+"(?:,\s*)?)+)/#
        let option = #/or: "([A-Z][A-Z0-9_]+)"/#
        var read: Set<String> = []
        for case let name as String in sources where name.hasSuffix(".swift") {
            let text = try String(
                contentsOf: Checkout.root.appending(path: "Sources/\(name)"), encoding: .utf8)
            for match in text.matches(of: setting) {
                read.formUnion(match.1.matches(of: #/[A-Z][A-Z0-9_]+/#).map { String($0.0) })
            }
            read.formUnion(text.matches(of: option).map { String($0.1) })
        }
        #expect(read.count > 40)
        let unknown = read.subtracting(SettingNames.known)
        #expect(unknown.isEmpty, "SettingNames lacks \(unknown.sorted())")
    }

    @Test(
        "a secret file that others can use is told",
        arguments: [
            (0o600, CheckResult.Verdict.pass), (0o640, .pass), (0o660, .warn), (0o644, .fail),
            (0o606, .fail),
        ])
    func modes(_ mode: Int, _ verdict: CheckResult.Verdict) throws {
        let path = try place.write("s".utf8, "secret")
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        let files = SecretFiles(
            Environment(["DEEPGRAM_API_KEY_FILE": path]), settingsFile: place["none"])
        #expect(files.permissions.map(\.verdict) == [verdict])
    }

    @Test("a secret file that is not there is a fault, and its age is told in days")
    func ages() throws {
        let path = try place.write("s".utf8, "secret")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -100 * 86_400)], ofItemAtPath: path)
        let files = SecretFiles(
            Environment(["RC_JWT_FILE": path, "GROQ_API_KEY_FILE": place["none"]]),
            settingsFile: place["none"])
        let ages = files.ages(limit: 90 * 86_400)
        #expect(ages.map(\.verdict) == [.warn, .fail])
        #expect(ages[0].figure?.value.rounded() == 100)
        #expect(files.permissions.map(\.verdict).last == .fail)
    }

    /// A token with these claims, without a signature that means something.
    private func token(_ claims: String) -> String {
        let middle = Data(claims.utf8).base64EncodedString().replacing("=", with: "")
            .replacing("+", with: "-").replacing("/", with: "_")
        return "aGVhZA.\(middle).c2lnbg"
    }

    @Test("the end of a JWT is its claim exp")
    func tokens() {
        func verdict(_ token: String) -> CheckResult.Verdict {
            SecretFiles(Environment(["RINGCENTRAL_JWT_TOKEN": token]), settingsFile: place["none"])
                .tokenEnd(days: 14).verdict
        }
        let now = Int(Timestamp.now.seconds)
        #expect(verdict(token(#"{"sub":"é?>","exp":\#(now + 100 * 86_400)}"#)) == .pass)
        #expect(verdict(token(#"{"exp":\#(now + 86_400)}"#)) == .warn)
        #expect(verdict(token(#"{"exp":\#(now - 60)}"#)) == .fail)
        #expect(verdict(token("{}")) == .skip)
        #expect(verdict("no token") == .skip)
        #expect(
            SecretFiles(Environment([:]), settingsFile: place["none"]).tokenEnd(days: 14).verdict
                == .skip)
    }

    @Test(
        "the profile follows the memory",
        arguments: [
            (2_000_000_000, "base", 4), (4_100_000_000, "base", 4), (8_200_000_000, "small", 6),
            (7_900_000_000, "small", 6), (16_600_000_000, "medium", 8),
            (64_000_000_000, "medium", 8),
        ])
    func profiles(_ bytes: Int, _ model: String, _ workers: Int) {
        let profile = MachineProfile.of(bytes: bytes)
        #expect((profile.model, profile.workers) == (model, workers))
        #expect(profile.lines(processors: 2).contains("WHISPER_MODEL=\(model)"))
        #expect(profile.lines(processors: 2).last?.contains("MAX_WORKERS=2") == true)
        #expect(profile.lines(processors: 99).last?.contains("DB_POOL_SIZE") == true)
    }
}
