// RuntimeDirectory: where the processes of one user meet.
internal import Glibc
public import Records
internal import System

/// `$XDG_RUNTIME_DIR/callpipe`: budgets and tokens, for this user alone, gone after a reboot.
public enum RuntimeDirectory {
    /// The directory's path, made if missing; `/tmp/callpipe-UID` where there is no session.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`, when somebody else could read it.
    public static func path(_ environment: Environment) throws(Failure) -> String {
        let session = environment.value("XDG_RUNTIME_DIR")
        let path = session.map { "\($0)/callpipe" } ?? "/tmp/callpipe-\(geteuid())"
        if unsafe mkdir(path, 0o700) != 0, errno != EEXIST {
            throw refused(path, SystemError().reason)
        }
        // lstat: in /tmp, a link that somebody else put there must not lead us away.
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { throw refused(path, SystemError().reason) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw refused(path, "not a directory") }
        guard status.st_uid == geteuid() else { throw refused(path, "it belongs to another user") }
        if status.st_mode & 0o077 != 0, unsafe chmod(path, 0o700) != 0 {
            throw refused(path, SystemError().reason)
        }
        return path
    }

    private static func refused(_ path: String, _ reason: String) -> Failure {
        Failure(
            .stop, .configuration, "use \(path): \(reason)",
            remedy: "let XDG_RUNTIME_DIR name a directory that only this user can use")
    }
}
