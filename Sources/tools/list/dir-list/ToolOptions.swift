// ToolOptions: the options of dir-list.
import Filter

struct ToolOptions: OptionTable {
    let pattern = Option.value(
        "pattern", letter: "p", "PATTERN", "read names as in {from}_{to}_{start}.wav",
        needs: "a pattern"
    ) { try FilePattern($0) }
    let settle = Option.time(
        "settle", "TIME", "skip files that changed in the last TIME (default 60s)"
    ).or(60)
    let days = Option.integer(
        "days", "N", "only files that changed in the last N days", in: 1...36_500)
    let isCopying = Option.flag("copy", letter: "c", "copy the audio instead of linking to it")
    let data = Option.data
    let minFree = Option.minFree
    var all: [any DeclaredOption] { [pattern, settle, days, isCopying, data, minFree] }
}
