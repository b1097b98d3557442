// Evaluation: the answer to a rule's question.
public import Checkpoint
internal import FoundationEssentials
public import Records
internal import System

/// The answer to a rule.
public struct Evaluation: Sendable {
    /// The result of the comparison.
    public enum Outcome: Sendable, Equatable {
        case holds, holdsNot
        /// The rule cannot be evaluated, for this reason; the cause is a program, the checkpoint or
        /// the rule itself.
        case unknown(String, cause: String)
    }

    /// The rule.
    public let rule: Rule
    /// The result.
    public let outcome: Outcome
    /// The value that was compared.
    public let value: Condition.Value?
    /// The text of the alert.
    public let message: String
    /// The command that mends it, or shows more.
    public let remedy: String

    /// An answer without places to look up.
    public init(
        _ rule: Rule, _ outcome: Outcome, _ value: Condition.Value? = nil,
        find: (String) -> Condition.Value? = { _ in nil }
    ) {
        self.rule = rule
        self.outcome = outcome
        self.value = value
        message = rule.filled(rule.message, value, find)
        remedy = rule.filled(rule.remedy, value, find)
    }

    /// The members of a line of `call-alert --dry-run`.
    public var json: JSON {
        let (word, reason): (String, String?) =
            switch outcome {
            case .holds: ("fires", nil)
            case .holdsNot: ("well", nil)
            case .unknown(let reason, _): ("unknown", reason)
            }
        return .members([
            "rule": .string(rule.id), "outcome": .string(word), "value": .text(value?.text),
            "message": .text(reason ?? (outcome == .holds ? message : nil)),
        ])
    }

    init(
        _ rule: Rule, comparing value: Condition.Value, find: (String) -> Condition.Value?
    ) {
        guard let holds = rule.condition.comparison.holds(value) else {
            let reason = "the value \"\(value.text.prefix(80))\" is no number"
            self.init(rule, .unknown(reason, cause: rule.id), value)
            return
        }
        self.init(rule, holds ? .holds : .holdsNot, value, find: find)
    }
}

/// Asks the questions of rules; each program whose JSON is read runs once.
public final class Evaluator {
    private let checkpoint: Result<Checkpoint, Failure>
    private let arguments: [String]
    private let settings: [String: String]
    private let limit: Duration
    private var documents: [Condition.Source: Result<Document, Failure>] = [:]

    /// Prepares to ask.
    ///
    /// - Parameters:
    ///   - checkpoint: The file, open for reading, or the reason why it is not.
    ///   - arguments: Options for the programs that are asked, such as `--env-file`.
    ///   - settings: Variables of the environment of those programs, besides our own.
    ///   - limit: The longest time of a program or an SQL statement.
    public init(
        _ checkpoint: Result<Checkpoint, Failure>, arguments: [String],
        settings: [String: String], limit: Duration
    ) {
        self.settings = settings
        self.checkpoint = checkpoint
        self.arguments = arguments
        self.limit = limit
    }

    /// Asks the question of a rule.
    public func evaluate(_ rule: Rule) -> Evaluation {
        do throws(Failure) {
            switch rule.condition.subject {
            case .field(let source, let path): return try compare(rule, source, path)
            case .query(let sql): return try ask(rule, sql)
            case .command(let words): return try run(rule, words)
            }
        } catch {
            let cause =
                switch rule.condition.subject {
                case .field(let source, _): source.program
                case .query: error.scope == .stop ? "checkpoint" : rule.id
                case .command: rule.id
                }
            return Evaluation(rule, .unknown(Rule.onOneLine(error.description), cause: cause))
        }
    }

    private func compare(
        _ rule: Rule, _ source: Condition.Source, _ path: [String]
    ) throws(Failure) -> Evaluation {
        let document = try document(of: source).get()
        guard let value = document.value(at: path) else {
            throw Failure(
                .item, .input,
                "read \(path.joined(separator: ".")) of \(source.program): it is not there",
                remedy: "see what \(source.program) writes")
        }
        // A check that is not known is not well.
        if value.text == "unknown", rule.condition.comparison.holds(value) == false {
            throw Failure(
                .item, .badResponse,
                "read \(path.joined(separator: ".")) of \(source.program): it is not known",
                remedy: "run \(source.program) by hand")
        }
        return Evaluation(rule, comparing: value) { name in
            document.value(at: name.split(separator: ".").map(String.init))
        }
    }

