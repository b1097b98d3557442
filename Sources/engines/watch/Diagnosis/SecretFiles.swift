// SecretFiles: who can read the files with secrets, how old they are, and when a token ends.
public import Checks
internal import FoundationEssentials
public import Records
internal import System

/// The files that hold secrets, by the settings that name them.
public struct SecretFiles: Sendable {
    /// A file and the name of what it is for.
    struct File: Sendable {
        let setting: String
        let path: String
    }

    private let files: [File]
    private let environment: Environment

    /// Finds the files.
    ///
    /// - Parameters:
    ///   - environment: The settings.
    ///   - settingsFile: The path of the settings file.
    public init(_ environment: Environment, settingsFile: String) {
        self.environment = environment
        var files: [File] = []
        if FileSystem.exists(settingsFile) {
            files.append(File(setting: settingsFile, path: settingsFile))
        }
        let settings = SettingNames.secrets.map { $0 + "_FILE" } + ["GOOGLE_SERVICE_ACCOUNT_FILE"]
        for setting in settings {
            if let path = environment.value(setting) {
                files.append(File(setting: setting, path: path))
            }
        }
        if let directory = environment.value("CALLPIPE_KEYS") {
            let known = Set(files.map(\.path))
            files += SecretFiles.paths(in: directory).filter { !known.contains($0) }
                .map { File(setting: $0, path: $0) }
        }
        self.files = files
    }

    /// The files of a directory of secrets, by name; a file of rules is none of them.
    ///
    /// Systemd gives a unit copies of its secrets and the settings without their file, so that a unit
    /// knows the age of both by their directory alone.
    private static func paths(in directory: String) -> [String] {
        guard let names = try? Directory.names(in: directory) else { return [directory] }
        return names.map { "\(directory)/\(String(decoding: $0, as: UTF8.self))" }
            .filter { path in
                !path.hasSuffix(".ndjson") && (try? FileStatus(of: path).kind) == .file
            }.sorted()
    }

    /// The times at which the files were last changed; one that cannot be looked at is left out.
    public var changes: [(name: String, changed: Timestamp)] {
        files.compactMap { file in
            (try? SecretFiles.changed(file.path)).map { (file.setting, $0) }
        }
    }

    private static func changed(_ path: String) throws(SystemError) -> Timestamp {
        Timestamp(milliseconds: try FileStatus(of: path).modified / 1_000_000)
    }

    /// The results of who can read and write each file.
    public var permissions: [CheckResult] {
        files.map { file in
            let name = "mode of \(file.setting)"
            do throws(SystemError) {
                let status = try FileStatus(of: file.path)
                return SecretFiles.mode(name, file.path, status.permissions)
            } catch {
                return CheckResult(
                    name, .fail, "unable to look at \(file.path): \(error.reason)",
                    remedy: "let \(file.setting) name a file that this user can read")
            }
        }
    }

    private static func mode(_ name: String, _ path: String, _ mode: UInt32) -> CheckResult {
        let digits = String(mode, radix: 8)
        let remedy = "run chmod 600 \(path)"
        if mode & 0o007 != 0 {
            return CheckResult(
                name, .fail, "\(path) has mode \(digits): every user of this machine can use it",
                remedy: remedy)
        }
        if mode & 0o020 != 0 {
            return CheckResult(
                name, .warn, "\(path) has mode \(digits): its group can change it", remedy: remedy)
        }
        return CheckResult(name, .pass, "\(path) has mode \(digits)")
    }

    /// The results of the age of each file.
    ///
    /// - Parameter limit: The age in seconds from which on a key is to be replaced.
    /// - Returns: A result for each file.
    public func ages(limit: Double) -> [CheckResult] {
        files.map { file in
            let name = "age of \(file.setting)"
            do throws(SystemError) {
                let changed = try SecretFiles.changed(file.path)
                let days = (Timestamp.now.seconds - changed.seconds) / 86_400
                return CheckResult(
                    name, Figure(max(0, days), "days", limit: limit / 86_400),
                    "\(file.path) was last changed on \(changed.day.text)",
                    remedy: "make a new key, put it into the file, and revoke the old one")
            } catch {
                return CheckResult(
                    name, .fail, "unable to look at \(file.path): \(error.reason)",
                    remedy: "let \(file.setting) name a file that this user can read")
            }
        }
    }

    /// The end of the JWT of RingCentral's user, if it has one.
    ///
    /// - Parameter days: The days for which it has to be valid yet.
    /// - Returns: The result; skipped without a token.
    public func tokenEnd(days: Int) -> CheckResult {
        let name = "end of RINGCENTRAL_JWT_TOKEN"
        let token: String?
        do throws(Failure) {
            token = try environment.secret(
                "RINGCENTRAL_JWT_TOKEN", "RINGCENTRAL_JWT", "RC_USER_JWT", "RC_JWT", "RC_JWT_TOKEN")
        } catch {
            return CheckResult(name, failed: error)
        }
        guard let token else { return CheckResult(name, .skip, "no JWT is set") }
        guard let end = SecretFiles.end(of: token) else {
            return CheckResult(name, .skip, "the token tells no end")
        }
        let left = (end.seconds - Timestamp.now.seconds) / 86_400
        return CheckResult(
            name, Figure(left, "days", limit: Double(days), critical: 0, isFloor: true),
            "the token is valid until \(end.text)",
            remedy: "make a new JWT in the Developer Console, under Credentials")
    }

    /// The claim `exp` of a JSON Web Token; `nil` for what is none.
    static func end(of token: String) -> Timestamp? {
        struct Claims: Decodable {
            let exp: Double?
        }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        var text = parts[1].map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        while text.count % 4 != 0 { text.append("=") }
        guard let data = Data(base64Encoded: String(text)),
            let end = (try? JSONDecoder().decode(Claims.self, from: data))?.exp
        else { return nil }
        return Timestamp(seconds: end)
    }
}
