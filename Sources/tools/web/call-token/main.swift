// call-token: make, list and revoke the tokens with which programs ask the web service.
//
// state.db  ->  the new token, once; or {"name","scope","state","made_at","expires_at"}, a line each
import Checkpoint
import CheckpointAccess
import Filter
import Records
import System

let tool = Tool(
    "call-token", "make, list and revoke the tokens of the web service",
    operands: "create|list|revoke",
    examples: [
        "call-token create --scope read --expires 90d --name dashboard",
        "call-token list",
        "call-token revoke --name dashboard",
    ],
    options: ToolOptions())

tool.report { options, report in
    let action = try options.operand("action", of: Action.self)
    try options.refuseMeaningless(for: action)
    if action == .list {
        let checkpoint = try Checkpoint(
            reading: options.state, options.environment, busyTimeout: options.busyTimeout)
        return try report.write(Access(checkpoint).tokens())
    }
    guard let name = options.name, ASCII.isWord(name, marks: "-_.") else {
        throw UsageError(
            "name the token with --name: up to 64 letters, digits, \"-\", \"_\", \".\"")
    }
    let checkpoint = try Checkpoint.existing(
        options.state, options.environment, busyTimeout: options.busyTimeout,
        isTrial: options.isDryRun)
    let access = Access(checkpoint)
    if action == .create {
        let token = try access.make(
            name, options.scope ?? .read, for: options.expires ?? 90 * 86_400)
        // The token of a trial opens nothing.
        if !options.isDryRun { try report.write([token]) }
    } else if try !access.revoke(name) {
        report.fail(
            Failure(.item, .notFound, "revoke token \(name): none of that name is in force"))
    }
    try checkpoint.end(status: report.hasFailed ? 1 : 0)
}
