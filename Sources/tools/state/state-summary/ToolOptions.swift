// ToolOptions: the options of state-summary.
import CheckpointReports
import Filter

struct ToolOptions: OptionTable {
    let by = Option.text(
        "by", "KEYS", "count by stage, status, day, batch, source, engine, extension, rule, ...")
    let measures = Option.flag("measures", "write how the calls went, of each group of --by")
    let last = Option.time(
        "last", "TIME", "the time that counts as lately (default 24h)", in: 1...1e9,
        needs: "a time of at least 1s, such as 24h")
    let alertDays = Option.integer(
        "alert-days", "N", "alert if a recording is purged within N days (default 14)",
        in: 0...36_500)
    let alertAge = Option.time(
        "alert-age", "TIME", "alert if a call waits that is older than TIME (default 7d)")
    let alertList = Option.time(
        "alert-list", "TIME",
        "alert if the last whole list ended TIME ago ($CALLPIPE_ALERT_LIST, default 36h)",
        or: "CALLPIPE_ALERT_LIST", needs: "a time such as 36h")
    let alerts = Option.flag("alerts", "write the alerts only, and end with 1 if there is one")
    let format = Option.format
    let state = Option.state
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] {
        [by, measures, last, alertDays, alertAge, alertList, alerts, format, state, busyTimeout]
    }
}
