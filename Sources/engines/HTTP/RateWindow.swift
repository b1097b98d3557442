// RateWindow: the arithmetic of a sliding rate limit, without clocks or files.

/// The requests of the last window, of every process of an account and group.
///
/// The service counts a request at some moment between its sending and the head of the reply. So a
/// request counts here from its permission until the head comes, and then for one whole window
/// more: the service's own window never holds more requests than this one.
struct RateWindow: Codable, Equatable, Sendable {
    /// A process; its start time tells it from a later one with the same number.
    struct Owner: Codable, Equatable, Sendable {
        var process: Int32
        var started: Int64
    }

    /// One request; it has an owner until its reply comes.
    struct Use: Codable, Equatable, Sendable {
        var id: UInt64
        var at: Double
        var owner: Owner?
    }

    /// The difference between clocks that is allowed for, in seconds.
    static let slack = 0.005
    /// The time between two checks, in seconds, when only a reply on its way can make room.
    static let glance = 0.02
    /// The longest wait for a reply in seconds; a request without one counts as lost then.
    static let longestReply = 600.0

    /// The limit until a reply tells another.
    struct Allowance: Sendable {
        var limit: Int
        var window: Double
        var minimumInterval = 0.0
    }

    var boot: String
    var updated = 0.0
    var limit: Int?
    var window: Double?
    var silentUntil = 0.0
    var lastStart = -1e9
    var uses: [Use] = []
    /// The name of the group, and the limit and the window in force, for programs that only watch.
    var group: String?
    var allowed: Int?
    var span: Double?

    init(boot: String) {
        self.boot = boot
    }

    /// Counts a request if there is room.
    ///
    /// - Parameters:
    ///   - use: The request, with its owner and the present moment.
    ///   - allowance: The limit until a reply tells another.
    ///   - isAlive: Tells whether a process still runs.
    /// - Returns: 0 if the request may be sent now, else the wait in seconds before the next check.
    mutating func reserve(
        _ use: Use, _ allowance: Allowance, isAlive: (Owner) -> Bool
    ) -> Double {
        let now = use.at
        let span = (window ?? allowance.window) + RateWindow.slack
        let limit = limit ?? allowance.limit
        tidy(now, span, isAlive)
        if silentUntil > now { return silentUntil - now }
        let gap = lastStart + allowance.minimumInterval - now
        if gap > 0 { return gap }
        let surplus = uses.count - limit
        if surplus < 0 {
            uses.append(use)
            lastStart = now
            return 0
        }
        let settled = uses.filter { $0.owner == nil }.map(\.at).sorted()
        guard surplus < settled.count else { return RateWindow.glance }
        return max(settled[surplus] + span - now, 0.001)
    }

    /// Forgets a request that was never sent.
    mutating func release(_ id: UInt64) {
        uses.removeAll { $0.id == id }
    }

    /// Notes that a request that was sent got a reply, or will get none.
    mutating func settle(_ id: UInt64, at now: Double) {
        if let index = uses.firstIndex(where: { $0.id == id }) {
            uses[index].at = now
            uses[index].owner = nil
        } else {
            uses.append(Use(id: id, at: now))
        }
    }

    /// Takes the limit that the head of a reply tells.
    mutating func learn(
        _ headers: [Header], status: Int, group: String, _ allowance: Allowance, at now: Double
    ) {
        let named = headers.value(of: "X-Rate-Limit-Group")?.lowercased()
        let isOurs = named == nil || named == group.lowercased()
        if isOurs {
            if let told = headers.number("X-Rate-Limit-Limit"), (1...1e6).contains(told) {
                limit = Int(told)
            }
            if let told = headers.number("X-Rate-Limit-Window"), (0.1...86_400).contains(told) {
                window = told
            }
        }
        let span = window ?? allowance.window
        if status == 429 {
            // A request inside the penalty would restart it, so the whole group waits.
            let asked = RetryAfter.seconds(in: headers) ?? max(30, span)
            silentUntil = max(silentUntil, now + asked + RateWindow.slack)
        } else if isOurs, let remaining = headers.number("X-Rate-Limit-Remaining") {
            countStrangers((limit ?? allowance.limit) - Int(max(0, min(remaining, 1e6))), at: now)
        }
    }

    /// Writes down what the requests are counted against.
    mutating func note(_ group: String, _ allowance: Allowance) {
        self.group = group
        allowed = limit ?? allowance.limit
        span = window ?? allowance.window
    }

    /// Begins anew after a reboot: the clock began anew, so every known time is from before it.
    mutating func move(to boot: String) {
        guard boot != self.boot else { return }
        self.boot = boot
        silentUntil = max(0, silentUntil - updated)
        lastStart = -1e9
        uses = uses.map { Use(id: $0.id, at: 0) }
        updated = 0
    }

    /// Adds the requests that the service counted and no process here made.
    private mutating func countStrangers(_ counted: Int, at now: Double) {
        for _ in 0..<max(0, counted - uses.count) {
            uses.append(Use(id: 0, at: now))
        }
    }

    private mutating func tidy(_ now: Double, _ span: Double, _ isAlive: (Owner) -> Bool) {
        for index in uses.indices {
            uses[index].at = min(uses[index].at, now)
            guard let owner = uses[index].owner else { continue }
            // Its owner died. The time when the service counted it is not known; now is the latest.
            if now - uses[index].at > RateWindow.longestReply || !isAlive(owner) {
                uses[index].at = now
                uses[index].owner = nil
            }
        }
        uses.removeAll { $0.owner == nil && $0.at <= now - span }
    }
}

extension [Header] {
    fileprivate func number(_ name: String) -> Double? { value(of: name).flatMap { Double($0) } }
}
