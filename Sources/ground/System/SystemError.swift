// SystemError: why a system call failed.
internal import Glibc

/// The number that a failed system call left in `errno`.
public struct SystemError: Error, Equatable, Sendable {
    /// The number, such as `ENOSPC`.
    public let code: Int32

    /// Keeps a number that is known.
    public init(code: Int32) {
        self.code = code
    }

    /// Takes the number from `errno`, so it has to be the first thing after the call.
    public init() {
        code = errno
    }

    /// The system's own words, such as "No space left on device".
    public var reason: String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}
