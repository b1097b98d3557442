// ToolOptions: the options of state-search.
import CheckpointSearch
import Filter
import Records

struct ToolOptions: OptionTable {
    let phrase = Option.flag("phrase", "find the words right after each other")
    let substring = Option.flag("substring", "find the letters, also inside words")
    let speaker = Option.text("speaker", "NAME", "said by the agent, the customer, or speaker NAME")
    let phone = Option.text("phone", "NUMBER", "calls from or to NUMBER; alone, all of them")
    let ext = Option.text("extension", "N", "calls from or to extension N; alone, all of them")
    let from = Option.moment("from", "calls from a date, or a span ago such as 7d")
    let to = Option.moment("to", "calls up to a date, or before a time", endingDay: true)
    let within = Option.value(
        "within", "TIME", "said in the first TIME of the recording, such as 0:30",
        needs: "a time such as 30s, 5m or 0:30", parse: clock)
    let sentiment = Option.text(
        "sentiment", "WORD", "calls with this sentiment, such as negative")
    let source = Option.text("source", "SOURCE", "calls of a source such as ringcentral")
    let order = Option.choice(
        "order", "ORDER", "the newest call first, or the best one", of: SearchOrder.self
    ).or(.time)
    let limit = Option.integer(
        "limit", "N", "find at most N calls (default: 10 on a terminal, else all)", in: 1...Int.max)
    let context = Option.integer(
        "context", "N", "show N utterances before and after each hit", in: 0...100
    ).or(0)
    let records = Option.flag("records", "write the stored records")
    let count = Option.flag("count", "write the number of calls")
    let by = Option.choice(
        "by", "KEY", "write the number of calls by KEY", of: SearchKey.self)
    let saved = Option.text("saved", "NAME", "save the question as NAME, or ask it again")
    let isNew = Option.flag("new", "with --saved: find only what came since the last time")
    let explain = Option.flag("explain", "write the question as the index gets it")
    let rebuild = Option.flag("rebuild", "make the index anew from the stored records")
    let check = Option.flag("check", "compare the index with the stored records")
    let format = Option.format
    let state = Option.state
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] {
        [
            phrase, substring, speaker, phone, ext, from, to, within, sentiment, source, order,
            limit, context, records, count, by, saved, isNew, explain, rebuild, check, format,
            state, busyTimeout,
        ]
    }

    /// Seconds, from a span such as 30s or a place on a clock such as 0:30.
    private static func clock(_ text: String) -> Double? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 1 { return TimeSpan.seconds(text) }
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == parts.count, (2...3).contains(parts.count),
            numbers.allSatisfy({ $0 >= 0 }), numbers.dropFirst().allSatisfy({ $0 < 60 })
        else { return nil }
        return Double(numbers.reduce(0) { $0 * 60 + $1 })
    }
}
