// LastBackup: the newest backup, as state-backup wrote it down.
public import Records
internal import System

/// The newest backup of a directory.
public struct LastBackup: Sendable, Equatable {
    /// The time of its end, as it was written down.
    public let time: String
    /// Its path.
    public let file: String

    /// Reads `latest.success` in the directory of backups; `nil` when there is none.
    ///
    /// - Parameter environment: Asked for `CALLPIPE_BACKUPS`; `backups` by default.
    public init?(_ environment: Environment) {
        let directory = environment.value("CALLPIPE_BACKUPS") ?? "backups"
        guard let bytes = try? Descriptor.contents(of: "\(directory)/latest.success", atMost: 4096)
        else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        guard words.count == 2 else { return nil }
        time = String(words[0])
        file = "\(directory)/\(words[1])"
    }
}
