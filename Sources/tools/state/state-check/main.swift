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
    options: ToolOptions())

tool.report { options, report in
    let checkpoint = try Checkpoint.existing(
        options.state, options.environment, busyTimeout: options.busyTimeout,
        isTrial: options.isDryRun)
    let check = Check(checkpoint)
    var findings = options.repairs && !options.isDryRun ? try check.repair() : []
    let integrity = try check.integrity(quick: options.isQuick)
    let isSound = integrity.allSatisfy(\.isFine)
    findings += integrity
    if isSound {
        findings += try check.invariants(quick: options.isQuick)
        findings += try check.sizes() + check.indexes() + check.holders()
        if options.vacuums, !options.isDryRun { findings += try check.vacuum() }
        if options.analyzes, !options.isDryRun { findings += try check.analyze() }
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
