// call-alert: watch the archive by rules, and tell the right people when one fires or ends.
//
// state.db, call-health, call-status, state-summary, commands  ->  alerts; messages to the channels
import Alerts
import Filter

let tool = Tool(
    "call-alert", "watch the archive by rules, and tell the right people when one fires or ends",
    examples: [
        "call-alert --rules alert-rules.ndjson --to mail: --to slack:",
        "call-alert --list --active",
        "call-alert --silence disk-usage --until 2h --note 'a new disk comes'",
    ],
    options: ToolOptions())

await tool.report { options, report in
    try options.checkUsage()
    let desk = Desk(options, report)
    if options.printsRules {
        let rules = RuleSet.builtIn(budget: try options.monthlyBudget)
        return try report.write(records: Array((rules + "\n").utf8))
    }
    if options.lists { return try desk.list() }
    if let name = options.acknowledge { return try desk.acknowledge(name) }
    if let rule = options.silence, let end = options.until {
        return try desk.silence(rule, until: end)
    }
    if options.tests { return try await desk.test() }
    if let text = options.tell { return try await desk.tell(text) }
    let round = try Round(options, report)
    if options.isDryRun { return try await round.tryOut() }
    try await round.run()
}
