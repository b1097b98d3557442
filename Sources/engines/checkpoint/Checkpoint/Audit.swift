// Audit: the chain of what came to exist and what was taken away.
internal import Crypto
public import Records

/// Appends to the audit chain of a checkpoint.
///
/// Each line's hash covers the line before it, so that none can be changed, left out or put in
/// between without every later hash changing; whoever has seen the head once can tell.
public final class Audit {
    /// What happened to a recording's files or its place in the checkpoint.
    public enum Action: String, Sendable {
        case stored, pruned, held, released, erased, restored, merged
    }

    private let checkpoint: Checkpoint
    private let head: Statement
    private let addition: Statement
    private var digest = Digest(.sha256)
    private var text: [UInt8] = []
    /// The last line, as long as nobody else can have appended another.
    private var known: (transaction: Int, number: Int64, hash: String)?

    /// Gets ready to append.
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
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """)
    }

    /// Appends a line; inside a transaction, and with it durable or not there.
    ///
    /// - Parameters:
    ///   - action: What happened.
    ///   - id: The record's id, if it happened to one.
    ///   - stage: The stage that did it, if one did.
    ///   - detail: JSON with what an auditor needs: digests and counts, no telephone number, no
    ///     text of a call.
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
            &text, after: last.hash, number, checkpoint.now, action.rawValue, id, stage?.rawValue,
            detail)
        digest.update(text)
        let hash = digest.next()
        addition.bind(1, number)
        addition.bind(2, copying: checkpoint.now)
        addition.bind(3, copying: action.rawValue)
        addition.bind(4, copying: id)
        addition.bind(5, copying: stage?.rawValue)
        addition.bind(6, copying: detail)
        addition.bind(7, try checkpoint.run().number)
        addition.bind(8, copying: hash)
        try addition.run()
        known = (checkpoint.transactions, number, hash)
        return hash
    }

    private func last() throws(Failure) -> (number: Int64, hash: String) {
        if let known, known.transaction == checkpoint.transactions {
            return (known.number, known.hash)
        }
        defer { head.reset() }
        guard try head.step() else { return (0, Audit.beginning) }
        return (head.integer(0), head.string(1) ?? "")
    }

    /// What stands in the place of a hash before the first line.
    package static let beginning = String(repeating: "0", count: 64)

    /// The SHA-256 of the hash before and the line's fields, each as `LENGTH:TEXT,` (a netstring),
    /// so that no two lines read the same; a field that is not there is `-,`.
    package static func hash(
        after before: String, _ number: Int64, _ time: String, _ action: String, _ id: String?,
        _ stage: String?, _ detail: String?
    ) -> String {
        var text: [UInt8] = []
        spell(&text, after: before, number, time, action, id, stage, detail)
        return Digest.sha256(text)
    }

    /// What is hashed.
    private static func spell(
        _ text: inout [UInt8], after before: String, _ number: Int64, _ time: String,
        _ action: String, _ id: String?, _ stage: String?, _ detail: String?
    ) {
        text += before.utf8
        spell(String(number), &text)
        spell(time, &text)
        spell(action, &text)
        spell(id, &text)
        spell(stage, &text)
        spell(detail, &text)
    }

    private static func spell(_ field: String?, _ text: inout [UInt8]) {
        guard let field else {
            text += "-,".utf8
            return
        }
        text += String(field.utf8.count).utf8
        text.append(UInt8(ascii: ":"))
        text += field.utf8
        text.append(UInt8(ascii: ","))
    }
}
