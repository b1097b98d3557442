// StorageAudit: the audit line of a recording that an archive has now.
internal import Crypto
import Records

/// Notes in the audit chain that a recording is stored, with digests of its results.
final class StorageAudit {
    private static let members: [StaticString] = ["audio", "transcript", "uploads"]

    private let audit: Audit
    private var digest = Digest(.sha256)

    /// Prepares for a stage; `nil` for one that stores nothing outside of the data directory.
    init?(_ stage: Stage, in checkpoint: Checkpoint) throws(Failure) {
        guard stage == .upload else { return nil }
        audit = try Audit(checkpoint)
    }

    /// Appends the digests of the record's audio, transcript and uploads, byte for byte.
    func note(_ line: borrowing Line) throws(Failure) {
        var parts: [String] = []
        for member in StorageAudit.members {
            guard let value = unsafe line.raw(member) else { continue }
            unsafe digest.update(Span(_unsafeElements: value))
            parts.append("\"\(member)\":\"\(digest.next())\"")
        }
        let detail = "{\"sha256\":{\(parts.joined(separator: ","))}}"
        try audit.append(.stored, line.id, .upload, detail: detail)
    }
}
