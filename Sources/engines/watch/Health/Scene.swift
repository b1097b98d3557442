// Scene: the places and the ages that health is about.
public import Checkpoint
public import Records
internal import System

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
    public var commit = Scene.installedCommit
    /// The directory of the kernel's files; tests have one of their own.
    public var proc = "/proc"

    /// The places of an archive.
    public init(_ environment: Environment, state: String?, data: String) {
        self.environment = environment
        self.state = state
        self.data = data
    }

    /// Reads figures of the checkpoint; the reason why there are none is a result too.
    ///
    /// - Parameter read: Reads them from the open file.
    /// - Returns: The figures, or the failure.
    public func figures<Figures>(
        _ read: (Checkpoint) throws -> Figures
    ) -> Result<Figures, Failure> {
        do {
            return .success(
                try read(Checkpoint(reading: state, environment, busyTimeout: busyTimeout)))
        } catch {
            return .failure(
                error as? Failure ?? Failure(.stop, .internal, "read the checkpoint: \(error)"))
        }
    }

    /// The commit that `make install` wrote down; `nil` for tools that are not installed.
    private static let installedCommit: String? = {
        // Programs lie in bin, those of web servers in libexec/callpipe.
        for prefix in ["..", "../.."] {
            let path = "\(OwnProgram.directory)/\(prefix)/share/callpipe/commit"
            let bytes = (try? Descriptor.contents(of: path, atMost: 256)) ?? []
            let text = String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self)
            if !text.isEmpty { return text }
        }
        return nil
    }()
}
