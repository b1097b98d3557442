// LoopbackPort: a port of this machine that nobody uses.
internal import Glibc
internal import Records
internal import System

enum LoopbackPort {
    /// A port that was free a moment ago; whoever is to use it may find it taken.
    static func free() throws(Failure) -> Int {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        guard socket >= 0 else { throw failure() }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(socket, pointer, length) == 0
                    && getsockname(socket, pointer, &length) == 0
            }
        }
        guard isBound else { throw failure() }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func failure() -> Failure {
        Failure(.temporary, .network, "find a free port: \(SystemError().reason)")
    }
}
