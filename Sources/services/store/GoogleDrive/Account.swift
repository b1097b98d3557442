// Account: the settings of Google Drive: key, user, scope and target folder.
internal import HTTP
public import Records
internal import System

/// The settings of Google Drive.
public struct Account: Sendable {
    /// The service account's key.
    public let key: ServiceAccountKey
    /// The id of the target folder: all files and folders are below it.
    public let folder: String
    /// The address of the user for whom the account acts, with domain-wide delegation.
    let user: String?
    let scope: String
    let address: String
    let writesPerSecond: Double
    /// The factor of all waits between attempts; tests have no time.
    let backoffScale: Double
    /// Gets a note of each wait and of settings that need attention.
    let observer: Observer?

    /// Reads the settings.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`, naming the variable.
    public init(_ environment: Environment, observer: Observer? = nil) throws(Failure) {
        self.observer = observer
        let path = try environment.required("GOOGLE_SERVICE_ACCOUNT_FILE")
        folder = try environment.required("GOOGLE_DRIVE_FOLDER_ID")
        guard Self.isIdentifier(folder) else {
            throw Failure(
                .stop, .configuration, "use GOOGLE_DRIVE_FOLDER_ID: it is not the id of a folder",
                remedy: "take what follows /folders/ in the folder's address")
        }
        key = try ServiceAccountKey(path: path, observer: observer)
        user = environment.value("GOOGLE_DELEGATED_USER")
        scope = Self.scope(environment.value("GOOGLE_DRIVE_SCOPE") ?? "drive.file")
        let usualAddress = "https://www.googleapis.com"
        address = try Address.base(
            environment.value("GOOGLE_API_URL") ?? usualAddress, of: "GOOGLE_API_URL",
            example: usualAddress)
        backoffScale = try Client.Settings.backoffScale(environment)
        writesPerSecond = try Self.rate(environment.value("GOOGLE_WRITES_PER_SECOND"))
    }

    var isDelegated: Bool { user != nil }

    /// A name for the account and its user, whose requests count together.
    var name: String { [key.email, user ?? ""].joined(separator: " ") }

    // Remedies of more than one failure.

    static let useSharedDrive =
        "use a folder of a shared drive, with the account as its content manager, or set"
        + " GOOGLE_DELEGATED_USER"

    var checkKey: String {
        "check that the key in GOOGLE_SERVICE_ACCOUNT_FILE is still listed for \(key.email)"
    }

    var share: String {
        "share the folder with \(user ?? key.email) as content manager"
    }

    /// A scope as Google spells it, from its last word or from the whole.
    static func scope(_ text: String) -> String {
        let words = text.split { $0 == " " || $0 == "," }.map { word in
            word.contains("/") ? String(word) : "https://www.googleapis.com/auth/\(word)"
        }
        return words.joined(separator: " ")
    }

    /// Ids go into addresses and file names, so they are letters, digits, `-` and `_`.
    static func isIdentifier(_ text: String) -> Bool {
        ASCII.isWord(text, marks: "-_", lengths: 1...128)
    }

    private static func rate(_ text: String?) throws(Failure) -> Double {
        guard let text else { return 3 }
        guard let rate = Double(text), rate.isFinite, (0.01...100_000).contains(rate) else {
            throw Failure(
                .stop, .configuration, "use GOOGLE_WRITES_PER_SECOND: it is not a rate",
                remedy: "set it to a number such as 3")
        }
        return rate
    }
}
