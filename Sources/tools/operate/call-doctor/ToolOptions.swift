// ToolOptions: the options of call-doctor.
import Filter

/// The forms of the answer.
enum Format: String, CaseIterable {
    case table, json, tap
}

struct ToolOptions: OptionTable {
    let connections = Option.flag(
        "connections", "log in to each service that is set, and let the engine hear a sentence")
    let config = Option.flag("config", "look at the settings: missing, misspelt, not read")
    let security = Option.flag(
        "security", "look at the modes of secret files, and at the audit chain")
    let credentials = Option.flag("credentials", "look at the age of keys and at the end of tokens")
    let maxAge = Option.time(
        "max-age", "TIME", "with --credentials: warn of a key that is older (default 90d)",
        in: 1...1e9)
    let net = Option.flag("net", "time name, connection, TLS and first byte of each service")
    let release = Option.flag("release", "go through the checklist for a release")
    let suggests = Option.flag("suggest", "print the settings that suit this machine")
    let engine = Option.text("engine", "NAME", "let this engine hear a known sentence")
    let source = Option.text(
        "source", "DIR", "look whether recordings of this folder can be listed")
    let tests = Option.flag("selftest", "try the tools on a checkpoint of their own")
    let tls = Option.text("tls", "HOST:PORT", "look at the certificate of a host")
    let minDays = Option.integer(
        "min-days", "N", "warn when a certificate or token ends within N days (default 14)",
        in: 0...36_500)
    let isComplete = Option.flag("all", "all of these, but for --suggest, --source and --tls")
    let format = Option.choice(
        "format", "FORMAT", "table, json or tap (default: table on a terminal, else json)",
        of: Format.self)
    let httpLog = Option.httpLog
    let data = Option.data
    let state = Option.state
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] {
        [
            connections, config, security, credentials, maxAge, net, release, suggests, engine,
            source, tests, tls, minDays, isComplete, format, httpLog, data, state, busyTimeout,
        ]
    }
}
