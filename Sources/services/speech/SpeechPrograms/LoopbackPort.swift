// LoopbackPort: a free port of this machine.
internal import Records
internal import System

/// Ports of the loopback address.
enum LoopbackPort {
    /// A port that was free a moment ago; another program may take it before the server does.
    static func free() throws(Failure) -> Int {
        do {
            return try Socket.freeLoopbackPort()
        } catch {
            throw Failure(.temporary, .network, "find a free port: \(error.reason)")
        }
    }
}
