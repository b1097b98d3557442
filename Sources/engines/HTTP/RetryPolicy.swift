// RetryPolicy: how often and after how long a request is made again.
internal import Records

/// The attempts of one request, with exponential back-off and full jitter.
///
/// Full jitter (a random time between nothing and the doubling bound) spreads the clients that one
/// failure has brought into step.
struct RetryPolicy {
    /// Temporary by what HTTP says of them.
    static let statuses: Set<Int> = [408, 429, 500, 502, 503, 504]
    private static let longestBackoff = 60.0
    /// However well a transfer gets on between its failures.
    private static let mostAttempts = 100

    private let settings: Client.Settings
    private let isRetried: Bool
    private var count = 0
    private(set) var made = 0

    init(_ settings: Client.Settings, isRetried: Bool) {
        self.settings = settings
        self.isRetried = isRetried
    }

    /// The attempt before got so far that its failure says nothing against the next.
    mutating func renew() { count = 0 }

    /// Counts a failed attempt; the seconds until the next, `nil` when there is none.
    mutating func wait() -> Double? {
        made += 1
        count += 1
        guard isRetried, count < settings.attempts, made < RetryPolicy.mostAttempts else {
            return nil
        }
        let bound = settings.backoff * Double(1 << min(count - 1, 20))
        return Double.random(in: 0...min(bound, RetryPolicy.longestBackoff))
    }

    /// The same after an answer, which may ask for more time.
    mutating func wait(after response: Response, hasGate: Bool) -> Double? {
        guard let wait = wait() else { return nil }
        // The budget keeps the silence that a 429 asks for, across all processes.
        if response.status == 429, hasGate { return 0 }
        guard let asked = response.retryAfter else { return wait }
        return asked <= Client.Settings.longestWait ? max(wait, asked) : nil
    }
}
