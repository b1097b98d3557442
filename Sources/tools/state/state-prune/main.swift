// state-prune: remove local files whose bytes are safe elsewhere, and logs that are old.
//
// nothing  ->  {"id","file","path","bytes","sha256","copies"}, a line for each file that is gone
import Checkpoint
import CheckpointRetention
import Filter

let tool = Tool(
    "state-prune", "remove local files whose bytes are safe elsewhere",
    examples: [
        "state-prune --audio --older-than 7d --dry-run",
        "state-prune --audio --older-than 7d --unless transcribe=failed",
        "state-prune --logs /var/log/callpipe --older-than 30d",
    ],
    options: ToolOptions())

tool.report { options, report in
    guard let age = options.age else {
        throw UsageError("option --older-than is required, as in --older-than 7d")
    }
    let kinds: [PruneRule.Kind] =
        (options.audio ? [.audio] : []) + (options.transcripts ? [.transcript] : [])
    guard !kinds.isEmpty || options.logs != nil || options.leftovers else {
        throw UsageError("give --audio, --transcripts, --logs DIR or --tmp")
    }
    if kinds.isEmpty {
        let conditions = [options.table.unless, options.table.onlyIf]
        try options.refuse(conditions, "without --audio or --transcripts")
    }
    let sweep = Sweep(options, report, age: age)
    if !kinds.isEmpty {
        let rules = kinds.map {
            PruneRule(
                $0, olderThan: age, unless: options.unless, onlyIf: options.onlyIf)
        }
        try sweep.prune(rules)
    }
    if options.leftovers { try sweep.removeLeftovers() }
    if let logs = options.logs { try sweep.removeLogs(in: logs) }
    try sweep.end()
}
