// RateBudget: one rate limit, shared by every process of an account.
internal import Crypto
internal import Files
internal import FoundationEssentials
internal import Glibc
public import Records
internal import System

/// A sliding window of requests, in a file that all processes of the account lock with `flock`.
///
/// It uses the time since the boot, so a change of the clock has no effect.
public struct RateBudget: Sendable {
    private let path: String
    private let group: String
    private let allowance: RateWindow.Allowance
    private let observer: Observer?
    var clock: @Sendable () -> Double = { Boot.seconds }
    var pause: @Sendable (Double) async throws(Failure) -> Void = {
        (seconds) async throws(Failure) in try await Pause.seconds(seconds)
    }

    /// Opens the budget of an account and group.
    ///
    /// - Parameters:
    ///   - directory: The ``RuntimeDirectory``.
    ///   - account: The account by which the service counts; only its hash is written down.
    ///   - group: The service's name of the group of requests, such as `heavy`.
    ///   - limit: The number of requests in a window, until a reply tells another.
    ///   - window: The length of a window in seconds, until a reply tells another.
    ///   - minimumInterval: The least time between two requests in seconds; 0 allows a burst.
    ///   - observer: Gets a note of each wait.
    public init(
        directory: String, account: String, group: String, limit: Int, window: Double,
        minimumInterval: Double = 0, observer: Observer? = nil
    ) {
        let name = Digest.sha256(Array("\(group)\n\(account)".utf8)).prefix(32)
        path = "\(directory)/rate-\(name)"
        self.group = group
        self.observer = observer
        allowance = .init(limit: max(1, limit), window: window, minimumInterval: minimumInterval)
    }

    /// Waits until one more request is allowed, and counts it.
    ///
    /// - Throws: `Failure` of scope `stop`; of kind `rate_limit` when the wait is too long for a
    ///   run.
    public func permit() async throws(Failure) -> Permit {
        let id = UInt64.random(in: 1...UInt64.max)
        while true {
            if Task.isCancelled { throw .cancelled }
            let wait = try await OwnThread.blocking { () throws(Failure) in
                try change { window, now in
                    let use = RateWindow.Use(id: id, at: now, owner: .current)
                    return window.reserve(use, allowance, isAlive: \.isAlive)
                }
            }
            if wait == 0 { return Permit(id: id, budget: self) }
            if wait > Client.Settings.longestWait {
                throw Failure(
                    .stop, .rateLimit,
                    "go on: the service's rate limit of group \(group) asks for silence",
                    remedy: "run again in \(Int(wait / 60) + 1) minutes", retryAfter: wait)
            }
            if wait > RateWindow.glance {
                observer?(.waiting(seconds: wait, reason: "rate limit of group \(group)"))
            }
            try await pause(wait)
        }
    }

    func settle(_ id: UInt64, status: Int?, headers: [Header]) {
        // If this cannot be written, the request stays counted, which is safe.
        try? change { window, now in
            window.settle(id, at: now)
            guard let status else { return }
            window.learn(headers, status: status, group: group, allowance, at: now)
        }
    }

    func release(_ id: UInt64) {
        try? change { window, _ in window.release(id) }
    }

    /// Reads, changes and writes the window with the lock held.
    private func change<Answer>(
        _ body: (inout RateWindow, Double) -> Answer
    ) throws(Failure) -> Answer {
        do throws(SystemError) {
            let lock = try FileLock.take(path + ".lock", waits: true)
            // Swift could release the lock after its last use, before the end of the block.
            defer { _ = lock }
            var window = stored() ?? RateWindow(boot: Boot.id)
            window.move(to: Boot.id)
            let now = clock()
            let answer = body(&window, now)
            window.updated = now
            window.note(group, allowance)
            let bytes = try? [UInt8](JSONEncoder().encode(window))
            try StagedFile.write(bytes ?? [], to: path, mode: 0o600, isDurable: false)
            return answer
        } catch {
            throw Failure(
                .stop, .storage, "share the rate limit with other processes: \(error.reason)",
                remedy: "let XDG_RUNTIME_DIR name a directory that only this user can use")
        }
    }

    private func stored() -> RateWindow? {
        guard let bytes = try? Descriptor.contents(of: path, atMost: 16 << 20) else { return nil }
        return try? JSONDecoder().decode(RateWindow.self, from: Data(bytes))
    }
}

/// The permission to send one request; it has to be told the outcome.
public struct Permit: Sendable {
    private let id: UInt64
    private let budget: RateBudget?

    init(id: UInt64, budget: RateBudget?) {
        self.id = id
        self.budget = budget
    }

    /// A permission where there is no limit.
    public static let free = Permit(id: 0, budget: nil)

    /// Notes that the head of the reply came: the request counts for one window from now.
    public func settle(status: Int, headers: [Header]) {
        budget?.settle(id, status: status, headers: headers)
    }

    /// Notes that the request was sent, and no reply will come.
    public func settle() {
        budget?.settle(id, status: nil, headers: [])
    }

    /// Notes that the request was never sent, so that it does not count.
    public func release() {
        budget?.release(id)
    }
}

extension RateWindow.Owner {
    /// This process.
    static let current = RateWindow.Owner(
        process: getpid(), started: ProcessStatus(getpid())?.start ?? 0)

    /// True while the process runs, and its number has not gone to another process.
    ///
    /// A zombie process has its number, but will never settle a request.
    var isAlive: Bool {
        guard let status = ProcessStatus(process), !status.isOver else { return false }
        return status.start == started
    }
}
