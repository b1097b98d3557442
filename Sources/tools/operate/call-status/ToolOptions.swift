// ToolOptions: the options of call-status.
import Filter

struct ToolOptions: OptionTable {
    let watches = Option.flag("watch", "tell it again and again, until a signal comes")
    let every = Option.time(
        "every", "TIME", "with --watch: the time between (default 30s)", in: 1...1e6)
    let period = Option.time("for", "TIME", "with --watch: end after TIME, as in 15m", in: 1...1e9)
    let maxAge = Option.time(
        "max-age", "TIME", "a backup or the result of a check is too old after TIME (default 26h)",
        in: 1...1e9)
    let format = Option.format
    let data = Option.data
    let state = Option.state
    let busyTimeout = Option.integer(
        "busy-timeout", "SECONDS", "wait at most SECONDS for the checkpoint (default 1)",
        in: 0...86_400)
    var all: [any DeclaredOption] {
        [watches, every, period, maxAge, format, data, state, busyTimeout]
    }
}
