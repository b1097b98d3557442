// Settings: everything that the environment says about RingCentral.
internal import HTTP
internal import Records

/// The settings of a RingCentral account.
struct Settings: Sendable {
    /// The address of the server, without a slash at its end.
    let server: String
    /// The same address, taken apart.
    let origin: Address
    /// The host of the recordings, where the user named one.
    let media: Address?
    let credentials: Credentials
    /// The least time between two Heavy requests, in seconds.
    let minimumInterval: Double
    /// The rate limit that insights count against, until the service tells it.
    let insightsGroup: InsightsGroup

    private static let usualServer = "https://platform.ringcentral.com"

    /// Reads the settings.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`, naming the variable.
    init(_ environment: Environment) throws(Failure) {
        let name = "RINGCENTRAL_SERVER_URL"
        server = try Address.base(
            environment.value(name, "RC_SERVER_URL") ?? Self.usualServer, of: name,
            example: Self.usualServer)
        guard let origin = Address(server), origin.isPrivate else {
            throw Self.unusable(name, "it is not an https address", Self.usualServer)
        }
        self.origin = origin
        media = try Self.media(environment)
        credentials = try Credentials(environment)
        minimumInterval = try Self.minimumInterval(environment)
        insightsGroup = try Self.insightsGroup(environment)
    }

    /// The media host of a partner's installation is not documented, hence the setting.
    private static func media(_ environment: Environment) throws(Failure) -> Address? {
        let name = "RINGCENTRAL_MEDIA_HOST"
        guard let host = environment.value(name) else { return nil }
        guard !host.contains("/"), let address = Address("https://\(host)") else {
            throw unusable(name, "it is not a host", "media.example.com or media.example.com:8443")
        }
        return address
    }

    private static func minimumInterval(_ environment: Environment) throws(Failure) -> Double {
        let name = "RINGCENTRAL_MIN_INTERVAL"
        guard let text = environment.value(name) else { return 0 }
        guard let seconds = Double(text), (0...3600).contains(seconds) else {
            throw unusable(name, "it is not a number of seconds from 0 to 3600", "6.5")
        }
        return seconds
    }

    private static func insightsGroup(_ environment: Environment) throws(Failure) -> InsightsGroup {
        let name = "RINGCENTRAL_INSIGHTS_GROUP"
        guard let text = environment.value(name) else { return .light }
        guard let group = InsightsGroup(rawValue: text.lowercased()) else {
            throw unusable(name, "it is not a group of rate limits", "light or heavy")
        }
        return group
    }

    private static func unusable(_ name: String, _ reason: String, _ example: String) -> Failure {
        Failure(
            .stop, .configuration, "use \(name): \(reason)",
            remedy: "set \(name) to \(example), or do not set it")
    }
}
