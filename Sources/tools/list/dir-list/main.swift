// dir-list: a record for each finished recording in a folder.
//
// DIR/**/*.wav  ->  {"id":"dir:…","source":"dir","start","from","to","audio":{"path","sha256",…}}
import Files
import Filter
import Records

let tool = Tool(
    "dir-list", "list the finished recordings in a folder", operands: "DIR",
    examples: ["dir-list --pattern '{from}_{to}_{start}.wav' /var/spool/recordings"],
    options: ToolOptions())

await tool.source { options, output in
    guard let path = options.operands.first, options.operands.count == 1 else {
        throw UsageError("name one directory")
    }
    let data = try DataDirectory(options.data, isMade: !options.isDryRun)
    let lister = try FolderLister(
        folder: Folder(path), data: data, room: FreeSpace(data.path, keeping: options.minFree),
        pattern: options.pattern, copies: options.isCopying, isDryRun: options.isDryRun)

    let now = Timestamp.now
    var unsettled = 0
    try lister.folder.forEachFile(
        { file in
            if let days = options.days,
                file.modified < now.adding(seconds: -86_400 * Double(days))
            {
                return
            }
            if file.modified > now.adding(seconds: -options.settle) {
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
            .note("\(unsettled) files were written to in the last \(Int(options.settle)) s; later"))
    }
}
