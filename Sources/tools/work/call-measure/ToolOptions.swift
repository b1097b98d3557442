// ToolOptions: the options of call-measure.
import Filter

struct ToolOptions: OptionTable {
    let announcements = Option.text(
        "announcements", "FILE", "count the utterances of FILE apart, one on each line")
    let agentPhrases = Option.text(
        "agent-phrases", "FILE", "who says a phrase of FILE is the agent, one on each line")
    let swaps = Option.flag("swap", "exchange the agent and the customer, for good")
    let data = Option.data
    let state = Option.state
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] {
        [announcements, agentPhrases, swaps, data, state, busyTimeout]
    }
}
