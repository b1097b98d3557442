// ToolOptions: the options of analyze.
import Analysis
import Chat
import Filter
import Money

struct ToolOptions: OptionTable {
    enum EngineName: String, CaseIterable {
        case chat, lexicon
    }

    let tasks = Option.value(
        "task", letter: "t", "LIST", "the tasks, such as summary,sentiment (default summary)",
        needs: "a list of " + Phrase.either(AnalysisTask.allCases.map(\.rawValue))
    ) { ToolOptions.tasks($0) }.or([.summary])
    let engine = Option.choice(
        "engine", letter: "e", "NAME", "chat, or lexicon for sentiment alone (default chat)",
        of: EngineName.self)
    let url = Option.text("url", "URL", "the address of the server ($OPENAI_CHAT_URL)")
    let model = Option.text(
        "model", letter: "m", "NAME", "the model ($OPENAI_CHAT_MODEL)")
    let dialect = Option.choice(
        "dialect", "NAME", "the kind of server ($OPENAI_CHAT_DIALECT)", of: ChatDialect.self)
    let prompts = Option.text(
        "prompts", "DIR", "use the prompts in DIR in place of those of callpipe",
        or: "CALLPIPE_PROMPTS")
    let context = Option.integer(
        "context", "TOKENS", "the most tokens of a prompt with its answer",
        in: 1024...10_000_000)
    let timeout = Option.time(
        "timeout", "TIME", "the longest time for one answer (default 10m)", in: 1...86_400,
        needs: "a time from 1s to 24h")
    let priceIn = Option.value(
        "price-in", "N", "the price of a million tokens that are sent",
        needs: "an amount such as 0.15"
    ) { Budget.amount($0) }
    let priceOut = Option.value(
        "price-out", "N", "the price of a million tokens that come back",
        needs: "an amount such as 0.6"
    ) { Budget.amount($0) }
    let budget = Option.value(
        "budget", "N", "stop with 75 before this run spends more than N",
        needs: "an amount such as 0.0125"
    ) { Budget.amount($0) }
    let lexicon = Option.text(
        "lexicon", "FILE", "the words of the lexicon, in place of those of VADER",
        or: "CALLPIPE_LEXICON")
    let isForced = Option.force
    let httpLog = Option.httpLog
    /// The options of a model that is asked.
    var ofChat: [any DeclaredOption] {
        [url, model, dialect, prompts, context, timeout, priceIn, priceOut, budget]
    }
    var all: [any DeclaredOption] {
        [
            tasks, engine, url, model, dialect, prompts, context, timeout, priceIn, priceOut,
            budget,
            lexicon, isForced, httpLog,
        ]
    }

    /// The tasks of a list, each once; `nil` for another word.
    private static func tasks(_ list: String) -> [AnalysisTask]? {
        var tasks: [AnalysisTask] = []
        for name in list.split(separator: ",", omittingEmptySubsequences: false) {
            guard let task = AnalysisTask(rawValue: String(name)) else { return nil }
            if !tasks.contains(task) { tasks.append(task) }
        }
        return tasks
    }
}
