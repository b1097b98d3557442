// rc-list: list the recorded calls of a RingCentral account, oldest first.
//
// nothing  ->  {"id":"rc:…","start","from","to","call":{…},"recording":{"id","uri","expires"}}
import Filter
import Records
import RingCentral

let tool = Tool(
    "rc-list", "list the recorded calls of a RingCentral account, oldest first",
    examples: [
        "rc-list --days 2", "rc-list --from 2024-01-15 --to 2024-01-31 --direction inbound",
    ],
    options: [
        .value("days", "N", "calls since the midnight (UTC) that began N days ago"),
        .value("from", "DATE", "calls since DATE, a day (UTC) or an RFC 3339 time"),
        .value("to", "DATE", "calls before DATE; a day includes itself (default: now)"),
        .value("extension", "ID", "calls of the user with this extension id only"),
        .value("direction", "WAY", "inbound or outbound calls only"),
    ])

await tool.source { options, emitter in
    let now = Timestamp.now
    let query = try CallLogQuery(options, now: now)
    if options.isDryRun {
        options.observer(.note("would list the calls \(query.range.shown)"))
        return
    }
    let account = try Account(options.environment, observer: options.observer)
    let tally = try await account.listRecordings(query) { try emitter.emit($0) }
    options.observer(.note(tally.summary))
    if tally.unreadable > 0 { emitter.report(tally.unreadableCalls) }
}
