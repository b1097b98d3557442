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
    options: ToolOptions())

await tool.source { options, emitter in
    let query = try CallLogQuery(options, now: Timestamp.now)
    let account = try Account(options.environment, observer: options.observer)
    if options.isDryRun {
        options.observer(.note("would list the calls \(query.range.text)"))
        return
    }
    let tally = try await account.listRecordings(query) { try emitter.emit($0) }
    options.observer(.note(tally.summary))
    for failure in tally.failures { emitter.report(failure) }
}
