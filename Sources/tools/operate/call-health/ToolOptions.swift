// ToolOptions: the options of call-health.
import Checks
import Filter
import Health

/// The forms of the answer.
enum Format: String, CaseIterable {
    case json, table, actuator, plugin
    case healthJSON = "health+json"
}

struct ToolOptions: OptionTable {
    let format = Option.choice(
        "format", "FORMAT",
        "json, table, actuator, health+json or plugin (default: table on a terminal, else json)",
        of: Format.self)
    let check = Option.text(
        "check", "NAMES", "make these checks only, such as cpu,disk,backup,tls=HOST:443")
    let service = Option.text("service", "NAME", "tell of this service only, such as deepgram")
    let maxAge = Option.time(
        "max-age", "TIME", "a backup or the result of a check is too old after TIME (default 26h)",
        in: 1...1e9)
    let minDays = Option.integer(
        "min-days", "N", "warn when a certificate of tls= ends within N days (default 14)",
        in: 0...36_500)
    let watches = Option.flag("watch", "tell it again and again, until a signal comes")
    let every = Option.time(
        "every", "TIME", "with --watch: the time between (default 30s)", in: 1...1e6)
    let period = Option.time("for", "TIME", "with --watch: end after TIME", in: 1...1e9)
    let data = Option.data
    let state = Option.state
    let busyTimeout = Option.integer(
        "busy-timeout", "SECONDS", "wait at most SECONDS for the checkpoint (default 1)",
        in: 0...86_400)
    var all: [any DeclaredOption] {
        [
            format, check, service, maxAge, minDays, watches, every, period, data, state,
            busyTimeout,
        ]
    }
}
