// AuditChain: the audit lines, read back and compared with their hashes.
public import Checkpoint
public import Records

/// The audit chain of a checkpoint, as auditors read it.
public struct AuditChain {
    /// One line.
    public struct Line: Sendable, Equatable {
        /// Its number, from 1 without a gap.
        public let number: Int64
        /// The time at which it was written.
        public let time: String
        /// The event, such as `stored`.
        public let action: String
        /// The record that the event concerns.
        public let id: String?
        /// The stage that did it.
        public let stage: String?
        /// JSON with digests and counts.
        public let detail: String?
        /// The SHA-256 that covers this line and all before it.
        public let hash: String
        /// False when the detail was changed by hand into text that is no JSON.
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

    /// The last line, for a copy in a place that no writer of the checkpoint can change.
    public struct Head: Sendable, Equatable {
        /// The number of lines.
        public let number: Int64
        /// The time of the last line; `nil` without one.
        public let time: String?
        /// The hash of the last line; zeros without one.
        public let hash: String

        static let empty = Head(number: 0, time: nil, hash: Audit.beginning)

        /// The head as an object.
        public var json: JSON {
            .members([
                "number": .int(Int(number)), "time": .text(time), "hash": .string(hash),
            ])
        }
    }

    /// The result of a look over the whole chain.
    public struct Verdict: Sendable, Equatable {
        /// The last line that holds, with all before it.
        public internal(set) var head = Head.empty
        /// The first line that does not hold, and the reason.
        public internal(set) var fault: Fault?
        /// True when the expected hash is that of a line which holds, or when there is none.
        public internal(set) var isExpectedThere: Bool
    }

    /// The place where the chain is broken.
    public struct Fault: Sendable, Equatable {
        /// The number that the line has to have.
        public let number: Int64
        /// The fault, for people.
        public let reason: String
    }

    private let checkpoint: Checkpoint

    /// Prepares to read.
    public init(_ checkpoint: Checkpoint) {
        self.checkpoint = checkpoint
    }

    /// The last line as it stands, without a look at the others.
    public func head() throws(Failure) -> Head {
        try Statement(
            checkpoint.database,
            "SELECT number, time, hash FROM audit ORDER BY number DESC LIMIT 1"
        ).first { row throws(Failure) in
            Head(number: try row.integer(0), time: try row.text(1), hash: try row.text(2))
        } ?? .empty
    }

    /// Gives each line to the closure, in order.
    ///
    /// - Parameters:
    ///   - id: The record whose lines are wanted; `nil` for all lines.
    ///   - body: Gets a line.
    /// - Throws: `Failure`, and the error of the closure.
    public func forEach(of id: String? = nil, _ body: (Line) throws -> Void) throws {
        let question = try Statement(
            checkpoint.database,
            """
            SELECT number, time, action, call_id, stage, detail, hash,
              ifnull(json_valid(detail), false)
            FROM audit WHERE ?1 IS NULL OR call_id = ?1 ORDER BY number
            """)
        try question.bind(id)
        while try question.step() {
            try body(
                Line(
                    number: question.integer(0), time: question.text(1), action: question.text(2),
                    id: question.string(3), stage: question.string(4), detail: question.string(5),
                    hash: question.text(6), isJSON: question.integer(7) != 0))
        }
    }

    /// Computes every hash anew.
    ///
    /// The end of a chain can be cut off without a trace in the chain itself; only a head that was
    /// kept elsewhere shows it.
    ///
    /// - Parameter expected: A hash that has to be in the chain, from an earlier head.
    /// - Returns: How far the chain holds.
    /// - Throws: `Failure` of scope `stop`.
    public func verify(expecting expected: String? = nil) throws -> Verdict {
        struct Broken: Error {}
        let wanted = expected?.lowercased()
        var verdict = Verdict(isExpectedThere: wanted == nil || wanted == Audit.beginning)
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
            after: head.hash,
            [String(line.number), line.time, line.action, line.id, line.stage, line.detail])
        return hash == line.hash
            ? nil : "it or the line before it was changed: its hash does not fit its text"
    }
}
