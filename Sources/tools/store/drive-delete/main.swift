// drive-delete: take the files of each record off Google Drive again.
//
// {"uploads":{"drive":{"audio":{"id"},…}}}  ->  the same record with "deleted":{"drive":{"ids"}} in
// the place of "uploads":{"drive"}
import Files
import Filter
import GoogleDrive
import Records

struct ToolOptions: OptionTable {
    let toTrash = Option.flag("trash", "move the files to the trash instead")
    let isForced = Option.flag(
        "force", letter: "f", "delete also files that are not marked as the record's")
    let data = Option.data
    let httpLog = Option.httpLog
    var all: [any DeclaredOption] { [toTrash, isForced, data, httpLog] }
}

let tool = Tool(
    "drive-delete", "delete the files of the records on standard input from Google Drive",
    stage: "delete",
    examples: [
        "state-erase --records rc:401234567008 | drive-delete | state-erase --reason \"request 17\" -"
    ],
    options: ToolOptions())

let advice = DeletionAdvice(
    unseen: "use the account that uploaded it, or --force if they are gone",
    onlyTrash: "make the account a manager of the shared drive, or use --trash")

await tool.filter(jobs: 4) { options in
    let account = try Account(options.environment, observer: options.observer)
    let way: Deleter.Way = options.toTrash ? .trash : .delete
    if options.isDryRun {
        return { record in
            let files = try Deleter.due(record)
            if files.isEmpty { return }
            options.observer(.note("\(record.id): would \(way) \(files.joined(separator: ", "))"))
        }
    }
    let data = try DataDirectory(options.data)
    let drive = try Drive(account, options.environment)
    try await drive.probe()
    let deleter = try Deleter(
        drive, data: data, by: way, advice: advice, isForced: options.isForced)
    return { record in try await deleter.delete(&record) }
}
