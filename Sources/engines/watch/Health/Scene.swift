// Scene: the places and the ages that health is about.
public import Records

/// The settings of a look at an archive.
public struct Scene: Sendable {
    /// The settings by name.
    public let environment: Environment
    /// The value of `--state` or `$CALLPIPE_STATE`, where there is one.
    public let state: String?
    /// The directory of audio and transcripts.
    public let data: String
    /// The longest wait for the checkpoint, in seconds.
    public var busyTimeout = 1
    /// The age in seconds from which on a backup or the result of a check is too old.
    public var maxAge = 93_600.0
    /// The version of the tools.
    public var version = ""
    /// The commit from which the tools were built, where it is known.
    public var commit: String?
    /// The directory of the kernel's files; tests have one of their own.
    public var proc = "/proc"

    /// The places of an archive.
    public init(_ environment: Environment, state: String?, data: String) {
        self.environment = environment
        self.state = state
        self.data = data
    }
}
