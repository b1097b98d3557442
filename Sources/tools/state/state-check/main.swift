// state-check: say whether the checkpoint is as it should be, what it takes, and who has it.
//
// state.db  ->  findings, one a line
import Checkpoint
import CheckpointCheck
import Filter
import Records

let tool = Tool(
    "state-check", "say whether the checkpoint is as it should be, what it takes, and who has it",
    examples: ["state-check --quick", "state-check --repair"],
    options: [
        .state,
        .flag("quick", "leave indexes, records and the audit's chain uncompared"),
        .flag("slow", "time what the tools ask, and list it, the slowest first"),
        .flag("repair", "first put right what is safe: lost claims, loose rows, totals, indexes"),
        .flag("vacuum", "then write the file anew, without free pages"),
        .flag("analyze", "then count what indexes hold, for SQLite's choices"),
        .busyTimeout,
        .format,
    ])

tool.report { options, report in
    let checkpoint = try Checkpoint.existing(
        options.statePath, options.environment, patience: options.busyTimeout())
    let check = Check(checkpoint)
    let quick = options.flag("quick")
    var findings = options.flag("repair") ? try check.repair() : []
    let integrity = try check.integrity(quick: quick)
    let isSound = integrity.allSatisfy(\.isFine)
    findings += integrity
    if isSound {
        findings += try check.invariants(quick: quick)
        findings += try check.sizes() + check.indexes() + check.holders()
        if options.flag("vacuum") { findings += try check.vacuum() }
        if options.flag("analyze") { findings += try check.analyze() }
        if options.flag("slow") { findings += try check.slow() }
    }
    var table = Table(["check": .left, "what": .left, "found": .left, "": .left])
    for finding in findings {
        if !finding.isFine { report.fail() }
        table.add(finding.check, finding.what, finding.found, finding.isFine ? "" : "WRONG")
        if !report.isForPeople { try report.write(finding.json) }
    }
    if report.isForPeople { try report.write(table) }
    guard isSound else { throw check.damage }
}
