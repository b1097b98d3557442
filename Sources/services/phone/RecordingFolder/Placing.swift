// Placing: where a recording's audio lies for the other tools.
internal import Files
internal import Records

/// Puts recordings where the other tools look for them: below the data directory.
struct Placing {
    let data: DataDirectory
    let room: FreeSpace
    let copies: Bool
    let isDryRun: Bool
    private var targets: LinkTargets
    /// The links that may not be on the disk yet.
    private(set) var links: [String] = []

    init(data: DataDirectory, room: FreeSpace, copies: Bool, isDryRun: Bool) {
        self.data = data
        self.room = room
        self.copies = copies
        self.isDryRun = isDryRun
        targets = LinkTargets(below: data)
    }

    /// Sees to it that the links are on the disk.
    mutating func sync() throws(Failure) {
        try data.sync(links: links)
        links = []
    }

    /// The file's path below the data directory: its own when it lies there, else a link or a copy.
    mutating func place(
        _ file: Folder.File, _ name: FileName, id: String, start: Timestamp?
    ) throws(Failure) -> String {
        if file.path.hasPrefix(data.path + "/") {
            return String(file.path.dropFirst(data.path.count + 1))
        }
        let suffix = name.isRecording ? name.ending : "audio"
        let path =
            "audio/\(Record.dayPath(of: start))/\(Record.fileStem(of: id)).\(suffix)"
        if isDryRun { return path }
        if copies {
            if try data.size(of: path) == file.bytes, try data.target(of: path) == nil {
                return path
            }
            try room.check()
            try data.copy(file.path, to: path)
        } else if try targets.target(of: path) != file.path {
            try data.link(file.path, at: path)
            targets.forget()
            links.append(path)
        }
        return path
    }
}
