// Location: the file of the checkpoint, by option or by environment.
public import Records
internal import System

extension Checkpoint {
    /// Opens the checkpoint that the settings name, as a part of the run that they name.
    ///
    /// - Parameters:
    ///   - named: The value of `--state` or `$CALLPIPE_STATE`; it wins.
    ///   - environment: Asked for `DATABASE_URL`, and for `CALLPIPE_RUN`, which a wrapper sets.
    ///   - busyTimeout: The longest wait in seconds while others commit; 30 by default.
    ///   - isTrial: True when nothing may change; see ``init(trying:busyTimeout:)``.
    /// - Throws: `Failure` of scope `stop`.
    public convenience init(
        _ named: String?, _ environment: Environment, busyTimeout: Int?, isTrial: Bool = false
    ) throws(Failure) {
        let path = try Checkpoint.path(named, environment)
        let wait = Duration.seconds(busyTimeout ?? 30)
        if isTrial {
            try self.init(trying: path, busyTimeout: wait)
        } else {
            try self.init(path, busyTimeout: wait, run: environment.value("CALLPIPE_RUN"))
        }
    }

    /// Opens the checkpoint that the settings name, to read it.
    ///
    /// - Parameters:
    ///   - named: The value of `--state` or `$CALLPIPE_STATE`; it wins.
    ///   - environment: Asked for `DATABASE_URL`.
    ///   - busyTimeout: The longest wait in seconds for others; 30 by default.
    /// - Throws: `Failure` of scope `stop`.
    public convenience init(
        reading named: String?, _ environment: Environment, busyTimeout: Int?
    ) throws(Failure) {
        try self.init(
            reading: Checkpoint.path(named, environment),
            busyTimeout: .seconds(busyTimeout ?? 30))
    }

    /// Opens the checkpoint that the settings name, which has to be there.
    ///
    /// An empty one in place of a mistyped name would answer every question with "nothing".
    ///
    /// - Parameters:
    ///   - named: The value of `--state` or `$CALLPIPE_STATE`; it wins.
    ///   - environment: Asked for `DATABASE_URL` and `CALLPIPE_RUN`.
    ///   - busyTimeout: The longest wait in seconds while others commit; 30 by default.
    ///   - isTrial: True when nothing may change; see ``init(trying:busyTimeout:)``.
    /// - Returns: The open checkpoint.
    /// - Throws: `Failure` of scope `stop`, kind `configuration` when there is no such file.
    public static func existing(
        _ named: String?, _ environment: Environment, busyTimeout: Int?, isTrial: Bool = false
    ) throws(Failure) -> Checkpoint {
        let path = try path(named, environment)
        let isMissing = (try? FileStatus.ifPresent(path) == nil) ?? false
        if isMissing { throw Database.missing(path) }
        return try Checkpoint(named, environment, busyTimeout: busyTimeout, isTrial: isTrial)
    }

    /// The path of the checkpoint.
    ///
    /// - Parameters:
    ///   - named: The value of `--state` or `$CALLPIPE_STATE`; it wins.
    ///   - environment: Asked for `DATABASE_URL`, which the replaced systems use.
    /// - Returns: The path; `state.db` by default.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`, for a database that is no file.
    public static func path(
        _ named: String?, _ environment: Environment
    ) throws(Failure) -> String {
        if let named { return named }
        guard let url = environment.value("DATABASE_URL") else { return "state.db" }
        // As in SQLAlchemy, three slashes stand before a relative path and four before an absolute.
        let marks = ["sqlite:///", "sqlite+pysqlite:///"]
        let path = marks.first { url.hasPrefix($0) }.map { url.dropFirst($0.count) }
            .map { $0.prefix { $0 != "?" } }
        guard let path, !path.isEmpty, path != ":memory:" else {
            // An address may hold a password: only its scheme is shown.
            let scheme = url.prefix { $0.isLetter || $0.isNumber || $0 == "+" }
            throw Failure(
                .stop, .configuration,
                "use DATABASE_URL: the checkpoint is an SQLite file, and \"\(scheme)\" is none",
                remedy: "set DATABASE_URL=sqlite:///state.db, or name a file with --state")
        }
        return String(path)
    }
}
