// ToolOptions: the options of call-rules.
import Filter

struct ToolOptions: OptionTable {
    let rules = Option.text("rules", letter: "r", "FILE", "the rules, one on each line")
    var all: [any DeclaredOption] { [rules] }
}
