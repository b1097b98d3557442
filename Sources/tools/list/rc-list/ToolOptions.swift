// ToolOptions: the options of rc-list.
import Filter
import RingCentral
import System

struct ToolOptions: OptionTable {
    let days = Option.integer(
        "days", "N", "calls since the midnight (UTC) that began N days ago", in: 1...36_500)
    let from = Option.text("from", "DATE", "calls since DATE, a day (UTC) or an RFC 3339 time")
    let to = Option.text("to", "DATE", "calls before DATE; a day includes itself (default: now)")
    let extensionID = Option.value(
        "extension", "ID", "calls of the user with this extension id only",
        needs: "the id of an extension, which is a number"
    ) { !$0.isEmpty && $0.utf8.allSatisfy(ASCII.isDigit) ? $0 : nil }
    let direction = Option.value(
        "direction", "WAY", "inbound or outbound calls only", needs: "inbound or outbound",
        choices: ["inbound", "outbound"]
    ) { CallLogQuery.Direction(rawValue: $0.lowercased()) }
    let httpLog = Option.httpLog
    var all: [any DeclaredOption] { [days, from, to, extensionID, direction, httpLog] }
}
