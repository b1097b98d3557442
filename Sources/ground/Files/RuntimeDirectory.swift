// RuntimeDirectory: the directory that the processes of one user share.
internal import Glibc
public import Records
internal import System

/// `$XDG_RUNTIME_DIR/callpipe`: budgets and tokens, for this user alone, gone after a reboot.
public enum RuntimeDirectory {
    /// The path that the directory has or would have, for a program that only reads.
    public static func place(_ environment: Environment) -> String {
        let session = environment.value("XDG_RUNTIME_DIR")
        return session.map { "\($0)/callpipe" } ?? "/tmp/callpipe-\(geteuid())"
    }

    /// The directory's path, made if missing; `/tmp/callpipe-UID` where there is no session.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`, when another user could read it.
    public static func path(_ environment: Environment) throws(Failure) -> String {
        let path = place(environment)
        let status: FileStatus
        do throws(SystemError) {
            do {
                try FileSystem.makeDirectory(path, mode: 0o700)
            } catch {
                if error.code != EEXIST { throw error }
            }
            // A link that another user put into /tmp must not lead us away.
            status = try FileStatus(of: path, followingLinks: false)
            guard status.kind == .directory else { throw SystemError(code: ENOTDIR) }
            let isOpen = status.permissions & 0o077 != 0
            if isOpen, status.owner == geteuid() {
                try FileSystem.setPermissions(path, to: 0o700)
            }
        } catch {
            throw refused(path, error.reason)
        }
        guard status.owner == geteuid() else {
            throw refused(path, "it belongs to another user")
        }
        return path
    }

    private static func refused(_ path: String, _ reason: String) -> Failure {
        Failure(
            .stop, .configuration, "use \(path): \(reason)",
            remedy: "let XDG_RUNTIME_DIR name a directory that only this user can use")
    }
}
