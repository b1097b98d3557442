// ToolOptions: the options of call-measure.
import Filter

struct ToolOptions: OptionTable {
    let announcements = Option.text(
        "announcements", "FILE", "count the utterances of FILE apart, one on each line")
    var all: [any DeclaredOption] { [announcements] }
}
