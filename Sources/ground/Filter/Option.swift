// Option: the options of a program as data; parser, help and completion read the same table.

/// One option of a program.
public struct Option: Sendable {
    /// The long name, without its two hyphens.
    public let name: String
    /// The letter, when there is one.
    public let letter: Character?
    /// What the value stands for; `nil` for an option without value.
    public let valueName: String?
    /// One line of help.
    public let help: String

    /// An option that is there or is not.
    public static func flag(
        _ name: String, letter: Character? = nil, _ help: String
    ) -> Option {
        Option(name: name, letter: letter, valueName: nil, help: help)
    }

    /// An option with a value.
    public static func value(
        _ name: String, letter: Character? = nil, _ valueName: String, _ help: String
    ) -> Option {
        Option(name: name, letter: letter, valueName: valueName, help: help)
    }
}

extension Option {
    // Options that mean the same in every tool, in one place.

    /// Where audio and transcripts lie.
    public static let data = value(
        "data", "DIR", "files go under DIR ($CALLPIPE_DATA, default data)")
    /// Where the checkpoint lies.
    public static let state = value(
        "state", "FILE", "the checkpoint ($CALLPIPE_STATE, default state.db)")
    /// What a tool that writes files leaves free.
    public static let minFree = value(
        "min-free", "SIZE", "stop while less than SIZE is free, as in 5G ($CALLPIPE_MIN_FREE)")
    /// How long to wait for the checkpoint.
    public static let busyTimeout = value(
        "busy-timeout", "SECONDS", "wait so long while others commit (default 30)")
    /// How long a record counts as in work.
    public static let lease = value(
        "lease", "TIME", "nobody else gets them for TIME after the last mark (default 30m)")
    /// Work again on what is done.
    public static let force = flag("force", letter: "f", "do it again, even where it is done")
    /// Say what would be done.
    public static let dryRun = flag(
        "dry-run", letter: "n", "say what would be done, and do nothing")
    /// Who is to read the output.
    public static let format = value(
        "format", "FORMAT", "table or json (default: table on a terminal, else json)")
    /// Stop early.
    public static let limit = value("limit", "N", "stop after N records")

    static let forFilters = [
        value("jobs", letter: "j", "N", "work on N records at once ($MAX_WORKERS)"),
        limit, dryRun,
        flag("keep-order", "write records in the order they came"),
        rejects,
    ]
    static let forSources = [limit, dryRun]
    /// Keep lines that are no records.
    public static let rejects = value("rejects", "FILE", "append lines that are no records to FILE")
    static let forGroups = [limit, rejects]
    static let forAll = [
        value("env-file", "FILE", "read settings from FILE (default .env when it is there)"),
        value("log-format", "FORMAT", "text or json on standard error"),
        flag("quiet", letter: "q", "say nothing but errors"),
        flag("verbose", letter: "v", "say more"),
        value("completion", "SHELL", "print completion for bash, zsh or fish"),
        flag("help", letter: "h", "print this help"),
        flag("version", letter: "V", "print the version"),
    ]
}
