// state-retry: give what failed another chance.
//
// state.db  ->  nothing, or with --list {"id"} of each record that is due again
import Checkpoint
import CheckpointSchedule
import Filter
import Records

let tool = Tool(
    "state-retry", "make what failed pending again",
    examples: [
        "state-retry --older-than 24h --max-attempts 3",
        "state-retry --id rc:401234567008 --list | state-todo upload",
    ],
    options: ToolOptions())

tool.report { options, report in
    var choice = Retry.Choice()
    choice.stage = options.stage
    choice.kind = options.kind?.rawValue
    choice.ids = options.ids
    choice.age = options.age
    choice.attempts = options.maxAttempts.map { Int64($0) }
    choice.temporaryAttempts = options.maxTemporary.map { Int64($0) }
    if options.maxTemporary != nil, options.maxAttempts == nil {
        throw UsageError("option --max-temporary needs --max-attempts")
    }
    choice.earlyToo = options.earlyToo
    choice.isQueued = options.status == .queued
    choice.resetsAttempts = options.resetsAttempts
    choice.isForced = options.isForced

    let checkpoint = try Checkpoint(
        options.state, options.environment, busyTimeout: options.busyTimeout,
        isTrial: options.isDryRun)
    let tally = try Retry(choice, in: checkpoint).run(isDryRun: options.isDryRun) { id in
        if options.lists { try report.write(JSON.members(["id": .string(id)])) }
        try report.check()
    }
    for id in tally.unknown {
        report.fail(Failure(.item, .notFound, "reset \(id): the checkpoint does not know it"))
    }
    options.observer(.note(tally.summary(isDryRun: options.isDryRun)))
}
