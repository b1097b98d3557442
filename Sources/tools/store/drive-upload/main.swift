// drive-upload: upload the files of each record to Google Drive, each exactly once.
//
// {"audio":{"path"},"uploads":{"drive":{"audio":{"id"}}}}  ->  the same record, with its copies
// on the Drive: "uploads":{"drive":{"audio":{"id","bytes","sha256","md5","link"},…}}
import Files
import Filter
import GoogleDrive
import Records

struct ToolOptions: OptionTable {
    let data = Option.data
    let isForced = Option.force
    let httpLog = Option.httpLog
    var all: [any DeclaredOption] { [data, isForced, httpLog] }
}

let tool = Tool(
    "drive-upload", "upload the recordings on standard input to Google Drive",
    stage: "upload",
    examples: ["... | drive-reserve | state-mark reserve | drive-upload | state-mark upload"],
    options: ToolOptions())

let advice = UploadAdvice(
    fetchFirst: "put rc-fetch or dir-list before drive-upload",
    reserveFirst: "put drive-reserve and state-mark reserve before drive-upload",
    makeAgain: "run the tool again that made it: rc-fetch or dir-list, or transcribe")

await tool.filter(jobs: 4) { options in
    let account = try Account(options.environment, observer: options.observer)
    let data = try DataDirectory(options.data, isMade: !options.isDryRun)
    if options.isDryRun {
        return { record in
            // In a dry pipeline nothing was fetched.
            let isFetched = try record.audio() != nil
            let files = isFetched ? try await Uploader.due(record, in: data, advice) : ["its files"]
            if files.isEmpty { return }
            options.observer(.note("\(record.id): would upload \(files.joined(separator: ", "))"))
        }
    }
    let drive = try Drive(account, options.environment)
    try await drive.probe()
    let uploader = try Uploader(drive, data: data, advice: advice, isForced: options.isForced)
    return { record in try await uploader.upload(&record) }
}
