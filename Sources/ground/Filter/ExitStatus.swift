// ExitStatus: what a tool tells its caller; the numbers are sysexits.h's where it has one.
internal import Glibc
internal import Records
public import System

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

    /// A program cannot be run, as env(1) says it.
    case cannotRun = 126
    /// There is no such program.
    case noProgram = 127

    /// The status with which a failure that stops the line ends.
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

/// A program that the command line names cannot be run.
public struct CannotRun: Error {
    let message: String
    let kind: ExitStatus
    /// The exit status that says so.
    public var status: Int32 { kind.rawValue }

    /// Says why; a program that is not there is told apart.
    public init(_ program: String, _ reason: SystemError) {
        message = "run \(program): \(reason.reason)"
        kind = reason.code == ENOENT ? .noProgram : .cannotRun
    }
}

/// A command line that cannot be understood; the text is a whole sentence without full stop.
public struct UsageError: Error, Equatable {
    /// The fault.
    public let message: String

    /// Says what is wrong.
    public init(_ message: String) {
        self.message = message
    }
}
