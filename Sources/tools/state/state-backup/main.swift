// state-backup: copy the checkpoint into a file that can be restored, while pipelines run.
//
// state.db  ->  backups/callpipe_20240115_030000.db.gz, its manifest, and latest.success
import Checkpoint
import CheckpointBackup
import Files
import Filter
import Records

let tool = Tool(
    "state-backup", "copy the checkpoint into DIR, verified and packed, while pipelines run",
    operands: "[DIR]",
    examples: ["state-backup --keep 30d --with-config /var/backups/callpipe"],
    options: ToolOptions())

tool.report { options, report in
    guard options.operands.count <= 1 else { throw UsageError("name one directory") }
    let directory =
        options.operands.first ?? options.environment.value("CALLPIPE_BACKUPS") ?? "backups"
    let state = try Checkpoint.path(options.state, options.environment)
    let limit = options.keep.map { Timestamp.now.adding(seconds: -$0) }
    if options.isDryRun {
        let plan = try Backup.plan(of: state, in: directory, removingBefore: limit)
        return plan.forEach { options.observer(.note($0)) }
    }
    let settings = [
        options.envFile ?? ".env",
        options.environment.value("CALLPIPE_CONFIG") ?? "config",
    ]
    let backup = try Backup(
        of: state, in: directory, busyTimeout: .seconds(options.busyTimeout ?? 30))
    try FreeSpace(directory, keeping: options.minFree).check()
    let made = try backup.make(settings: options.withConfig ? settings : nil) {
        report.goesOn
    }
    let removed = try limit.map { try backup.remove(before: $0) }
    if report.isForPeople {
        try report.write(made.lines + (removed ?? []).map { "removed  \($0)" })
    } else {
        try report.write(made.json(removed: removed))
    }
}
