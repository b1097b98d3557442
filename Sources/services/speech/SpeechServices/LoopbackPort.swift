// LoopbackPort: a port of this machine that nobody uses.
internal import Records
internal import System

enum LoopbackPort {
    /// A port that was free a moment ago; another program may take it meanwhile.
    static func free() throws(Failure) -> Int {
        do {
            return try Socket.freeLoopbackPort()
        } catch {
            throw Failure(.temporary, .network, "find a free port: \(error.reason)")
        }
    }
}
