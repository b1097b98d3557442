// Audit: the chain of lines about stored and removed files and records.
internal import Crypto
public import Records

/// Appends to the audit chain of a checkpoint.
///
/// Each line's hash covers the line before it. So a line that is changed, left out or put in between
/// changes every later hash, and an auditor who has kept an earlier head can tell.
public final class Audit {
    /// The event of a line.
    public enum Action: String, Sendable {
        case stored, pruned, held, released, erased, restored, merged
        case tokenMade = "token_made"
        case tokenRevoked = "token_revoked"
        /// A status was set, or a job was asked for, by way of the web service.
        case asked
    }

    private let checkpoint: Checkpoint
    private let head: Statement
    private let addition: Statement
    private var digest = Digest(.sha256)
    private var text: [UInt8] = []
    /// The last line, valid inside the transaction in which it was appended.
    private var known: (transaction: Int, number: Int64, hash: String)?

    /// Prepares the statements.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public init(_ checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
        head = try Statement(
            checkpoint.database, "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")
        addition = try Statement(
            checkpoint.database,
            """
            INSERT INTO audit(number, time, action, call_id, stage, detail, run, hash)
            VALUES (:number, :time, :action, :id, :stage, :detail, :run, :hash)
            """)
    }

    /// Appends a line; inside a transaction, which makes it durable.
    ///
    /// - Parameters:
    ///   - action: The event.
    ///   - id: The record's id, if the event concerns one.
    ///   - stage: The stage that did it, if one did.
    ///   - detail: JSON with digests and counts for auditors; no telephone number, no text of a
    ///     call.
    /// - Returns: The line's hash, in hexadecimal.
    /// - Throws: `Failure` of scope `stop`.
    @discardableResult
    public func append(
        _ action: Action, _ id: String?, _ stage: Stage? = nil, detail: String
    ) throws(Failure) -> String {
        try checkpoint.begin()
        let last = try self.last()
        let number = last.number + 1
        text.removeAll(keepingCapacity: true)
        Audit.spell(
            &text, after: last.hash,
            [String(number), checkpoint.now, action.rawValue, id, stage?.rawValue, detail])
        digest.update(text)
        let hash = digest.next()
        try addition.run([
            ":number": number, ":time": checkpoint.now, ":action": action.rawValue, ":id": id,
            ":stage": stage, ":detail": detail, ":run": checkpoint.run().number, ":hash": hash,
        ])
        known = (checkpoint.transactions, number, hash)
        return hash
    }

    private func last() throws(Failure) -> (number: Int64, hash: String) {
        if let known, known.transaction == checkpoint.transactions {
            return (known.number, known.hash)
        }
        return try head.first { row throws(Failure) in (try row.integer(0), try row.text(1)) }
            ?? (0, Audit.beginning)
    }

    /// The hash before the first line.
    package static let beginning = String(repeating: "0", count: 64)

    /// The SHA-256 of the hash before and the line's fields: number, time, action, id, stage and
    /// detail.
    ///
    /// Each field is written as `LENGTH:TEXT,` (a netstring), so that no two lines read the same;
    /// an absent field is `-,`.
    package static func hash(after before: String, _ fields: [String?]) -> String {
        var text: [UInt8] = []
        spell(&text, after: before, fields)
        return Digest.sha256(text)
    }

    private static func spell(
        _ text: inout [UInt8], after before: String, _ fields: [String?]
    ) {
        text += before.utf8
        for field in fields {
            if let field {
                text += "\(field.utf8.count):\(field),".utf8
            } else {
                text += "-,".utf8
            }
        }
    }
}
