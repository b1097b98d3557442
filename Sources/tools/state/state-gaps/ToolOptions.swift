// ToolOptions: the options of state-gaps.
import Checkpoint
import Filter

struct ToolOptions: OptionTable {
    enum Group: String, CaseIterable {
        case `extension`
    }

    let state = Option.state
    let days = Option.integer(
        "days", "N", "the days since the midnight (UTC) that began N days ago (default 30)",
        in: 1...36_500)
    let against = Option.text(
        "against", "FILE", "compare with the records in FILE; - is standard input")
    let stage = Option.choice(
        "stage", "STAGE", "missing means: STAGE is not completed (see the manual)",
        of: Stage.self)
    let by = Option.choice("by", "WHAT", "extension: count each extension", of: Group.self)
    let settle = Option.time(
        "settle", "TIME", "leave out calls that began in the last TIME (default 0s)"
    ).or(0)
    let busyTimeout = Option.busyTimeout
    let format = Option.format
    var all: [any DeclaredOption] {
        [state, days, against, stage, by, settle, busyTimeout, format]
    }
}
