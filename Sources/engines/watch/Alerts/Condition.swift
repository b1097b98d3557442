// Condition: the question that a rule asks, and the comparison that makes it fire.
internal import Records

/// The condition of a rule.
public struct Condition: Sendable {
    /// The thing that is asked.
    public enum Subject: Sendable {
        /// A member of the JSON that a program writes, such as `queue.pending` of `call-health`.
        case field(of: Source, path: [String])
        /// A `SELECT` over the checkpoint.
        case query(String)
        /// A program and its arguments, whose exit status counts.
        case command([String])
    }

    /// A program whose JSON is read, once a run.
    public enum Source: String, Sendable, Decodable, CaseIterable {
        case health, status, summary

        /// The program.
        public var program: String {
            switch self {
            case .health: "call-health"
            case .status: "call-status"
            case .summary: "state-summary"
            }
        }
    }

    /// The comparison of a value.
    public enum Comparison: Sendable {
        case above(Double), atLeast(Double), below(Double), atMost(Double)
        /// The value is one of these texts or numbers.
        case isOneOf([String])
        /// There is a row, or the exit status is not 0.
        case isThere

        /// True when the condition holds; `nil` for a value that cannot be compared.
        func holds(_ value: Value) -> Bool? {
            switch self {
            case .isOneOf(let words): return words.contains(value.text)
            case .isThere: return true
            case .above(let limit): return value.number.map { $0 > limit }
            case .atLeast(let limit): return value.number.map { $0 >= limit }
            case .below(let limit): return value.number.map { $0 < limit }
            case .atMost(let limit): return value.number.map { $0 <= limit }
            }
        }

        /// The limit as text; empty for none.
        var limit: String {
            switch self {
            case .above(let limit), .atLeast(let limit), .below(let limit), .atMost(let limit):
                Value.shown(limit)
            case .isOneOf(let words): words.joined(separator: " or ")
            case .isThere: ""
            }
        }
    }

    /// A value that was found.
    public struct Value: Sendable, Equatable {
        /// The value as text.
        public let text: String
        /// The value as a finite number, if it is one.
        public let number: Double?

        /// A number.
        public init(_ number: Double) {
            self.number = number
            text = Value.shown(number)
        }

        /// A text, which may be a number.
        public init(_ text: String) {
            self.text = text
            number = Double(text).flatMap { $0.isFinite ? $0 : nil }
        }

        /// A number with at most two decimals.
        static func shown(_ number: Double) -> String {
            let hundredths = (number * 100).rounded()
            guard hundredths.magnitude < 1e15 else { return "\(number)" }
            let whole = Int(hundredths)
            if whole % 100 == 0 { return "\(whole / 100)" }
            var text = "\(Double(whole) / 100)"
            while text.hasSuffix("0") { text.removeLast() }
            return text
        }
    }

    /// The thing that is asked.
    public let subject: Subject
    /// The comparison.
    public let comparison: Comparison

    /// A condition that cannot be understood.
    struct Fault: Error { let reason: String }

    init(_ form: Form) throws(Fault) {
        let asked = [form.of != nil, form.sql != nil, form.command != nil]
        guard asked.count(where: { $0 }) == 1 else {
            throw Fault(reason: "its condition needs one of \"of\", \"sql\" and \"command\"")
        }
        if let source = form.of {
            guard let field = form.field, !field.isEmpty else {
                throw Fault(reason: "its condition has \"of\" without \"field\"")
            }
            subject = .field(
                of: source,
                path: field.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            )
        } else if let sql = form.sql {
            subject = .query(sql)
        } else {
            guard let command = form.command, command.first?.isEmpty == false else {
                throw Fault(reason: "its condition has a \"command\" without a program")
            }
            subject = .command(command)
        }
        let comparisons: [Comparison] = [
            form.above.map(Comparison.above), form.at_least.map(Comparison.atLeast),
            form.below.map(Comparison.below), form.at_most.map(Comparison.atMost),
            form.is.map { .isOneOf($0.words) },
        ].compactMap { $0 }
        guard comparisons.count <= 1 else {
            throw Fault(
                reason: "its condition has more than one of \"above\", \"at_least\", \"below\","
                    + " \"at_most\" and \"is\"")
        }
        if case .field = subject, comparisons.isEmpty {
            throw Fault(
                reason: "its condition needs one of \"above\", \"at_least\", \"below\", \"at_most\""
                    + " and \"is\"")
        }
        comparison = comparisons.first ?? .isThere
    }

    /// The condition of a rule of call-alert itself, which is never asked.
    init(known id: String) {
        subject = .command([id])
        comparison = .isThere
    }

    struct Form: Decodable {
        let of: Source?
        let field: String?
        let sql: String?
        let command: [String]?
        let above: Double?
        let at_least: Double?
        let below: Double?
        let at_most: Double?
        let `is`: Words?

        static func unknownMember(of text: [UInt8]) -> String? {
            JSON.members(of: text)?.first { CodingKeys(stringValue: $0.name) == nil }?.name
        }
    }

    /// One text or number, or several.
    struct Words: Decodable {
        let words: [String]

        init(from decoder: any Decoder) throws {
            if var list = try? decoder.unkeyedContainer() {
                var words: [String] = []
                while !list.isAtEnd { words.append(try list.decode(Word.self).text) }
                self.words = words
            } else {
                words = [try decoder.singleValueContainer().decode(Word.self).text]
            }
        }
    }

    private struct Word: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let text = try? value.decode(String.self) {
                self.text = text
            } else if let answer = try? value.decode(Bool.self) {
                text = answer ? "true" : "false"
            } else {
                text = Value.shown(try value.decode(Double.self))
            }
        }
    }
}
