// state-restore: put a verified backup in the place of the checkpoint, which is kept.
//
// backups/callpipe_20240115_030000.db.gz  ->  state.db
import Checkpoint
import CheckpointBackup
import Files
import Filter
import Records

let tool = Tool(
    "state-restore", "put the backup FILE, or the newest in DIR, in the place of the checkpoint",
    operands: "FILE|DIR",
    examples: ["state-restore backups/callpipe_20240115_030000.db.gz", "state-restore --drill"],
    options: ToolOptions())

tool.report { options, report in
    let state = try Checkpoint.path(options.state, options.environment)
    let usual = options.environment.value("CALLPIPE_BACKUPS") ?? "backups"
    guard options.operands.count == 1 || options.operands.isEmpty && options.isDrill else {
        throw UsageError("name one backup, or a directory of them")
    }
    if options.isDrill {
        try options.refuse([options.table.to], "with --drill")
    } else {
        let goals = [options.table.recoveryTime, options.table.recoveryPoint]
        try options.refuse(goals, "without --drill")
    }
    let source = options.operands.first ?? usual
    let place = options.to ?? state
    try FreeSpace(StagedFile.parent(of: place), keeping: options.minFree).check()
    if options.isDryRun { return options.observer(.note(try Restore.plan(source, to: place))) }
    if options.isDrill {
        let objectives = RestoreTest.Objectives(
            time: options.recoveryTime, point: options.recoveryPoint)
        let drill = try RestoreTest(source, beside: state, objectives) { report.goesOn }
        try report.isForPeople ? report.write(drill.lines) : report.write(drill.json)
        if !drill.isMet { report.fail() }
        return
    }
    let restore =
        if let path = options.to {
            try Restore.write(source, to: path) { report.goesOn }
        } else {
            try Restore.replace(
                state, by: source, busyTimeout: .seconds(options.busyTimeout ?? 30)
            ) { report.goesOn }
        }
    try report.isForPeople ? report.write(restore.lines) : report.write(restore.json)
}