    private func document(of source: Condition.Source) -> Result<Document, Failure> {
        if let known = documents[source] { return known }
        let answer: Result<Document, Failure>
        do throws(Failure) {
            answer = .success(try read(source))
        } catch {
            answer = .failure(error)
        }
        documents[source] = answer
        return answer
    }

    private func read(_ source: Condition.Source) throws(Failure) -> Document {
        let name = source.program
        let words = [name, "--format", "json"] + arguments
        let result = try output(of: words, keeping: 4 << 20)
        let document =
            source == .summary ? Document(summary: result.output) : Document(result.output)
        guard let document, !result.output.isEmpty else {
            let reason = result.complaints.split(separator: "\n").last.map(String.init)
            throw Failure(
                .item, .badResponse, "read the answer of \(name): \(reason ?? "it is no JSON")",
                remedy: "run \(name) by hand")
        }
        return document
    }

    private func ask(_ rule: Rule, _ sql: String) throws(Failure) -> Evaluation {
        let row = try checkpoint.get().ask(sql, limit: limit).row
        guard let row else {
            // Without a comparison a row fires; with one there is no value to compare.
            if case .isThere = rule.condition.comparison { return Evaluation(rule, .holdsNot) }
            throw Failure(
                .item, .input, "compare the rule's value: the SELECT gave no row",
                remedy: "use count(*), or leave the comparison out")
        }
        let values = Dictionary(
            row.map { ($0.name, Condition.Value($0.value ?? "")) }, uniquingKeysWith: { a, _ in a })
        guard let first = row.first?.value else {
            if case .isThere = rule.condition.comparison {
                return Evaluation(rule, .holds) { values[$0] }
            }
            // The sum of no rows is NULL.
            return Evaluation(rule, .holdsNot) { values[$0] }
        }
        return Evaluation(rule, comparing: Condition.Value(first)) { values[$0] }
    }

    private func run(_ rule: Rule, _ words: [String]) throws(Failure) -> Evaluation {
        let result = try output(of: words, keeping: 1 << 16)
        guard case .exited(let status) = result.end else {
            throw Failure(.item, .engine, "run \(words[0]): it did not end by itself")
        }
        // env(1) and the shell end with these when there is no such program.
        if status == 126 || status == 127 {
            throw Failure(.item, .configuration, "run \(words[0]): its exit status is \(status)")
        }
        let value = Condition.Value(Double(status))
        let line = String(
            decoding: result.output.prefix { $0 != 0x0A }.prefix(400), as: UTF8.self)
        let find: (String) -> Condition.Value? = { name in
            name == "output" ? Condition.Value(line) : nil
        }
        if case .isThere = rule.condition.comparison {
            return Evaluation(rule, status == 0 ? .holdsNot : .holds, value, find: find)
        }
        return Evaluation(rule, comparing: value, find: find)
    }

    /// Runs a program of this project, or another one on the search path.
    private func output(
        of words: [String], keeping bytes: Int
    ) throws(Failure) -> ProgramResult {
        let variables = ProcessEnvironment.variables.merging(settings) { _, ours in ours }
        let result: ProgramResult
        do {
            let path = try Evaluator.path(of: words[0])
            result = try Program(path, Array(words.dropFirst()), environment: variables)
                .run(limit: limit, outputLimit: bytes, Cancellation())
        } catch {
            let reason =
                switch error {
                case let error as SystemError: error.reason
                case ProgramError.start(let error): error.reason
                default: "it cannot be started"
                }
            throw Failure(
                .item, .configuration, "run \(words[0]): \(reason)",
                remedy: "install it beside call-alert, or put it on the PATH")
        }
        switch result.end {
        case .timedOut:
            throw Failure(.item, .timeout, "run \(words[0]): it took longer than \(limit)")
        case .endless:
            throw Failure(.item, .badResponse, "read the answer of \(words[0]): it has no end")
        case .exited, .signalled: return result
        }
    }

    private static func path(of name: String) throws(SystemError) -> String {
        let beside = "\(OwnProgram.directory)/\(name)"
        if !name.contains("/"), FileSystem.exists(beside) { return beside }
        return try Program.find(
            name, searchPath: ProcessEnvironment.variables["PATH"] ?? "/bin:/usr/bin")
    }
}
