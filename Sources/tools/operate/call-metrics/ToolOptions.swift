// ToolOptions: the options of call-metrics.
import Filter

struct ToolOptions: OptionTable {
    let prometheus = Option.text(
        "prometheus", "FILE", "write all metrics for Prometheus into FILE; - is standard output")
    let hasOldNames = Option.flag(
        "compat-names", "with --prometheus: add the metrics of the replaced systems")
    let maxAge = Option.time(
        "max-age", "TIME", "a backup or the result of a check is too old after TIME (default 26h)",
        in: 1...1e9)
    let data = Option.data
    let state = Option.state
    let busyTimeout = Option.integer(
        "busy-timeout", "SECONDS", "wait at most SECONDS for the checkpoint (default 1)",
        in: 0...86_400)
    var all: [any DeclaredOption] {
        [prometheus, hasOldNames, maxAge, data, state, busyTimeout]
    }
}
