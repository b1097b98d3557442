// dir-list: a record for each finished recording in a folder.
//
// DIR/**/*.wav  ->  {"id":"dir:…","source":"dir","start","from","to","audio":{"path","sha256",…}}
import Files
import Filter
import RecordingFolder
import Records

let tool = Tool(
    "dir-list", "list the finished recordings in a folder", operands: "DIR",
    examples: [
        "dir-list --pattern freepbx --timezone Europe/Berlin /var/spool/asterisk/monitor",
        "dir-list --pattern '{from}_{to}_{start}.wav' /var/spool/recordings",
    ],
    options: ToolOptions())

await tool.source { options, output in
    guard let path = options.operands.first, options.operands.count == 1 else {
        throw UsageError("name one directory")
    }
    let settings = try ListingSettings(options)
    let data = try DataDirectory(options.data, isMade: !options.isDryRun)
    var listing = FolderListing(
        try Folder(path), data: data, room: FreeSpace(data.path, keeping: options.minFree),
        settings: settings, outlets: .init(options, output))
    defer { listing.remarks.forEach { options.observer(.note($0)) } }
    try listing.run()
}
