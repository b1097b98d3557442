// ToolOptions: the options of call-token.
import CheckpointAccess
import Filter

/// The things that the tool does.
enum Action: String, CaseIterable {
    case create, list, revoke
}

struct ToolOptions: OptionTable {
    let scope = Option.choice(
        "scope", "SCOPE", "create: read, operate or admin (default read)", of: AccessScope.self)
    let name = Option.text("name", "NAME", "create, revoke: the name of the token")
    let expires = Option.time(
        "expires", "TIME", "create: refuse the token after TIME (default 90d)", in: 1...316e6)
    let format = Option.format
    let dryRun = Option.dryRun
    let state = Option.state
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] {
        [scope, name, expires, format, dryRun, state, busyTimeout]
    }
}
