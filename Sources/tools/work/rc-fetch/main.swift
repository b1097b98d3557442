// rc-fetch: download the recordings of the calls on standard input.
//
// {"recording":{"uri"}}  ->  the same record plus "audio":{"path","bytes","sha256","type",…}
import Audio
import Files
import Filter
import Records
import RingCentral

struct ToolOptions: OptionTable {
    let data = Option.data
    let minFree = Option.minFree
    let isForced = Option.force
    let httpLog = Option.httpLog
    var all: [any DeclaredOption] { [data, minFree, isForced, httpLog] }
}

let tool = Tool(
    "rc-fetch", "download the recordings of the calls on standard input", stage: "fetch",
    examples: ["rc-list --days 2 | rc-fetch --data /srv/calls > fetched.ndjson"],
    options: ToolOptions())

await tool.filter { options in
    let account = try Account(options.environment, observer: options.observer)
    let directory = try DataDirectory(options.data, isMade: !options.isDryRun)
    let room = FreeSpace(directory.path, keeping: options.minFree)
    let (isForced, isDryRun, observer) = (options.isForced, options.isDryRun, options.observer)
    Audio.report(to: observer)
    let fetcher = RecordingFetcher(account, into: directory, listen: directory.listen(observer))
    return { record in
        if !isForced, try await fetcher.isDone(record) { return }
        if isDryRun {
            observer(.note("would fetch the recording of \(record.id)"))
            return
        }
        var audio = isForced ? nil : try await fetcher.found(record)
        if audio == nil {
            try room.check()
            audio = try await fetcher.fetch(record)
        }
        if let audio { record.set("audio", to: audio) }
    }
}
