// RunFailure: the exit status of a command as a row in the table of errors.
internal import Glibc
import Records

/// A command of `state-run` that ended before its work was done.
///
/// A failure that stops a program is on no record, so only the run can tell it. A run that ended with
/// 0 or 1, or by a signal that asked it to end, is no failure: its records have their own errors.
struct RunFailure {
    private let kind: Failure.Kind
    private let reason: String

    /// Explains an exit status, 128 and the number of the signal that ended the command.
    init?(_ status: Int32) {
        switch status {
        case 0, 1, 128 + SIGINT, 128 + SIGTERM, 128 + SIGHUP, 128 + SIGQUIT, 128 + SIGPIPE:
            return nil
        case 64: (kind, reason) = (.configuration, "a command line is wrong")
        case 65: (kind, reason) = (.input, "the input is not what it must be")
        case 69: (kind, reason) = (.server, "a service is down")
        case 73, 74: (kind, reason) = (.storage, "a file cannot be read or written")
        case 75: (kind, reason) = (.timeout, "there was no room, no allowance or no time")
        case 77: (kind, reason) = (.auth, "the credentials or a permission were refused")
        case 78: (kind, reason) = (.configuration, "a setting is missing or wrong")
        case 126, 127: (kind, reason) = (.configuration, "a program cannot be run")
        case 129...: (kind, reason) = (.internal, "signal \(status - 128) ended it")
        default: (kind, reason) = (.internal, "its log tells why")
        }
    }

    /// Adds the row, for the run with that id.
    func note(_ status: Int32, of run: String, in checkpoint: Checkpoint) throws(Failure) {
        try checkpoint.database.run(
            """
            INSERT INTO errors(time, severity, category, kind, message, run)
            SELECT :now, :severity, :category, :kind,
              'unable to end run ' || ifnull(name, id) || ': exit status ' || :reason, id
            FROM runs WHERE id = :run
            """,
            [
                ":now": checkpoint.now, ":severity": Severity(.stop, kind).rawValue,
                ":category": ErrorCategory(kind).rawValue, ":kind": kind.rawValue,
                ":reason": "\(status), \(reason)", ":run": run,
            ])
    }
}
