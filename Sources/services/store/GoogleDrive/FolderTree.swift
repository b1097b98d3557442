// FolderTree: the folders YYYY/MM/DD under the target folder, each made once.
internal import Files
internal import Records

/// Finds and makes the folders of the days.
///
/// One task of one process at a time looks for folders or makes them, with the lock of the
/// ``FolderBook``, and at most once in a run: after that their ids are known.
actor FolderTree {
    private let drive: Drive
    private let ids: IDPool
    private let book: FolderBook
    private let lock: AsyncFileLock
    /// Chosen ids by path; the folder may not be there yet.
    private var chosen: [String: String] = [:]
    /// Ids by path of folders that were seen on the Drive in this run.
    private var present: [String: String] = [:]

    init(_ drive: Drive, ids: IDPool, data: DataDirectory) {
        self.drive = drive
        self.ids = ids
        book = FolderBook(data, target: drive.account.folder)
        lock = AsyncFileLock(path: book.lockPath) { [path = book.lockPath] error in
            PrivateFile.failure("lock", path, error)
        }
    }

    /// The ids that the folders along the path have or will have, outermost first.
    ///
    /// Makes no folder, and asks Drive only about a folder without a chosen id.
    func reserve(_ path: String) async throws(Failure) -> [String] {
        if let known = Self.along(path, in: chosen) { return known }
        let found = try await lock.withLock { () async throws(Failure) in
            try await choose(path)
        }
        for (step, id) in zip(Self.steps(path), found) { chosen[step] = id }
        return found
    }

    /// The ids of the folders along the path, all of them there, outermost first.
    ///
    /// - Parameters:
    ///   - path: Below the target folder.
    ///   - reserved: The ids on the record; used where nothing better is known.
    /// - Returns: One id for each name on the path.
    /// - Throws: `Failure` of scope `stop`, since all records of the day need the folder.
    func make(_ path: String, reserved: [String]) async throws(Failure) -> [String] {
        if let known = Self.along(path, in: present) { return known }
        let made = try await lock.withLock { () async throws(Failure) in
            try await build(path, reserved)
        }
        for (step, id) in zip(Self.steps(path), made) { present[step] = id }
        return made
    }

    /// Forgets that the folders along the path were seen, after Drive said that one is not there.
    func forget(_ path: String) {
        for step in Self.steps(path) { present[step] = nil }
    }

    private func choose(_ path: String) async throws(Failure) -> [String] {
        var parent = drive.account.folder
        var chosen: [String] = []
        for step in Self.steps(path) {
            if let id = try book.id(of: step) {
                parent = id
            } else {
                let there = try await drive.folders(named: Self.name(step), in: parent)
                if let oldest = DriveFile.oldest(of: there) {
                    parent = oldest.id
                } else {
                    parent = try await ids.take()
                }
                try book.note(parent, of: step)
            }
            chosen.append(parent)
        }
        return chosen
    }

    private func build(_ path: String, _ reserved: [String]) async throws(Failure) -> [String] {
        let steps = Self.steps(path)
        var parent = drive.account.folder
        var made: [String] = []
        for (index, step) in steps.enumerated() {
            let hint = reserved.count == steps.count ? reserved[index] : nil
            parent = try await folder(step, in: parent, hint: hint)
            made.append(parent)
        }
        return made
    }

    /// Finds a folder by its known id, else by its name, else makes one.
    private func folder(
        _ path: String, in parent: String, hint: String?
    ) async throws(Failure) -> String {
        let noted = try book.id(of: path)
        var usable: String?
        let candidates = [noted, hint == noted ? nil : hint].compactMap { $0 }
        for id in candidates {
            switch try await look(at: id, path) {
            case .isThere(let folder):
                // The id may be one of another target folder, from before the setting was changed.
                guard id == noted || folder.parents == [parent] else { continue }
                if id != noted { try book.note(id, of: path) }
                return id
            case .isFree: usable = usable ?? id
            case .isSpent: continue
            }
        }
        let there = try await drive.folders(named: Self.name(path), in: parent)
        if let oldest = DriveFile.oldest(of: there) {
            if oldest.id != noted { try book.note(oldest.id, of: path) }
            return oldest.id
        }
        return try await create(path, in: parent, usable, noted)
    }

    private enum Sight {
        case isThere(DriveFile)
        /// No folder has this id; it can be used.
        case isFree
        /// Another file had or has this id.
        case isSpent
    }

    private func look(at id: String, _ path: String) async throws(Failure) -> Sight {
        let work = "look for the folder \(path) on Google Drive"
        guard let file = try await drive.file(id, work, isShared: true) else { return .isFree }
        return file.isFolder && !file.isTrashed ? .isThere(file) : .isSpent
    }

    /// Makes a folder with an id, which is in the book before.
    private func create(
        _ path: String, in parent: String, _ usable: String?, _ noted: String?
    ) async throws(Failure) -> String {
        var noted = noted
        var usable = usable
        // The second round is for the id of a deleted folder: Drive shows no file of that id, but
        // never takes it again.
        for _ in 0..<2 {
            let id: String
            if let usable { id = usable } else { id = try await ids.take() }
            if id != noted {
                try book.note(id, of: path)
                noted = id
            }
            switch try await drive.makeFolder(
                id, named: Self.name(path), in: parent, path: path)
            {
            case .made:
                return try await settle(id, path, in: parent)
            case .taken:
                if case .isThere = try await look(at: id, path) { return id }
                usable = nil
            case .noParent:
                throw Failure(
                    .stop, .notFound,
                    "make the folder \(path) on Google Drive: the folder above it is gone",
                    remedy: "run it again")
            }
        }
        throw Failure(
            .stop, .badResponse,
            "make the folder \(path) on Google Drive: it refuses new ids as used")
    }

    /// Another host may have made the same folder at this moment; then all take the oldest.
    private func settle(
        _ id: String, _ path: String, in parent: String
    ) async throws(Failure) -> String {
        let there = try await drive.folders(named: Self.name(path), in: parent)
        guard let oldest = DriveFile.oldest(of: there), oldest.id != id else { return id }
        drive.observer?(
            .note("another host made the folder \(path) too; the older one is used"))
        try book.note(oldest.id, of: path)
        return oldest.id
    }

    private static func along(_ path: String, in known: [String: String]) -> [String]? {
        let ids = steps(path).compactMap { known[$0] }
        return ids.count == steps(path).count ? ids : nil
    }

    /// `2026/10/03` as `2026`, `2026/10`, `2026/10/03`.
    static func steps(_ path: String) -> [String] {
        var steps: [String] = []
        for name in path.split(separator: "/") {
            steps.append(steps.last.map { "\($0)/\(name)" } ?? String(name))
        }
        return steps
    }

    private static func name(_ step: String) -> String {
        step.split(separator: "/").last.map(String.init) ?? step
    }
}
