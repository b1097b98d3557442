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
        _ finding: Finding, id: String, start: Timestamp?
    ) throws(Failure) -> String {
        let (file, name) = (finding.file, finding.name)
        if file.path.hasPrefix(data.path + "/") {
            return String(file.path.dropFirst(data.path.count + 1))
        }
        let suffix = name.isRecording ? name.ending : "audio"
        let path =
            "audio/\(Record.dayPath(of: start))/\(Record.fileStem(of: id)).\(suffix)"
        if isDryRun { return path }
        if copies {
            if try isCopied(finding, at: path) { return path }
            try room.check()
            try data.copy(file.path, to: path, modified: file.nanoseconds)
        } else if try targets.target(of: path) != file.path {
            try data.link(file.path, at: path)
            targets.forget()
            links.append(path)
        }
        return path
    }

    /// The times of some file systems have two seconds.
    private static let coarseness = 2.0

    /// True when the copy is there and neither side has changed since.
    ///
    /// A copy has the time of the recording. Its bytes are read only where those of the recording were,
    /// too.
    private func isCopied(_ finding: Finding, at path: String) throws(Failure) -> Bool {
        let file = finding.file
        guard let copy = try data.file(at: path), !copy.isLink, copy.bytes == file.bytes,
            abs(copy.modified.seconds - file.modified.seconds) <= Placing.coarseness
        else { return false }
        if finding.bytesRead == 0 { return true }
        return try data.sha256(of: path) == finding.sha256
    }
}
