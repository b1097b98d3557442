// drive-reserve: give each record the ids that its files will have on Google Drive.
//
// {"id","start"}  ->  the same record plus "uploads":{"drive":{"folder","audio":{"id"},…}}
import Files
import Filter
import GoogleDrive
import Records

struct ToolOptions: OptionTable {
    let data = Option.data
    let httpLog = Option.httpLog
    var all: [any DeclaredOption] { [data, httpLog] }
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
            guard try Reserver.isDue(record) else { return }
            options.observer(.note("\(record.id): would reserve ids"))
        }
    }
    let drive = try Drive(account, options.environment)
    let reserver = Reserver(drive, data: try DataDirectory(options.data))
    return { record in try await reserver.reserve(&record) }
}
