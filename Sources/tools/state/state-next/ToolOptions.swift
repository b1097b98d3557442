// ToolOptions: the options of state-next.
import Checkpoint
import CheckpointSchedule
import Filter
import Records

struct ToolOptions: OptionTable {
    let state = Option.state
    let oldest = Option.flag("oldest", "the call that began first comes first (default)")
    let newest = Option.flag("newest", "the call that began last comes first")
    let expiring = Option.flag("expiring", "the recording that is purged first comes first")
    let failedToo = Option.flag(
        "failed-too", "if nothing else is due, records that failed for good as well")
    let batch = Option.text("batch", "NAME", "records of batch NAME only")
    let lease = Option.lease
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] {
        [state, oldest, newest, expiring, failedToo, batch, lease, busyTimeout]
    }
}

extension Options<ToolOptions> {
    /// Tells what was left out, if anything was.
    func tell(_ leftOut: LeftOut?) {
        if let counts = leftOut?.summary { self.observer(.note(counts)) }
    }
}
