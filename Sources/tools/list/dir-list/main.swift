// dir-list: a record for each finished recording in a folder.
//
// DIR/**/*.wav  ->  {"id":"dir:…","source":"dir","start","from","to","audio":{"path","sha256",…}}
import Files
import Filter
import Records

let tool = Tool(
    "dir-list", "list the finished recordings in a folder", operands: "DIR",
    examples: ["dir-list --pattern '{from}_{to}_{start}.wav' /var/spool/recordings"],
    options: [
        .value(
            "pattern", letter: "p", "PATTERN",
            "what a file's name says, as in {from}_{to}_{start}.wav"),
        .value("settle", "TIME", "a file untouched for TIME is finished (default 60s)"),
        .value("days", "N", "only files written in the last N days"),
        .flag("copy", letter: "c", "copy the audio instead of linking to it"),
        .data, .minFree,
    ])

await tool.source { options, output in
    guard let path = options.operands.first, options.operands.count == 1 else {
        throw UsageError("name one directory")
    }
    let settle = try options.seconds("settle") ?? 60
    let days = try options.integer("days", in: 1...36_500)
    let data = try DataDirectory(options.dataPath)
    let lister = try FolderLister(
        folder: Folder(path), data: data, room: FreeSpace(data.path, keeping: options.minFree),
        pattern: options.string("pattern").map { pattern throws(UsageError) in
            try FilePattern(pattern)
        },
        copies: options.flag("copy"), isDryRun: options.isDryRun)

    let now = Timestamp.now
    var unsettled = 0
    try lister.folder.forEachFile(
        { file in
            if let days, file.modified < now.adding(seconds: -86_400 * Double(days)) { return }
            if file.modified > now.adding(seconds: -settle) {
                unsettled += 1
                return
            }
            do {
                guard let record = try lister.record(of: file) else { return }
                try output.emit(record)
            } catch let failure as Failure where failure.scope != .stop {
                output.report(failure)
            }
        }, unnamed: output.report)
    if unsettled > 0 {
        options.observer(
            .note("\(unsettled) files were written to in the last \(Int(settle)) s; later"))
    }
}
