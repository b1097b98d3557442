// Existing: a checkpoint that has to be there, for tools that ask or take away.
internal import Glibc
public import Records

extension Checkpoint {
    /// Opens the checkpoint that the settings name, which has to be there.
    ///
    /// An empty one in place of a mistyped name would answer every question with "nothing".
    ///
    /// - Parameters:
    ///   - named: What `--state` or `$CALLPIPE_STATE` says; it wins.
    ///   - environment: Asked for `DATABASE_URL` and `CALLPIPE_RUN`.
    ///   - patience: How many seconds to wait while others commit; 30 when it is not said.
    /// - Returns: The open checkpoint.
    /// - Throws: `Failure` of scope `stop`, kind `configuration` when there is no such file.
    public static func existing(
        _ named: String?, _ environment: Environment, patience: Int?
    ) throws(Failure) -> Checkpoint {
        let path = try path(named, environment)
        if unsafe access(path, F_OK) != 0, errno == ENOENT || errno == ENOTDIR {
            throw Failure(
                .stop, .configuration, "open checkpoint \(path): it is not there",
                remedy: "name the checkpoint with --state")
        }
        return try Checkpoint(named, environment, patience: patience)
    }
}
