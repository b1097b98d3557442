// RateBudgets: the use of the rate limits that all processes of an account share.
internal import Files
internal import FoundationEssentials
public import Records
internal import System

/// The use of one rate limit, from the file that its processes keep.
public struct RateBudgetUse: Sendable {
    /// The service's name of the group of requests, such as `heavy`.
    public let group: String
    /// A short text that tells budgets of one group apart: those of other accounts.
    public let budget: String
    /// The requests that count in the window now.
    public let used: Int
    /// The number of requests that a window allows.
    public let limit: Int
    /// The length of the window in seconds.
    public let window: Double

    private struct Stored: Decodable {
        struct Use: Decodable {
            let at: Double
        }
        let boot: String
        let group: String?
        let allowed: Int?
        let span: Double?
        let uses: [Use]
    }

    /// Reads all budgets of this user; those of an earlier boot, and unreadable ones, are left out.
    ///
    /// - Parameter environment: Asked for `XDG_RUNTIME_DIR`.
    /// - Returns: The budgets by group.
    public static func all(_ environment: Environment) -> [RateBudgetUse] {
        let place = RuntimeDirectory.place(environment)
        let names = ((try? Directory.names(in: place)) ?? []).map {
            String(decoding: $0, as: UTF8.self)
        }
        let files = names.filter { $0.hasPrefix("rate-") && !$0.contains(".") }
        return files.compactMap { RateBudgetUse("\(place)/\($0)", name: $0) }
            .sorted { ($0.group, $0.budget) < ($1.group, $1.budget) }
    }

    private init?(_ path: String, name: String) {
        guard let bytes = try? Descriptor.contents(of: path, atMost: 16 << 20),
            let stored = try? JSONDecoder().decode(Stored.self, from: Data(bytes)),
            stored.boot == Boot.id, let group = stored.group, let limit = stored.allowed,
            let window = stored.span
        else { return nil }
        self.group = group
        self.limit = limit
        self.window = window
        budget = String(name.dropFirst("rate-".count).prefix(8))
        let oldest = Boot.seconds - window
        used = stored.uses.count { $0.at > oldest }
    }
}
