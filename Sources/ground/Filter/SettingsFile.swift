// SettingsFile: the names in the file of --env-file, for a tool that checks them.
public import Records

/// The settings file as it is, without its values.
public struct SettingsFile: Sendable {
    /// Its path.
    public let path: String
    /// The names that it sets, in their order by name.
    public let names: [String]

    /// Reads the file.
    ///
    /// - Parameter given: The value of `--env-file`; `nil` for `.env`, which may be missing.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public init(_ given: String?) throws(Failure) {
        let file = try EnvironmentFile(given)
        path = given ?? ".env"
        names = file.names
    }

    /// The setting or option that does the work of one that no tool reads; `nil` for any other name.
    public static func advice(for name: String) -> String? {
        ReplacedSettings.advice.first { $0.key == name }?.value
    }
}
