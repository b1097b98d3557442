// DescriptorMessage: a few words and some descriptors as one message over a local socket.
internal import Glibc

/// A message of a SOCK_SEQPACKET socket: it comes whole, with its descriptors, or not at all.
public struct DescriptorMessage {
    /// The words.
    public var words: [UInt64]
    /// The descriptors; those that were received belong to the receiver.
    public var descriptors: [Int32]

    /// Puts a message together.
    public init(words: [UInt64], descriptors: [Int32] = []) {
        self.words = words
        self.descriptors = descriptors
    }

    /// The kernel's `CMSG_` macros do not import: a header, then the descriptors, to whole words.
    private static let headerSize = MemoryLayout<cmsghdr>.size
    private static let mostDescriptors = 4

    /// Sends it; 0 or the number of the error.
    ///
    /// The corresponding C function is `sendmsg`.
    public func send(over socket: Int32) -> Int32 {
        let length = DescriptorMessage.headerSize + descriptors.count * 4
        var control = [UInt64](repeating: 0, count: (length + 7) / 8)
        unsafe control.withUnsafeMutableBytes { bytes in
            var header = cmsghdr()
            header.cmsg_len = length
            header.cmsg_level = SOL_SOCKET
            header.cmsg_type = Int32(SCM_RIGHTS)
            unsafe bytes.storeBytes(of: header, as: cmsghdr.self)
            for (index, descriptor) in descriptors.enumerated() {
                unsafe bytes.storeBytes(
                    of: descriptor,
                    toByteOffset: DescriptorMessage.headerSize + index * 4, as: Int32.self)
            }
        }
        var words = words
        return unsafe DescriptorMessage.inKernelForm(&words, &control) { message in
            if descriptors.isEmpty {
                unsafe message.msg_control = nil
                unsafe message.msg_controllen = 0
            }
            while true {
                if unsafe sendmsg(socket, &message, Int32(MSG_NOSIGNAL)) >= 0 { return 0 }
                if errno != EINTR { return errno }
            }
        }
    }

    /// Receives one of so many words at most; `nil` when the other side is gone.
    ///
    /// The corresponding C function is `recvmsg`.
    public static func receive(from socket: Int32, words count: Int) -> DescriptorMessage? {
        var words = [UInt64](repeating: 0, count: count)
        var control = [UInt64](repeating: 0, count: (headerSize + mostDescriptors * 4 + 7) / 8)
        var controlLength = 0
        let length = unsafe inKernelForm(&words, &control) { message in
            while true {
                let length = unsafe recvmsg(socket, &message, Int32(MSG_CMSG_CLOEXEC))
                if length < 0, errno == EINTR { continue }
                controlLength = unsafe message.msg_controllen
                return length
            }
        }
        guard length > 0 else { return nil }
        var descriptors: [Int32] = []
        unsafe control.withUnsafeBytes { bytes in
            guard controlLength >= headerSize else { return }
            let header = unsafe bytes.load(as: cmsghdr.self)
            guard header.cmsg_level == SOL_SOCKET,
                header.cmsg_type == Int32(SCM_RIGHTS)
            else { return }
            for offset in stride(
                from: headerSize, to: min(Int(header.cmsg_len), bytes.count), by: 4)
            {
                unsafe descriptors.append(bytes.load(fromByteOffset: offset, as: Int32.self))
            }
        }
        return DescriptorMessage(
            words: Array(words.prefix(length / 8)), descriptors: descriptors)
    }

    /// Gives the words and the room for descriptors to the closure as the kernel takes them.
    private static func inKernelForm<Result>(
        _ words: inout [UInt64], _ control: inout [UInt64], _ body: (inout msghdr) -> Result
    ) -> Result {
        unsafe control.withUnsafeMutableBytes { control in
            unsafe words.withUnsafeMutableBytes { words in
                var vector = unsafe iovec(iov_base: words.baseAddress, iov_len: words.count)
                return unsafe withUnsafeMutablePointer(to: &vector) { vector in
                    var message = unsafe msghdr()
                    unsafe message.msg_iov = vector
                    unsafe message.msg_iovlen = 1
                    unsafe message.msg_control = control.baseAddress
                    unsafe message.msg_controllen = control.count
                    return unsafe body(&message)
                }
            }
        }
    }
}
