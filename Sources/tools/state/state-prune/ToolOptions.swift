// ToolOptions: the options of state-prune.
import Checkpoint
import CheckpointRetention
import Filter

struct ToolOptions: OptionTable {
    let audio = Option.flag("audio", "audio with a verified upload")
    let transcripts = Option.flag("transcripts", "transcripts with a verified upload")
    let logs = Option.text("logs", "DIR", "rotated logs (*.log.*, *.log-*) in DIR")
    let leftovers = Option.flag("tmp", "unfinished files of programs that died")
    let age = Option.time(
        "older-than", "TIME", "only files older than TIME, as in 7d; required",
        needs: "a time such as 7d")
    let unless = conditions("unless", "not if a stage has that status")
    let onlyIf = conditions("only-if", "only if a stage has that status")
    let isPlan = Option.flag("plan", "the same as --dry-run")
    let dryRun = Option.dryRun
    let state = Option.state
    let data = Option.data
    let format = Option.format
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] {
        [
            audio, transcripts, logs, leftovers, age, unless, onlyIf, isPlan, dryRun, state, data,
            format, busyTimeout,
        ]
    }

    private static func conditions(
        _ name: String, _ help: String
    ) -> Option<[PruneRule.Condition]> {
        Option.value(
            name, "STAGE=STATUS", help,
            needs: "STAGE=STATUS, as in transcribe=failed; the stages are \(Stage.list), the"
                + " statuses \(Status.list)"
        ) { PruneRule.Condition.list($0) }.or([])
    }
}
