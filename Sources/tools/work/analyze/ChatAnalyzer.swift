// ChatAnalyzer: asks a model about the calls, each question once, within a budget.
import Analysis
import Chat
import Filter
import Money
import Records
import System

/// Adds the findings of a model to records.
struct ChatAnalyzer: Sendable {
    private let chat: Chat
    private let analyst: Analyst
    private let prices: TokenPrices
    private let budget: Budget
    private let tasks: [AnalysisTask]
    private let isForced: Bool
    private let isDryRun: Bool
    private let observer: Observer

    /// Reads the options and the prompts; nothing is asked yet.
    init(_ options: Options<ToolOptions>) throws {
        try options.refuse([options.table.lexicon], "without --engine lexicon")
        prices = try TokenPrices(options)
        budget = Budget(limit: options.budget, for: "analyze")
        var settings = Chat.Settings()
        settings.dialect = options.dialect
        settings.url = options.url
        settings.model = options.model
        settings.observer = options.observer
        if let seconds = options.timeout { settings.timeout = .seconds(seconds) }
        let prompts = try Prompts(
            own: options.prompts, shipped: "\(OwnProgram.directory)/../share/callpipe/prompts")
        chat = try Chat(options.environment, settings)
        analyst = Analyst(
            model: chat.model, prompts: prompts,
            window: options.context ?? chat.dialect.usualWindow, observer: options.observer)
        tasks = options.tasks
        isForced = options.isForced
        isDryRun = options.isDryRun
        observer = options.observer
    }

    /// Adds the tasks that the record lacks; what is answered stays on the record when a later task
    /// fails.
    func analyze(_ record: inout Record) async throws {
        let conversation = try Conversation(of: record)
        guard !conversation.isEmpty else { return record.skipAnalysis() }
        let due = tasks.filter { isForced || !isDone($0, conversation, record) }
        guard !due.isEmpty else { return }
        if isDryRun {
            let names = due.map(\.rawValue).joined(separator: ", ")
            return observer(.note("would ask \(chat.model) about \(record.id): \(names)"))
        }
        let questions = due.flatMap { analyst.questions($0, conversation) }
        let reserved = questions.map(prices.highest).reduce(0, +)
        try await budget.reserve(reserved, for: record.id)
        let (meter, began) = (ChatMeter(), ContinuousClock.now)
        var failure: (any Error)?
        do {
            for task in due {
                let result = try await analyst.result(task, conversation) { [self] question in
                    try check(question, meter, reserved)
                    return try await chat.ask(question, meter)
                }
                try record.set("analysis", task.rawValue, result)
            }
            record.remove("analysis", "skipped")
        } catch {
            failure = error
        }
        // The answers to a record that failed were charged as well.
        if let stop = failure as? Failure, stop.scope == .stop { await budget.close(for: stop) }
        await budget.settle(reserved, spent: prices.cost(of: meter.sums) ?? 0)
        if meter.sums.requests > 0 {
            try note(meter.sums, since: began, conversation, on: &record)
        }
        if let failure { throw failure }
    }

    /// True when the record has the answer to the same question about the same words.
    private func isDone(
        _ task: AnalysisTask, _ conversation: Conversation, _ record: Record
    ) -> Bool {
        record.raw(at: ["analysis", task.rawValue, "key"])
            .map { JSON.raw($0).decoded(as: String.self) == analyst.key(of: task, conversation) }
            ?? false
    }

    /// Refuses a question for which no money was set aside, as after a piece had to be cut again.
    private func check(
        _ question: Question, _ meter: ChatMeter, _ reserved: Double
    ) throws(Failure) {
        guard let spent = prices.cost(of: meter.sums), prices.isLimited else { return }
        guard spent + prices.one(question) <= reserved + 1e-9 else {
            throw Failure(
                .temporary, .quota, "ask about the record again: it costs more than was set aside",
                remedy: "let --context tell the tokens of the server, and run it again")
        }
    }

    /// Writes down what was asked and what it cost, for the ledger.
    private func note(
        _ sums: ChatMeter.Sums, since began: ContinuousClock.Instant,
        _ conversation: Conversation, on record: inout Record
    ) throws {
        let wall = (ContinuousClock.now - began) / .seconds(1)
        try record.set("analysis", "engine", .string("chat"))
        try record.set("analysis", "model", .string(chat.model))
        try record.set(
            "analysis", "provenance",
            .members([
                "requests": .int(sums.requests), "prompt_tokens": .int(sums.promptTokens),
                "completion_tokens": .int(sums.completionTokens),
                "estimated": sums.isEstimate ? .bool(true) : nil,
                "wall": .double((wall * 1000).rounded() / 1000),
                "cost": .number(prices.cost(of: sums)), "at": .string(Timestamp.now.text),
            ]))
        let suspicions = Analyst.suspicions(in: conversation)
        if !suspicions.isEmpty {
            try record.set("analysis", "injection_suspected", .array(suspicions))
            observer(
                .note("\(record.id): turns that read like orders to a model: \(suspicions.count)"))
        } else {
            record.remove("analysis", "injection_suspected")
        }
    }
}

/// The prices of a million tokens.
private struct TokenPrices: Sendable {
    let sent: Double?
    let received: Double?
    /// True when there is a budget to keep.
    let isLimited: Bool

    /// Reads `--price-in` and `--price-out`, which a budget needs.
    init(_ options: Options<ToolOptions>) throws {
        (sent, received) = (options.priceIn, options.priceOut)
        isLimited = options.budget != nil
        if isLimited, sent == nil || received == nil {
            throw UsageError(
                "option --budget needs --price-in and --price-out; they may be 0")
        }
    }

    /// The cost of tokens; `nil` when they have no price.
    func cost(of sums: ChatMeter.Sums) -> Double? {
        guard sent != nil || received != nil else { return nil }
        return amount(sums.promptTokens, sums.completionTokens)
    }

    /// The highest cost of a question with all its tries.
    func highest(_ question: Question) -> Double {
        let tokens = Analyst.mostTokens(for: question)
        return amount(tokens.prompt, tokens.completion)
    }

    /// The highest cost of asking once.
    func one(_ question: Question) -> Double {
        amount(question.mostPromptTokens, question.answerTokens)
    }

    private func amount(_ prompt: Int, _ completion: Int) -> Double {
        (Double(prompt) * (sent ?? 0) + Double(completion) * (received ?? 0)) / 1e6
    }
}

extension Record {
    /// Says that there is nothing to analyze.
    mutating func skipAnalysis() {
        if string("analysis", "skipped") == nil {
            set("analysis", .members(["skipped": .string("empty")]))
        }
    }
}

extension Conversation {
    /// The words of a record's transcript.
    ///
    /// - Throws: `Failure` of scope `item`, kind `input`, for a record without a transcript.
    init(of record: Record) throws(Failure) {
        guard let transcript = try record.transcript() else {
            throw Failure(
                .item, .input, "analyze the record: it has no transcript",
                remedy: "put transcribe before analyze in the pipe")
        }
        self.init(transcript)
    }
}
