// ScratchDirectory: a directory for sound while a program has it, removed afterwards.
internal import Files
internal import FoundationEssentials
internal import Glibc
package import Records
internal import Synchronization
internal import System

/// A private directory for one task.
///
/// It lies in `BASE/callpipe-scratch-UID` beside a file, which this process has locked. A killed process
/// leaves both, without the lock; so the next process knows that it may remove them.
package struct ScratchDirectory: ~Copyable, Sendable {
    package let path: String
    private let lock: FileLock

    /// The bases that this process has cleaned.
    private static let cleaned = Mutex<Set<String>>([])

    /// Makes a directory; the first call in a process removes the directories of dead processes.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `storage`.
    package init(in base: String) throws(Failure) {
        let place = "\(base)/callpipe-scratch-\(geteuid())"
        do throws(SystemError) {
            try ScratchDirectory.make(place)
            if ScratchDirectory.cleaned.withLock({ $0.insert(place).inserted }) {
                try ScratchDirectory.clean(place)
            }
            let name = "\(getpid())-" + String(UInt64.random(in: 0 ... .max), radix: 36)
            // The lock comes before the directory: a directory without a lock belongs to no process.
            guard let lock = try FileLock.take("\(place)/\(name).lock") else {
                throw SystemError(code: EEXIST)
            }
            try FileSystem.makeDirectory("\(place)/\(name)", mode: 0o700)
            path = "\(place)/\(name)"
            self.lock = lock
        } catch {
            throw .temporary(error)
        }
    }

    /// Writes a text to a new file in the directory.
    ///
    /// - Returns: The path of the file.
    /// - Throws: `Failure` of scope `stop`, kind `storage`.
    package func write(_ text: String, to name: String) throws(Failure) -> String {
        do throws(SystemError) {
            let file = "\(path)/\(name)"
            let target = try OwnedDescriptor(
                opening: file, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            try Descriptor.writeAll(target.number, Array(text.utf8))
            return file
        } catch {
            throw .temporary(error)
        }
    }

    deinit { ScratchDirectory.remove(path) }

    /// In `/tmp` another user may have made it before us: it has to be ours, and no link.
    private static func make(_ place: String) throws(SystemError) {
        do {
            try FileSystem.makeDirectory(place, mode: 0o700)
        } catch {
            if error.code != EEXIST { throw error }
        }
        let status = try FileStatus(of: place, followingLinks: false)
        guard status.kind == .directory, status.owner == geteuid(),
            status.permissions & 0o077 == 0
        else { throw SystemError(code: EPERM) }
    }

    /// Removes the directories whose process is dead.
    private static func clean(_ place: String) throws(SystemError) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
        for name in Set(names.map { $0.hasSuffix(".lock") ? String($0.dropLast(5)) : $0 }) {
            guard let lock = try FileLock.take("\(place)/\(name).lock") else { continue }
            remove("\(place)/\(name)")
            _ = consume lock
        }
    }

    /// The directory before the lock's file, while the lock is held.
    private static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
        try? FileSystem.remove("\(path).lock")
    }
}
