// state-search: find calls by what was said in them, or by who took part.
//
// words  ->  the calls in which they were said, with the second and the speaker
import Checkpoint
import CheckpointSearch
import Filter
import Records

let tool = Tool(
    "state-search", "find the calls in which something was said",
    operands: "[QUERY...]",
    examples: [
        "state-search 'refund OR \"money back\"' --speaker customer --within 0:30",
        "state-search --phone +16505550100",
    ],
    options: ToolOptions())

tool.report { options, report in
    try options.checkUsage()
    let isWriting = options.rebuild || options.saved != nil
    let checkpoint =
        try isWriting
        ? Checkpoint.existing(
            options.state, options.environment, busyTimeout: options.busyTimeout)
        : Checkpoint(
            reading: options.state, options.environment, busyTimeout: options.busyTimeout)
    if options.rebuild { return try report.rebuild(checkpoint, options.observer) }
    if options.check { return try report.check(checkpoint) }
    try report.answer(options, in: checkpoint)
}
