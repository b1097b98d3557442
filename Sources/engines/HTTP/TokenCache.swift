// TokenCache: one access token for all processes of an account; the first that needs it gets it.
internal import Crypto
internal import Files
internal import FoundationEssentials
internal import Glibc
public import Records
internal import Synchronization
internal import System

/// A token in a file that only this user can read.
public final class TokenCache: Sendable {
    private struct Minted: Codable {
        var token: Token
        var at: Double

        /// True when enough of the lifetime is left; of a short one three quarters are used.
        func isGood(at now: Double, margin: Double) -> Bool {
            token.expires - now > min(margin, (token.expires - at) / 4)
        }
    }

    private struct Memory {
        var minted: Minted?
        /// The token that a service refused, so that it is not taken from the file again.
        var refused: String?
    }

    private let path: String
    private let lock: AsyncFileLock
    private let memory = Mutex(Memory())
    private let clock: @Sendable () -> Double

    /// Opens the cache for an identity, such as client and user; only its hash is written down.
    public convenience init(directory: String, name: String) {
        self.init(directory: directory, name: name) { Timestamp.now.seconds }
    }

    init(directory: String, name: String, clock: @escaping @Sendable () -> Double) {
        path = "\(directory)/token-\(Digest.sha256(Array(name.utf8)).prefix(32))"
        self.clock = clock
        lock = AsyncFileLock(path: path + ".lock", failure: TokenCache.unusable)
    }

    /// The token in the cache, or a new one: one process gets it, and the others take it.
    ///
    /// - Parameters:
    ///   - margin: The least lifetime that must be left, in seconds.
    ///   - mint: Gets a new token from the service.
    /// - Returns: A token for the next request.
    /// - Throws: The error of `mint`, and `Failure` when the file cannot be used.
    public func token(
        margin: Double = 60, mint: @Sendable () async throws(Failure) -> Token
    ) async throws(Failure) -> Token {
        if let token = known(margin) { return token }
        return try await lock.withLock { () async throws(Failure) in
            if let token = known(margin) { return token }
            let token = try await mint()
            try keep(token)
            return token
        }
    }

    /// Forgets a token that the service refused, unless a newer one has taken its place.
    public func discard(_ token: Token) {
        memory.withLock {
            $0.refused = token.value
            if $0.minted?.token.value == token.value { $0.minted = nil }
        }
        // A held lock means that a process is getting a new token, which will replace it.
        guard let lock = try? lock.takeNow() else { return }
        defer { _ = lock }
        if stored()?.token.value == token.value { try? FileSystem.remove(path) }
    }

    private func known(_ margin: Double) -> Token? {
        let now = clock()
        let (remembered, refused) = memory.withLock { ($0.minted, $0.refused) }
        if let remembered, remembered.isGood(at: now, margin: margin) { return remembered.token }
        guard let stored = stored(), stored.isGood(at: now, margin: margin),
            stored.token.value != refused
        else { return nil }
        memory.withLock { $0.minted = stored }
        return stored.token
    }

    private func keep(_ token: Token) throws(Failure) {
        let minted = Minted(token: token, at: clock())
        memory.withLock { $0 = Memory(minted: minted) }
        do throws(SystemError) {
            let bytes = try? [UInt8](JSONEncoder().encode(minted))
            try StagedFile.write(bytes ?? [], to: path, mode: 0o600, isDurable: false)
        } catch {
            throw TokenCache.unusable(error)
        }
    }

    private func stored() -> Minted? {
        guard let bytes = try? Descriptor.contents(of: path, atMost: 1 << 20) else { return nil }
        return try? JSONDecoder().decode(Minted.self, from: Data(bytes))
    }

    private static func unusable(_ error: SystemError) -> Failure {
        Failure(
            .stop, .storage, "keep the access token: \(error.reason)",
            remedy: "let XDG_RUNTIME_DIR name a directory that only this user can use")
    }
}
