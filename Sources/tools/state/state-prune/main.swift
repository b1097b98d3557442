// state-prune: remove local files whose bytes are safe elsewhere, and logs that are old.
//
// nothing  ->  {"id","file","path","bytes","sha256","copies"}, a line for each file that is gone
import Checkpoint
import CheckpointRetention
import Filter

let tool = Tool(
    "state-prune", "remove local files whose bytes are safe elsewhere",
    examples: [
        "state-prune --audio --older-than 7d --plan",
        "state-prune --audio --older-than 7d --unless transcribe=failed",
        "state-prune --logs /var/log/callpipe --older-than 30d",
    ],
    options: [
        .flag("audio", "audio whose upload is verified"),
        .flag("transcripts", "transcripts whose upload is verified"),
        .value("logs", "DIR", "rotated logs (*.log.*) in DIR"),
        .flag("tmp", "what programs that died left unfinished"),
        .value("older-than", "TIME", "what is older than TIME, as in 7d; has to be said"),
        .value("unless", "STAGE=STATUS", "but not where a stage has that status"),
        .value("only-if", "STAGE=STATUS", "only where a stage has that status"),
        .flag("plan", letter: "n", "print what would go, and remove nothing"),
        .state, .data, .format, .busyTimeout,
    ])

tool.report { options, report in
    guard let age = try options.seconds("older-than") else {
        throw UsageError("say with --older-than what is old, as in 7d")
    }
    let kinds: [PruneRule.Kind] =
        (options.flag("audio") ? [.audio] : [])
        + (options.flag("transcripts") ? [.transcript] : [])
    let logs = options.string("logs")
    guard !kinds.isEmpty || logs != nil || options.flag("tmp") else {
        throw UsageError("say what: --audio, --transcripts, --logs DIR or --tmp")
    }
    let conditions = (
        unless: try conditions(options, "unless"), onlyIf: try conditions(options, "only-if")
    )
    let sweep = Sweep(options, report, age: age)
    if !kinds.isEmpty {
        let rules = kinds.map {
            PruneRule(
                $0, olderThan: age, unless: conditions.unless, onlyIf: conditions.onlyIf)
        }
        try sweep.prune(rules)
    }
    if options.flag("tmp") { try sweep.removeLeftovers() }
    if let logs { try sweep.removeLogs(in: logs) }
    try sweep.end()
}
