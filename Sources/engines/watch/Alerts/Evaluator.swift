// Evaluator: asks the questions of all rules, within the time of a run.
public import Checkpoint
public import Records
internal import System

/// Asks the questions of rules; each program whose JSON is read runs once.
///
/// The programs of callpipe only read, so they are asked side by side; the commands of rules, which
/// may do anything, one after the other beside them, and so are the questions to the checkpoint.
public final class Evaluator {
    /// The times that questions may take.
    public struct Limits: Sendable {
        /// The longest time of a program or an SQL statement.
        public let question: Duration
        /// The longest time of all of them together.
        public let run: Duration

        /// Takes both times.
        public init(question: Duration, run: Duration) {
            self.question = question
            self.run = run
        }
    }

    /// The cause of rules that were not asked because the time of the run was over.
    static let lateness = "run-timeout"

    private let checkpoint: Result<Checkpoint, Failure>
    private let arguments: [String]
    private let settings: [String: String]
    private let limits: Limits

    /// Prepares to ask.
    ///
    /// - Parameters:
    ///   - checkpoint: The file, open for reading, or the reason why it is not.
    ///   - arguments: Options for the programs that are asked, such as `--env-file`.
    ///   - settings: Variables of the environment of those programs, besides our own.
    ///   - limits: The times that questions may take.
    public init(
        _ checkpoint: Result<Checkpoint, Failure>, arguments: [String],
        settings: [String: String], limits: Limits
    ) {
        self.checkpoint = checkpoint
        self.arguments = arguments
        self.settings = settings
        self.limits = limits
    }

    /// Asks the questions of all rules, the most urgent ones first.
    ///
    /// - Parameter rules: The rules.
    /// - Returns: An answer for each rule, in the order of the rules; a rule that was not asked in
    ///   time has an answer that says so.
    public nonisolated(nonsending) func evaluate(_ rules: [Rule]) async -> [Evaluation] {
        let time = AskingTime(limits)
        let programs = AskedPrograms(arguments, settings, time)
        let urgent = Rule.Priority.allCases.flatMap { level in rules.filter { $0.priority == level }
        }
        async let documents = programs.documents(for: urgent)
        async let commands = programs.commands(of: urgent)
        var answers: [String: Evaluation] = [:]
        for rule in urgent {
            guard case .query(let sql) = rule.condition.subject else { continue }
            answers[rule.id] = Evaluator.answer(rule) { () throws(Failure) in
                try Evaluator.ask(rule, sql, checkpoint.get(), within: time.left())
            }
        }
        answers.merge(await commands) { a, _ in a }
        let texts = await documents
        for rule in rules {
            guard case .field(let source, let path) = rule.condition.subject else { continue }
            answers[rule.id] = Evaluator.answer(rule) { () throws(Failure) in
                guard let text = texts[source] else { throw AskingTime.isOver }
                return try Evaluator.compare(rule, source, path, try text.get())
            }
        }
        return rules.compactMap { answers[$0.id] }
    }

    /// The answer, or that there is none.
    static func answer(_ rule: Rule, _ ask: () throws(Failure) -> Evaluation) -> Evaluation {
        do throws(Failure) {
            return try ask()
        } catch {
            let cause =
                switch rule.condition.subject {
                case _ where error == AskingTime.isOver: lateness
                case .field(let source, _): source.program
                case .query: error.scope == .stop ? "checkpoint" : rule.id
                case .command: rule.id
                }
            let remedy = error.remedy.isEmpty ? "" : "; \(error.remedy)"
            let reason = Rule.onOneLine("could not \(error.message)\(remedy)")
            return Evaluation(rule, .unknown(reason, cause: cause))
        }
    }

    private static func compare(
        _ rule: Rule, _ source: Condition.Source, _ path: [String], _ document: Document
    ) throws(Failure) -> Evaluation {
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

    private static func ask(
        _ rule: Rule, _ sql: String, _ checkpoint: Checkpoint, within limit: Duration
    ) throws(Failure) -> Evaluation {
        guard let row = try checkpoint.ask(sql, limit: limit).row else {
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
}

/// The time that is left for questions.
struct AskingTime: Sendable {
    /// The failure of a question that was not asked any more.
    static let isOver = Failure(
        .item, .timeout, "ask it: the questions before it took the time of the whole run",
        remedy: "make them faster, or give --run-timeout more time")

    private let question: Duration
    private let end: ContinuousClock.Instant

    init(_ limits: Evaluator.Limits) {
        question = limits.question
        end = .now + limits.run
    }

    /// The longest time of the next question, in whole seconds as people read them.
    ///
    /// - Throws: ``isOver``.
    func left() throws(Failure) -> Duration {
        let left = ContinuousClock.now.duration(to: end)
        guard left > .zero else { throw AskingTime.isOver }
        return min(.seconds(left.components.seconds + 1), question)
    }
}
