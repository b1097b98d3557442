// ToolOptions: the options of state-retry.
import Checkpoint
import Filter
import Records

struct ToolOptions: OptionTable {
    enum Status: String, CaseIterable {
        case pending, queued
    }

    let stage = Option.choice("stage", "STAGE", "failures of STAGE only", of: Stage.self)
    let kind = Option.choice(
        "kind", "KIND", "failures of this kind only, such as network",
        among: Failure.Kind.ofRecords)
    let ids = Option.texts("id", "ID", "this record only; may be given several times")
    let age = Option.time(
        "older-than", "TIME", "failures at least TIME ago, such as 24h",
        needs: "a time such as 24h")
    let maxAttempts = Option.integer(
        "max-attempts", "N", "records with fewer than N attempts", in: 1...Int.max)
    let maxTemporary = Option.integer(
        "max-temporary", "N", "with fewer than N attempts, if the failure was temporary",
        in: 1...Int.max)
    let earlyToo = Option.flag("early", "also records that wait for their next attempt")
    let status = Option.choice(
        "status", "STATUS", "pending (default), or queued to put them in front",
        of: Status.self)
    let resetsAttempts = Option.flag("reset-attempts", "count attempts from 0 again")
    let lists = Option.flag("list", "write {\"id\"} of each record, for the next program")
    let isForced = Option.flag("force", letter: "f", "even if uploaded")
    let dryRun = Option.dryRun
    let state = Option.state
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] {
        [
            stage, kind, ids, age, maxAttempts, maxTemporary, earlyToo, status, resetsAttempts,
            lists, isForced,
            dryRun, state, busyTimeout,
        ]
    }
}
