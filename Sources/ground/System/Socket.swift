// Socket: local sockets between processes, and free ports of this machine.
internal import Glibc

/// Both ends of a local socket, until one is given away; closed when they go.
public struct SocketPair: ~Copyable, Sendable {
    /// The form of what is sent.
    public enum Form: Sendable {
        /// A stream of bytes.
        case stream
        /// Messages that come whole or not at all.
        case messages
    }

    /// The end that stays here.
    public let ours: Int32
    /// The end for another process; -1 once it is given away.
    public private(set) var theirs: Int32

    /// Makes a pair; a child inherits it only where it is meant to.
    ///
    /// The corresponding C function is `socketpair`.
    public init(_ form: Form) throws(SystemError) {
        let type = form == .stream ? SOCK_STREAM : SOCK_SEQPACKET
        var ends: [Int32] = [-1, -1]
        guard
            unsafe socketpair(
                AF_UNIX, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0
        else { throw SystemError() }
        (ours, theirs) = (ends[0], ends[1])
    }

    deinit {
        close(ours)
        if theirs >= 0 { close(theirs) }
    }

    /// Closes the other process's end here, so that its own end is seen.
    public mutating func giveAway() {
        close(theirs)
        theirs = -1
    }
}

/// System calls on sockets; none of them owns its descriptor.
public enum Socket {
    /// Sets the longest wait for receiving and for sending, after which they fail with `EAGAIN`.
    ///
    /// The corresponding C function is `setsockopt`.
    public static func setTimeout(_ socket: Int32, seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            unsafe setsockopt(socket, SOL_SOCKET, option, &time, size)
        }
    }

    /// Receives what is there into the array from an index on; 0 is the end.
    ///
    /// The corresponding C function is `recv`.
    public static func receive(
        _ socket: Int32, into bytes: inout [UInt8], from start: Int
    ) throws(SystemError) -> Int {
        var span = bytes.mutableSpan
        return try unsafe span.withUnsafeMutableBytes { buffer throws(SystemError) in
            let room = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
            while true {
                let count = unsafe recv(socket, room.baseAddress, room.count, 0)
                if count >= 0 { return count }
                if errno != EINTR { throw SystemError() }
            }
        }
    }

    /// Receives one number in the machine's own form; `nil` when it does not come whole.
    public static func receiveNumber(_ socket: Int32) -> Int32? {
        var number: Int32 = 0
        let size = MemoryLayout<Int32>.size
        let count = unsafe recv(socket, &number, size, Int32(MSG_WAITALL))
        return count == size ? number : nil
    }

    /// Sends one number; a receiver that is gone is no error.
    ///
    /// The corresponding C function is `send`.
    public static func send(_ number: Int32, to socket: Int32) {
        var number = number
        _ = unsafe Glibc.send(socket, &number, MemoryLayout<Int32>.size, Int32(MSG_NOSIGNAL))
    }

    /// True for a local socket whose messages come whole, as ``SocketPair`` makes it.
    ///
    /// The corresponding C function is `getsockopt`.
    public static func carriesMessages(_ descriptor: Int32) -> Bool {
        var type: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return unsafe getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) == 0
            && type == Int32(SOCK_SEQPACKET.rawValue)
    }

    /// A TCP port of 127.0.0.1 that was free a moment ago; another program may take it meanwhile.
    ///
    /// The corresponding C functions are `bind` and `getsockname`.
    public static func freeLoopbackPort() throws(SystemError) -> Int {
        let socket = OwnedDescriptor(
            owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
        guard socket.number >= 0 else { throw SystemError() }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = socket.number
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(number, pointer, length) == 0
                    && getsockname(number, pointer, &length) == 0
            }
        }
        guard isBound else { throw SystemError() }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
