// drive-delete: take the files of each record off Google Drive again.
//
// {"uploads":{"drive":{"audio":{"id"},…}}}  ->  the same record with "deleted":{"drive":{"ids"}} in
// the place of "uploads":{"drive"}
import Files
import Filter
import GoogleDrive
import Records

let tool = Tool(
    "drive-delete", "delete the files of the records on standard input from Google Drive",
    stage: "delete",
    examples: [
        "state-erase --records rc:401234567008 | drive-delete | state-erase --reason \"request 17\" -"
    ],
    options: [
        .flag("trash", "put them in the trash instead"),
        .flag("force", letter: "f", "delete also what is not marked as the record's"),
        .data,
    ])

await tool.filter(jobs: 4) { options in
    let way: Deleter.Way = options.flag("trash") ? .trash : .delete
    if options.isDryRun {
        return { record in
            let files = try Deleter.due(record)
            if files.isEmpty { return }
            options.observer(.note("\(record.id): would \(way) \(files.joined(separator: ", "))"))
        }
    }
    let data = try DataDirectory(options.dataPath)
    let drive = try Drive(options.environment, observer: options.observer)
    try await drive.probe()
    let deleter = try Deleter(drive, data: data, by: way, isForced: options.isForced)
    return { record in try await deleter.delete(&record) }
}
