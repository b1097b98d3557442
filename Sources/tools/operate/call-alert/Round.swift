// Round: one run: ask all rules, write down what changed, tell it.
import AlertService
import Alerts
import Checkpoint
import Filter
import Records

/// One run of call-alert over the rules.
struct Round {
    private let options: Options<ToolOptions>
    private let report: Report
    private let channels: Channels
    private let writer: Writer

    init(_ options: Options<ToolOptions>, _ report: Report) throws {
        self.options = options
        self.report = report
        channels = try Channels(options)
        writer = Writer(options)
    }

    /// Asks, writes down and tells.
    nonisolated(nonsending) func run() async throws {
        let (rules, hasAll) = try options.ruleSet(report)
        let opened = Result { () throws(Failure) in
            try Checkpoint.existing(
                options.state, options.environment, busyTimeout: options.busyTimeout ?? 10)
        }
        let evaluations = await ask(rules)
        let findings = evaluations + faults(rules, evaluations)
        guard case .success(let checkpoint) = opened else {
            if case .failure(let failure) = opened { report.fail(failure) }
            return try await Unbooked(options, report, channels, writer).tell(findings)
        }
        let book = AlertBook(
            checkpoint, interval: options.interval, refreshing: Channels.refreshed)
        let known = Set(findings.map(\.rule.id))
        let old = try book.forgotten { known.contains($0) || !hasAll }
        do {
            try note(findings + old, in: book, telling: channels.names)
        } catch let failure as Failure where failure.kind == .timeout {
            report.fail(failure)
            return try await Unbooked(options, report, channels, writer).tell(findings)
        }
        let post = Post(report, book, writer, stays: 3 * options.interval)
        let results = try await post.send(through: channels)
        // A channel that fails is told by the others.
        let failing = Set(results.filter { $0.outcome == .holds }.map(\.rule.id))
        let others = channels.names.filter { !failing.contains("channel.\($0)") }
        try note(results, in: book, telling: others)
        _ = try await post.send(through: channels, only: others)
        if options.pings, !report.hasFailed { try await Ping(options).send() }
    }

    /// Evaluates and prints, and changes nothing.
    nonisolated(nonsending) func tryOut() async throws {
        let (rules, _) = try options.ruleSet(report)
        let answers = await ask(rules)
        try report.write(
            answers.map(\.json),
            as: [Column("rule"), Column("outcome"), Column("value"), Column("message")])
    }

    nonisolated(nonsending) private func ask(_ rules: RuleSet) async -> [Evaluation] {
        let checkpoint = Result { () throws(Failure) in
            try Checkpoint(
                reading: options.state, options.environment, busyTimeout: options.busyTimeout ?? 10)
        }
        let evaluator = Evaluator(
            checkpoint, arguments: options.envFile.map { ["--env-file", $0] } ?? [],
            settings: options.state.map { ["CALLPIPE_STATE": $0] } ?? [:],
            limits: .init(
                question: .seconds(options.timeout), run: .seconds(options.runTimeout)))
        return await evaluator.evaluate(rules.rules)
    }

    /// The alerts about rules that are refused, cannot be evaluated or have no channel.
    private func faults(_ rules: RuleSet, _ evaluations: [Evaluation]) -> [Evaluation] {
        let faults = Faults(rules, evaluations, telling: channels.names)
        for failure in faults.failures { report.fail(failure) }
        return faults.evaluations
    }

    private func note(
        _ evaluations: [Evaluation], in book: AlertBook, telling names: [String]
    ) throws {
        let every = options.repeat ?? (options.template == .incident ? 900 : nil)
        for alert in try book.note(evaluations, telling: names, every: every) {
            if report.isForPeople {
                try report.write([alert.sentence])
            } else {
                try report.write(alert.json)
            }
        }
        try report.flush()
    }
}

extension Options<ToolOptions> {
    /// The rules of a run, and true when no line of them is missing.
    ///
    /// - Parameter report: Told of a file or a line that cannot be read; the other rules stay.
    /// - Returns: The rules.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    func ruleSet(_ report: Report) throws -> (RuleSet, hasAll: Bool) {
        var rules = self.leavesBuiltIn ? RuleSet() : RuleSet(budget: try monthlyBudget)
        var hasAll = true
        if let file = self.rules {
            do throws(Failure) {
                try rules.add(file: file)
            } catch {
                report.fail(error)
                hasAll = false
            }
        }
        for failure in rules.refused { report.fail(failure) }
        return (rules, hasAll && rules.refused.isEmpty)
    }

    /// The amount that transcripts may cost in a month.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    var monthlyBudget: Double? {
        get throws(Failure) {
            guard let text = environment.value("ALERT_MONTHLY_BUDGET") else { return nil }
            guard let amount = Double(text), amount >= 0, amount <= 1e12 else {
                throw Failure(
                    .stop, .configuration, "use ALERT_MONTHLY_BUDGET: it is not an amount",
                    remedy: "set it to an amount such as 250, or leave it out")
            }
            return amount
        }
    }
}
