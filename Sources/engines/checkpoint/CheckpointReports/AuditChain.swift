// AuditChain: the audit lines read back, and held against their hashes.
public import Checkpoint
public import Records

/// The audit chain of a checkpoint, as auditors read it.
public struct AuditChain {
    /// One line.
    public struct Line: Sendable, Equatable {
        /// Its number, from 1 without a gap.
        public let number: Int64
        /// When it was written.
        public let time: String
        /// What happened, such as `stored`.
        public let action: String
        /// The record that it happened to.
        public let id: String?
        /// The stage that did it.
        public let stage: String?
        /// JSON with digests and counts.
        public let detail: String?
        /// The SHA-256 that covers this line and all before it.
        public let hash: String
        /// Somebody may have written anything into it.
        fileprivate let isJSON: Bool

        /// The line as an object.
        public var json: JSON {
            .members([
                "number": .int(Int(number)), "time": .string(time), "action": .string(action),
                "id": .text(id), "stage": .text(stage),
                "detail": detail.map { isJSON ? .raw(Array($0.utf8)) : .string($0) },
                "hash": .string(hash),
            ])
        }
    }

    /// The last line, to be anchored where nobody who can write the checkpoint can write.
    public struct Head: Sendable, Equatable {
        /// The number of lines.
        public let number: Int64
        /// When the last one was written; `nil` when there is none.
        public let time: String?
        /// The hash of the last one; zeros when there is none.
        public let hash: String

        /// The head as an object.
        public var json: JSON {
            .members([
                "number": .int(Int(number)), "time": .text(time), "hash": .string(hash),
            ])
        }
    }

    /// What a look over the whole chain found.
    public struct Verdict: Sendable, Equatable {
        /// The last line that holds, with all before it.
        public internal(set) var head: Head
        /// The first line that does not hold, and why.
        public internal(set) var fault: Fault?
        /// Whether the hash that was asked for is that of a line which holds.
        public internal(set) var isExpectedThere: Bool
    }

    /// Where the chain is broken.
    public struct Fault: Sendable, Equatable {
        /// The line's number, as it has to be.
        public let number: Int64
        /// What is wrong with it.
        public let reason: String
    }

    private let checkpoint: Checkpoint

    /// Gets ready to read.
    public init(_ checkpoint: Checkpoint) {
        self.checkpoint = checkpoint
    }

    /// The last line as it stands, without a look at the others.
    public func head() throws(Failure) -> Head {
        let question = try Statement(
            checkpoint.database,
            "SELECT number, time, hash FROM audit ORDER BY number DESC LIMIT 1")
        guard try question.step() else { return Head(number: 0, time: nil, hash: Audit.beginning) }
        return Head(
            number: question.integer(0), time: question.string(1), hash: question.string(2) ?? "")
    }

    /// Gives each line to the closure, in order.
    ///
    /// - Parameters:
    ///   - id: The record whose lines are wanted; all when it is `nil`.
    ///   - body: Takes a line.
    /// - Throws: `Failure`, and what the closure throws.
    public func forEach(of id: String? = nil, _ body: (Line) throws -> Void) throws {
        let question = try Statement(
            checkpoint.database,
            """
            SELECT number, time, action, call_id, stage, detail, hash, json_valid(detail)
            FROM audit WHERE ?1 IS NULL OR call_id = ?1 ORDER BY number
            """)
        question.bind(1, copying: id)
        while try question.step() {
            try body(
                Line(
                    number: question.integer(0), time: question.string(1) ?? "",
                    action: question.string(2) ?? "", id: question.string(3),
                    stage: question.string(4), detail: question.string(5),
                    hash: question.string(6) ?? "", isJSON: question.integer(7) != 0))
        }
    }

    /// Computes every hash anew.
    ///
    /// The end of a chain can be cut off without a trace in the chain itself; only a head that was
    /// kept elsewhere tells.
    ///
    /// - Parameter expected: A hash that has to be in the chain, as an earlier head told it.
    /// - Returns: How far the chain holds.
    /// - Throws: `Failure` of scope `stop`.
    public func verify(expecting expected: String? = nil) throws -> Verdict {
        struct Broken: Error {}
        let wanted = expected?.lowercased()
        var verdict = Verdict(
            head: Head(number: 0, time: nil, hash: Audit.beginning), fault: nil,
            isExpectedThere: wanted == nil || wanted == Audit.beginning)
        do {
            try forEach { line in
                let number = verdict.head.number + 1
                if let reason = AuditChain.fault(of: line, after: verdict.head) {
                    verdict.fault = Fault(number: number, reason: reason)
                    throw Broken()
                }
                verdict.head = Head(number: number, time: line.time, hash: line.hash)
                if line.hash == wanted { verdict.isExpectedThere = true }
            }
        } catch is Broken {}
        return verdict
    }

    private static func fault(of line: Line, after head: Head) -> String? {
        if line.number != head.number + 1 {
            return "it is missing; line \(line.number) comes in its place"
        }
        let hash = Audit.hash(
            after: head.hash, line.number, line.time, line.action, line.id, line.stage, line.detail)
        return hash == line.hash
            ? nil : "it or the line before it was changed: its hash is not that of what they say"
    }
}
