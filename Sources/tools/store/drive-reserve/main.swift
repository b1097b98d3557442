// drive-reserve: give each record the ids that its files will have on Google Drive.
//
// {"id","start"}  ->  the same record plus "uploads":{"drive":{"folder","audio":{"id"},…}}
import Files
import Filter
import GoogleDrive
import Records

struct ToolOptions: OptionTable {
    let formats = Option.value(
        "files", "LIST", "the transcript's files besides JSON: txt (default), vtt, srt, md, none",
        or: "GOOGLE_DRIVE_FILES", needs: "none, or a list of txt, vtt, srt and md such as txt,vtt"
    ) { $0 == "none" ? [] : TranscriptFormat.list($0) }.or([.txt])
    let data = Option.data
    let httpLog = Option.httpLog
    var all: [any DeclaredOption] { [formats, data, httpLog] }
}

let tool = Tool(
    "drive-reserve", "give the records on standard input their Google Drive ids",
    stage: "reserve",
    examples: ["... | drive-reserve | state-mark reserve | drive-upload | state-mark upload"],
    options: ToolOptions())

await tool.filter { options in
    let account = try Account(options.environment, observer: options.observer)
    if options.isDryRun {
        return { record in
            guard try Reserver.isDue(record, formats: options.formats) else { return }
            options.observer(.note("\(record.id): would reserve ids"))
        }
    }
    let drive = try Drive(account, options.environment)
    let reserver = Reserver(
        drive, data: try DataDirectory(options.data), formats: options.formats)
    return { record in try await reserver.reserve(&record) }
}
