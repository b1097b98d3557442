// FolderListing: the records of the finished recordings in a folder.
internal import Crypto
public import Files
public import Records
internal import System

/// Lists a folder once.
///
/// One thread looks at the files, and another makes their records and hands them on.
public struct FolderListing {
    /// Where the listing goes.
    public struct Outlets: Sendable {
        /// Takes a record.
        let emit: @Sendable (Record) throws -> Void
        /// Takes what concerns a file for which there is no record, or none that is whole.
        let report: @Sendable (Failure) -> Void
        /// Takes a file that is left out, and why; `nil` when that is not wanted.
        let detail: (@Sendable (_ name: String, _ reason: String) -> Void)?

        /// Names the outlets.
        public init(
            emit: @escaping @Sendable (Record) throws -> Void,
            report: @escaping @Sendable (Failure) -> Void,
            detail: (@Sendable (_ name: String, _ reason: String) -> Void)?
        ) {
            self.emit = emit
            self.report = report
            self.detail = detail
        }
    }

    private let folder: Folder
    private let settings: ListingSettings
    private let outlets: Outlets
    private let now = Timestamp.now
    private let identifier: Identifier
    private let dataPath: String
    private var known: KnownFiles
    private var seen = SeenIDs()
    private var sidecars: Sidecars?
    private var tally = Tally()
    private let maker: RecordMaker
    private var makersRemarks: [String] = []
    private let findings = BoundedQueue<Finding>(room: 512)

    /// Prepares a listing.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - data: Where the audio is linked or copied to, and where the files are remembered.
    ///   - room: The room that has to stay free there.
    ///   - settings: The files to list, and the way.
    ///   - outlets: Where it goes.
    public init(
        _ folder: Folder, data: DataDirectory, room: FreeSpace, settings: ListingSettings,
        outlets: Outlets
    ) {
        self.folder = folder
        self.settings = settings
        self.outlets = outlets
        dataPath = data.path
        maker = RecordMaker(
            clock: CallClock(zone: settings.zone),
            placing: Placing(
                data: data, room: room, copies: settings.copies, isDryRun: settings.isDryRun),
            outlets: outlets, hasPattern: settings.names != nil)
        identifier = Identifier(identity: settings.identity)
        known = KnownFiles(of: folder.path, in: data.path, isReadOnly: settings.isDryRun)
        sidecars = settings.sidecar.map { Sidecars($0, followsLinks: settings.followsLinks) }
    }

    /// Lists what is there, in the order of the paths.
    ///
    /// The memory of the files is kept even when the listing ends early.
    ///
    /// - Throws: The failure that stops the line, and the errors of the outlets.
    public mutating func run() throws {
        var isWhole = false
        defer { known.finish(isWhole: isWhole) }
        let made = BoundedQueue<RecordMaker.Result>(room: 1)
        do {
            try OwnThread.begin { [maker, findings] in
                var maker = maker
                _ = made.add(maker.run(findings))
            }
        } catch {
            throw Failure(.stop, .configuration, "begin a thread: \(error.reason)")
        }
        let walked = Result { try walk() }
        findings.finish()
        for result in made.takeAll() {
            makersRemarks = result.remarks
            if let error = result.error { throw error }
        }
        try walked.get()
        isWhole = true
    }

    private mutating func walk() throws {
        try folder.forEachEntry(followingLinks: settings.followsLinks, sparing: dataPath) { entry in
            switch entry {
            case .unnamed(let failure): outlets.report(failure)
            case .leftOut(let name, let reason): leaveOut(name, .entry(reason))
            case .file(let file):
                do {
                    try list(file)
                } catch let failure as Failure where failure.scope != .stop {
                    outlets.report(failure)
                }
            }
        }
    }

    /// Remarks on the listing for the operator, a sentence each.
    public var remarks: [String] {
        var tally = tally
        tally.isCrowded = seen.isFull
        var remarks = makersRemarks + tally.remarks
        if let missing = sidecars?.missing, missing > 0 {
            remarks.append("no JSON file lies beside \(counted(missing, "recording"))")
        }
        if let fault = known.fault {
            remarks.append("the files cannot be remembered for the next run: \(fault.reason)")
        }
        return remarks
    }

    private mutating func leaveOut(_ name: String, _ reason: LeftOut) {
        tally.leaveOut(reason)
        outlets.detail?(name, reason.reason)
    }

