// state-retry: give what failed another chance.
//
// state.db  ->  nothing, or with --list {"id"} of each record that is due again
import Checkpoint
import Filter
import Records

let tool = Tool(
    "state-retry", "make what failed pending again",
    examples: [
        "state-retry --older-than 24h --max-attempts 3",
        "state-retry --id rc:401234567008 --list | state-todo upload",
    ],
    options: [
        .value("stage", "STAGE", "what failed at STAGE only"),
        .value("kind", "KIND", "what failed of this kind only, such as network"),
        .value("id", "ID", "this record only; may be given several times"),
        .value("older-than", "TIME", "what failed at least TIME ago, such as 24h"),
        .value("max-attempts", "N", "what was tried fewer than N times"),
        .flag("early", "what waits for its next try as well"),
        .value("status", "STATUS", "pending (default), or queued to put it in front"),
        .flag("reset-attempts", "count attempts from 0 again"),
        .flag("list", "write {\"id\"} of each record, for the next program"),
        .flag("force", letter: "f", "even what is uploaded"),
        .dryRun, .state, .busyTimeout,
    ])

tool.report { options, report in
    var choice = Retry.Choice()
    choice.stage = try options.string("stage").map { name throws(UsageError) in
        if let stage = Stage(rawValue: name) { return stage }
        throw UsageError("option --stage knows \(Stage.list)")
    }
    guard ["pending", "queued", nil].contains(options.string("status")) else {
        throw UsageError("option --status knows pending and queued here")
    }
    choice.kind = options.string("kind")
    choice.ids = options.strings("id")
    choice.age = try options.seconds("older-than")
    choice.attempts = try options.integer("max-attempts", in: 1...Int.max).map { Int64($0) }
    choice.earlyToo = options.flag("early")
    choice.isQueued = options.string("status") == "queued"
    choice.resetsAttempts = options.flag("reset-attempts")
    choice.isForced = options.isForced

    let checkpoint = try Checkpoint(
        options.statePath, options.environment, patience: options.busyTimeout())
    let tally = try Retry(choice, in: checkpoint).run(isDryRun: options.isDryRun) { id in
        if options.flag("list") { try report.write(JSON.members(["id": .string(id)])) }
        try report.check()
    }
    for id in tally.unknown {
        report.fail(Failure(.item, .notFound, "reset \(id): the checkpoint does not know it"))
    }
    options.observer(.note(tally.summary(isDryRun: options.isDryRun)))
}
