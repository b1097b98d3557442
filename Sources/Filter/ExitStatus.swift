// ExitStatus: what a tool tells its caller; the numbers are sysexits.h's where it has one.
import Records

/// How a program ended.
enum ExitStatus: Int32 {
    /// Everything was done.
    case done = 0
    /// Some records failed or were rejected; stderr and the records say why.
    case someFailed = 1
    /// The command line is wrong.
    case usage = 64
    /// The input is not what it must be.
    case data = 65
    /// A service is down.
    case unavailable = 69
    /// A bug.
    case bug = 70
    /// Output cannot be created.
    case cannotCreate = 73
    /// Reading or writing failed.
    case io = 74
    /// Temporary: run it again.
    case temporary = 75
    /// Refused: credentials or permission.
    case refused = 77
    /// A setting is missing or wrong.
    case configuration = 78

    /// What a failure that stops the line ends with.
    init(_ failure: Failure) {
        self =
            switch failure.kind {
            case .auth, .permission: .refused
            case .configuration: .configuration
            case .network, .server: .unavailable
            case .rateLimit, .quota, .timeout, .space: .temporary
            case .storage: .io
            case .input, .audio, .integrity, .gone, .notFound: .data
            case .badResponse, .engine: .unavailable
            case .internal: .bug
            }
    }
}

/// A file that the command line names cannot be created; the message reads on after "unable to".
struct CannotCreate: Error {
    let message: String
}

/// A command line that cannot be understood; the text is a whole sentence without full stop.
public struct UsageError: Error, Equatable {
    /// What is wrong with it.
    public let message: String

    /// Says what is wrong.
    public init(_ message: String) {
        self.message = message
    }
}
