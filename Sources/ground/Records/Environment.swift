// Environment: the settings a program was given, by name, with secrets that may lie in files.
internal import System

/// Settings by name: the process environment over the `--env-file`.
///
/// A secret may come as `NAME`, as a file that `NAME_FILE` names, or as a file `NAME` in systemd's
/// `$CREDENTIALS_DIRECTORY`; never as an option's value, since argv is public.
public struct Environment: Sendable {
    private let variables: [String: String]

    /// Takes the variables as they are.
    ///
    /// In every look-up an earlier name wins over a later alias; an empty value is none, so that a
    /// setting of the env-file can be switched off from outside.
    public init(_ variables: [String: String]) {
        self.variables = variables
    }

    /// The same settings, but for one.
    public func with(_ name: String, _ value: String) -> Environment {
        var variables = variables
        variables[name] = value
        return Environment(variables)
    }

    /// The first of the names that has a value that is not empty.
    public func value(_ names: String...) -> String? {
        first(of: names)
    }

    /// The first of the names that has a value, or a failure that names the variable to set.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public func required(_ names: String...) throws(Failure) -> String {
        guard let value = first(of: names) else { throw missing(names) }
        return value
    }

    /// A secret by the first name that has one, in the environment or in a file.
    ///
    /// White space around what a file holds is not part of the secret.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`, when a named file cannot be read
    ///   or is empty.
    public func secret(_ names: String...) throws(Failure) -> String? {
        try firstSecret(of: names)
    }

    /// A secret that has to be there.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public func requiredSecret(_ names: String...) throws(Failure) -> String {
        guard let value = try firstSecret(of: names) else { throw missing(names) }
        return value
    }

    private func first(of names: [String]) -> String? {
        for name in names {
            if let value = variables[name], !value.isEmpty { return value }
        }
        return nil
    }

    private func firstSecret(of names: [String]) throws(Failure) -> String? {
        for name in names {
            if let value = variables[name], !value.isEmpty { return value }
            if let path = variables[name + "_FILE"], !path.isEmpty {
                return try contents(of: path, for: name + "_FILE")
            }
            if let directory = variables["CREDENTIALS_DIRECTORY"], !directory.isEmpty,
                FileSystem.exists("\(directory)/\(name)")
            {
                return try contents(of: "\(directory)/\(name)", for: "CREDENTIALS_DIRECTORY")
            }
        }
        return nil
    }

    private func contents(of path: String, for name: String) throws(Failure) -> String {
        let bytes: [UInt8]
        do {
            bytes = try Descriptor.contents(of: path, atMost: 1 << 20)
        } catch {
            throw Failure(
                .stop, .configuration, "read \(path): \(error.reason)",
                remedy: "let \(name) name a readable file")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.stop, .configuration, "read \(path): it is not UTF-8")
        }
        let secret = text.trimmingWhitespace()
        if secret.isEmpty {
            throw Failure(
                .stop, .configuration, "read \(path): it is empty",
                remedy: "put the secret into the file that \(name) names")
        }
        return secret
    }

    /// The directory for files that are gone when the program ends.
    public var temporaryDirectory: String { value("TMPDIR") ?? "/tmp" }

    private func missing(_ names: [String]) -> Failure {
        let others = names.dropFirst().joined(separator: ", ")
        return Failure(
            .stop, .configuration, "read \(names[0]): it is not set",
            remedy: "set \(names[0])" + (others.isEmpty ? "" : " (or \(others))")
                + " in the environment or in the --env-file")
    }
}

extension String {
    fileprivate func trimmingWhitespace() -> String {
        var rest = Substring(self)
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        while let head = rest.first, head.isWhitespace { rest.removeFirst() }
        return String(rest)
    }
}
