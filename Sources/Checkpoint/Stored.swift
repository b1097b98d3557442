// Stored: the audit lines of what a mark says is there now.
internal import Crypto
import Records

/// Notes in the audit chain that a recording, its transcript or its copies in an archive exist.
final class Stored {
    private let stage: Stage
    private let member: StaticString
    private let audit: Audit
    private var digest = Digest(.sha256)

    /// Gets ready for a stage; `nil` for one that makes nothing that lasts.
    init?(_ stage: Stage, in checkpoint: Checkpoint) throws(Failure) {
        switch stage {
        case .fetch: member = "audio"
        case .transcribe: member = "transcript"
        case .upload: member = "uploads"
        case .insights, .analyze, .redact, .reserve: return nil
        }
        self.stage = stage
        audit = try Audit(checkpoint)
    }

    /// Appends the digest of what the record says of it, byte for byte.
    func note(_ line: borrowing Line) throws(Failure) {
        if let value = unsafe line.raw(member) {
            unsafe digest.update(UnsafeRawBufferPointer(value))
        }
        let detail = "{\"member\":\"\(member)\",\"sha256\":\"\(digest.next())\"}"
        try audit.append(.stored, line.id, stage, detail: detail)
    }
}