    private mutating func list(_ file: Folder.File) throws {
        let name = FileName(file.name)
        let before = known.find(name.path)
        guard let facts = facts(of: file, name), var content = try content(of: file, name, before)
        else { return known.keep(before) }
        if let before, before.sha256 != content.file.sha256 {
            tally.changed += 1
            tally.changedKeepIDs = settings.identity != nil && settings.identity != .content
            content.file.isByContent = true
        }
        let native = identify(file, name, facts, &content)
        if content.isTrusted {
            known.remember(
                content.file, isNews: content.file != before, reading: content.bytesRead)
        } else {
            known.keep(before)
        }
        guard let native else { return }
        let finding = Finding(
            file: file, name: name, facts: facts, native: native, sha256: content.sha256,
            bytesRead: content.bytesRead)
        guard findings.add(finding) else { throw Ended() }
    }

    /// Records are not taken any more, for a reason that the other thread tells.
    private struct Ended: Error {}

    /// The facts of the call; `nil` for a file that is left out.
    private mutating func facts(of file: Folder.File, _ name: FileName) -> CallFacts? {
        // Those that belong to recordings are none.
        if sidecars != nil, name.ending == "json" { return nil }
        var facts = CallFacts()
        if let names = settings.names, let found = names.facts(of: name) {
            facts = found
        } else if !name.isRecording || settings.names != nil {
            leaveOut(file.name, name.isRecording ? .pattern : .ending(name.ending))
            return nil
        }
        if let reason = reasonToWait(file) {
            leaveOut(file.name, reason)
            return nil
        }
        do {
            if let more = try sidecars?.facts(of: file, name) { facts.complete(from: more) }
        } catch {
            outlets.report(error)
        }
        return facts
    }

    private func reasonToWait(_ file: Folder.File) -> LeftOut? {
        if file.bytes == 0 { return .empty }
        if file.modified > now.adding(seconds: -settings.settle) { return .unsettled }
        if let days = settings.days, file.modified < now.adding(seconds: -86_400 * Double(days)) {
            return .old
        }
        return nil
    }

    /// The content of a file, and the entry to remember it by.
    private struct Content {
        var file: KnownFile
        let sha256: String
        /// False for a file that may change again without showing another time.
        var isTrusted = true
        var bytesRead = 0
    }

    /// The times of some file systems have two seconds.
    private static let coarseness = 2.0

    /// The content of a file, read only when it is not known; `nil` for a file that is left out.
    private mutating func content(
        of file: Folder.File, _ name: FileName, _ before: KnownFile?
    ) throws(Failure) -> Content? {
        if let before, before.bytes == file.bytes, before.nanoseconds == file.nanoseconds,
            before.inode == file.inode
        {
            return Content(file: before, sha256: Hexadecimal.text(before.sha256))
        }
        guard let sha256 = try file.sha256(), let hash = Hexadecimal.bytes(sha256) else {
            leaveOut(file.name, .changing)
            return nil
        }
        return Content(
            file: KnownFile(
                path: name.path, bytes: file.bytes, nanoseconds: file.nanoseconds,
                inode: file.inode, sha256: hash, isByContent: before?.isByContent ?? false),
            sha256: sha256,
            isTrusted: file.modified < now.adding(seconds: -FolderListing.coarseness),
            bytesRead: file.bytes)
    }

    /// The id in the folder; `nil` where another file of this run has it, which is told.
    private mutating func identify(
        _ file: Folder.File, _ name: FileName, _ facts: CallFacts, _ content: inout Content
    ) -> String? {
        while true {
            let (native, basis) = identifier.id(
                of: name, bytes: file.bytes, sha256: content.sha256,
                id: facts.id ?? facts.uniqueID, byContent: content.file.isByContent)
            switch seen.claim(native, sha256: content.file.sha256, name: name) {
            case .first: return native
            case .copy: leaveOut(file.name, .copy)
            case .otherForm: leaveOut(file.name, .otherForm)
            case .collision where settings.identity == nil && basis == .name:
                // Two recorders gave one name, so it tells nothing.
                content.file.isByContent = true
                continue
            case .collision:
                outlets.report(
                    Failure(
                        .item, .input, "list \(file.name): another recording has the same id",
                        remedy: "use --identity content"))
            }
            return nil
        }
    }
}
