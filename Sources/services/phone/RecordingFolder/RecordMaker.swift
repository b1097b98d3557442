// RecordMaker: the records of files that were found, and their audio where they say it is.
internal import Files
internal import Records
internal import System

/// A recording as it was found in the folder.
struct Finding: Sendable {
    let file: Folder.File
    let name: FileName
    let facts: CallFacts
    /// The id in its source.
    let native: String
    let sha256: String
    /// The bytes that were read to know it; zero for what was known.
    let bytesRead: Int
}

/// Makes the records of findings, in their order.
struct RecordMaker: Sendable {
    private var clock: CallClock
    private var placing: Placing
    private let outlets: FolderListing.Outlets
    private var tally: RecordTally
    /// Records that wait for the links of some of them.
    private var held: [Record] = []
    /// The bytes that were read since the first of them.
    private var bytesSince = 0

    /// The end of the work.
    struct Result: Sendable {
        /// The error that ended it early.
        let error: (any Error)?
        /// Remarks on the records for the operator, a sentence each.
        let remarks: [String]
    }

    init(
        clock: CallClock, placing: Placing, outlets: FolderListing.Outlets, hasPattern: Bool
    ) {
        self.clock = clock
        self.placing = placing
        self.outlets = outlets
        tally = RecordTally(hasPattern: hasPattern)
    }

    /// Makes the records of all that comes, and takes no more after an error.
    ///
    /// Records that were made before an error of the walk still are handed on.
    mutating func run(_ findings: BoundedQueue<Finding>) -> Result {
        var error: (any Error)?
        do {
            while true {
                let batch = findings.takeAll()
                if batch.isEmpty { break }
                for finding in batch { try take(finding) }
            }
            try release()
        } catch let fault {
            error = fault
            findings.close()
            // The records before it stand, where there is still a reader.
            try? release()
        }
        return Result(error: error, remarks: clock.remarks + tally.remarks)
    }

    private mutating func take(_ finding: Finding) throws {
        do {
            try make(finding)
        } catch let failure as Failure where failure.scope != .stop {
            outlets.report(failure)
        }
    }

    private mutating func make(_ finding: Finding) throws {
        let (file, facts) = (finding.file, finding.facts)
        let id = "dir:\(finding.native)"
        let start = start(of: file, facts)
        let recording = Recording(
            id: facts.id ?? finding.native,
            name: String(decoding: finding.name.base, as: UTF8.self), path: file.name,
            localStart: start.local)
        if facts.unread.contains(.direction) { tally.unreadDirections += 1 }
        if facts.isUnplaced { tally.unplaced += 1 }
        let audio = AudioFile(
            path: try placing.place(finding, id: id, start: start.moment),
            bytes: file.bytes, sha256: finding.sha256,
            type: finding.name.type ?? "application/octet-stream")
        held.append(
            try Record([
                "id": .string(id), "source": .string("dir"), "start": .text(start.moment?.text),
                "duration": .number(facts.duration), "direction": .text(facts.direction),
                "from": facts.caller?.json, "to": facts.called?.json,
                "call": facts.uniqueID.map { .members(["id": .string($0)]) },
                "recording": recording.json, "audio": audio.json,
            ]))
        bytesSince += finding.bytesRead
        let isFull =
            held.count >= RecordMaker.mostHeld || bytesSince >= RecordMaker.mostBytesHeld
        if placing.links.isEmpty || isFull { try release() }
    }

    /// A directory is put on the disk once for so many records, and for so many bytes of recordings.
    private static let mostHeld = 256
    private static let mostBytesHeld = 64 << 20

    /// Hands on the records whose audio is where they say.
    private mutating func release() throws {
        try placing.sync()
        bytesSince = 0
        let records = held
        held = []
        for record in records { try outlets.emit(record) }
    }

    /// When the call began, and the same by the clock on the wall; a time that cannot be read is
    /// none.
    private mutating func start(
        of file: Folder.File, _ facts: CallFacts
    ) -> (moment: Timestamp?, local: String?) {
        let witness = (facts.uniqueID ?? facts.id).flatMap { UniqueID.moment(of: $0) }
        if let start = clock.start(facts.time, id: witness, idDecides: facts.uniqueID != nil) {
            return (start.moment, start.local)
        }
        guard facts.unread.isDisjoint(with: [.start, .date, .time, .uniqueid]) else {
            tally.unreadTimes += 1
            return (nil, nil)
        }
        tally.fileTimes += 1
        return (file.modified, nil)
    }
}
