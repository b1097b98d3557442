// ToolOptions: the options of state-errors.
import CheckpointReports
import Filter
import Records

struct ToolOptions: OptionTable {
    let last = Option.time(
        "last", "TIME", "errors or requests of the last TIME (default 24h)", in: 1...1e9,
        needs: "a time of at least 1s, such as 24h")
    let since = Option.moment("since", "from a date, a time, or a span ago such as 7d")
    let until = Option.moment("until", "up to a date, or before a time", endingDay: true)
    let by = Option.text("by", "KEYS", "count by severity, category, kind, stage, run, day, hour")
    let severity = Option.value(
        "severity", "WORD,...", "only errors that are LOW, MEDIUM, HIGH or CRITICAL",
        needs: "severities such as HIGH,CRITICAL", choices: Severity.allCases.map(\.rawValue)
    ) { words(of: $0) { Severity(rawValue: $0) } }.or([])
    let category = Option.value(
        "category", "WORD,...", "only errors of a category such as RATE_LIMIT",
        needs: "categories: \(Phrase.either(ErrorCategory.allCases.map(\.rawValue)))",
        choices: ErrorCategory.allCases.map(\.rawValue)
    ) { words(of: $0) { ErrorCategory(rawValue: $0) } }.or([])
    let isRecentCritical = Option.flag("recent-critical", "the ten newest critical errors")
    let http = Option.text("http", "FILE", "read the requests in FILE, which --http-log wrote")
    let keeps = Option.flag("keep", "with --http: keep the requests in the checkpoint for 30 days")
    let limit = Option.limit
    let format = Option.format
    let state = Option.state
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] {
        [
            last, since, until, by, severity, category, isRecentCritical, http, keeps, limit,
            format,
            state, busyTimeout,
        ]
    }

    /// The words between the commas, in any case of letters; `nil` when one is unknown.
    private static func words<Word>(of text: String, _ word: (String) -> Word?) -> [Word]? {
        let names = text.uppercased().split(separator: ",", omittingEmptySubsequences: false)
        let words = names.compactMap { word(String($0)) }
        return words.count == names.count ? words : nil
    }
}

extension Options<ToolOptions> {
    /// Refuses a command line with options that would be ignored.
    ///
    /// - Throws: `UsageError`.
    func checkUsage() throws(UsageError) {
        if self.since != nil { try refuse([table.last], "with --since") }
        if let since = self.since, let until = self.until, until <= since {
            throw UsageError("option --until is not after --since")
        }
        if self.http != nil {
            try refuse([table.severity, table.category, table.isRecentCritical], "with --http")
        } else {
            try refuse([table.keeps], "without --http")
        }
        if self.isRecentCritical {
            try refuse([table.severity, table.by], "with --recent-critical")
        }
        if self.keeps { try refuse([table.by], "with --keep") }
        if self.by != nil { try refuse([table.limit], "with --by") }
    }

    /// The start of the time that is asked for.
    var start: Timestamp {
        self.since ?? (self.until ?? .now).adding(seconds: -(self.last ?? 86_400))
    }

    /// The options as a selection of errors.
    var selection: Selection {
        var selection = Selection()
        selection.since = start
        selection.until = self.until
        selection.severities = self.isRecentCritical ? [.critical] : self.severity
        selection.categories = self.category
        return selection
    }

    /// The error of keys that --by does not know, or has twice.
    func unknownKeys(_ keys: [String]) -> UsageError {
        UsageError("option --by needs different keys among \(keys.joined(separator: ", "))")
    }
}
