// ToolOptions: the options of call-alert.
import Alerts
import Filter

/// The form of a message.
enum Template: String, CaseIterable {
    case alert, incident
}

struct ToolOptions: OptionTable {
    let rules = Option.text(
        "rules", "FILE", "add the rules in FILE ($CALLPIPE_ALERT_RULES)",
        or: "CALLPIPE_ALERT_RULES")
    let leavesBuiltIn = Option.flag("no-built-in", "leave the built-in rules out")
    let to = Option.texts(
        "to", "CHANNEL", "log: mail: slack: teams: webhook: pagerduty: alertmanager: ntfy:")
    let template = Option.choice(
        "template", "NAME", "alert, or incident with an update every 15 min", of: Template.self)
    let `repeat` = Option.time(
        "repeat", "TIME", "tell again after TIME while it fires, whatever the rules say",
        in: 300...1e9, needs: "a time of at least 5m")
    let interval = Option.time(
        "interval", "TIME", "the time from one run to the next (default 5m)", in: 10...1e6
    ).or(300)
    let timeout = Option.time(
        "timeout", "TIME", "the longest time of one question (default 30s)", in: 1...3600
    ).or(30)
    let runTimeout = Option.time(
        "run-timeout", "TIME", "the longest time of all questions together (default 90s)",
        in: 1...3600
    ).or(90)
    let pings = Option.flag("ping", "after a whole good run, ping the address CALLPIPE_PING_URL")
    let tests = Option.flag("test", "send a test message to every channel, and tell how it went")
    let tell = Option.text(
        "tell", "TEXT", "send TEXT, or standard input for -, to the channels, and end")
    let level = Option.choice(
        "level", "LEVEL", "with --tell: info (default), warning or critical", of: Rule.Level.self)
    let lists = Option.flag("list", "list the pending and firing alerts")
    let isActive = Option.flag("active", "with --list: those that fire, as Alertmanager does")
    let acknowledge = Option.text(
        "acknowledge", "ID", "take an alert over: it is not repeated; ID is its number or rule")
    let silence = Option.text("silence", "RULE", "tell nobody of RULE; needs --until")
    let until = Option.value(
        "until", "WHEN", "the end of the silence: a time, or a span from now such as 2h",
        needs: "a time, or a span from now such as 2h"
    ) { Moment($0) }
    let note = Option.text("note", "TEXT", "why, for --acknowledge and --silence")
    let printsRules = Option.flag("print-rules", "print the built-in rules, and end")
    let dryRun = Option.flag(
        "dry-run", letter: "n", "evaluate the rules and print the answers; change and send nothing")
    let httpLog = Option.httpLog
    let format = Option.format
    let state = Option.state
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] {
        [
            rules, leavesBuiltIn, to, template, `repeat`, interval, timeout, runTimeout, pings,
            tests, tell, level, lists, isActive, acknowledge, silence, until, note, printsRules,
            dryRun, httpLog, format, state,
            busyTimeout,
        ]
    }

    /// The options each of which is another thing than to evaluate the rules.
    var tasks: [any DeclaredOption] {
        [tests, tell, lists, acknowledge, silence, printsRules]
    }
}

extension Options<ToolOptions> {
    /// Refuses a command line with options that would be ignored.
    ///
    /// - Throws: `UsageError`.
    func checkUsage() throws(UsageError) {
        let tasks = table.tasks.filter(isGiven)
        guard tasks.count <= 1 else {
            throw UsageError(
                "ask for one of --test, --tell, --list, --acknowledge, --silence and --print-rules")
        }
        if let task = tasks.first {
            let others: [any DeclaredOption] = [
                table.leavesBuiltIn, table.template, table.repeat, table.interval, table.timeout,
                table.runTimeout, table.pings,
            ]
            try refuse(others, "with --\(task.spelling.name)")
            // A silence needs the ids of the rules.
            if self.silence == nil { try refuse([table.rules], "with --\(task.spelling.name)") }
        }
        if !self.lists { try refuse([table.isActive], "without --list") }
        if self.silence == nil { try refuse([table.until], "without --silence") }
        if self.silence != nil, self.until == nil {
            throw UsageError("option --silence needs --until")
        }
        if self.tell == nil { try refuse([table.level], "without --tell") }
        if self.silence == nil, self.acknowledge == nil {
            try refuse([table.note], "without --acknowledge or --silence")
        }
    }
}
