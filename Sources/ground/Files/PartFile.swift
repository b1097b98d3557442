// PartFile: a download that is not whole yet, and what it is a part of.
internal import Crypto
internal import FoundationEssentials
internal import Glibc
public import Records
internal import Synchronization
internal import System

/// `name.part`: the bytes so far, owned by one task of one process, kept when the process dies.
///
/// Beside it lies `name.part.json`, which names the whole of which they are a part. So a
/// later process asks only for the rest. Bytes from before a reboot are not trusted: they may never have
/// reached the disk.
public final class PartFile: Sendable {
    /// The whole of which the bytes are a part.
    public struct Identity: Codable, Equatable, Sendable {
        /// The SHA-256 of the address, which may itself be a secret.
        public var source: String
        /// The `ETag` of the reply.
        public var etag: String?
        /// The `Last-Modified` of the reply.
        public var lastModified: String?
        /// The length of the whole, where the reply told it.
        public var total: Int?
        /// The MIME type of the whole.
        public var contentType: String?

        /// Tells what is known.
        public init(
            source: String, etag: String? = nil, lastModified: String? = nil, total: Int? = nil,
            contentType: String? = nil
        ) {
            self.source = source
            self.etag = etag
            self.lastModified = lastModified
            self.total = total
            self.contentType = contentType
        }
    }

    /// The size and the hashes of a file.
    public struct Sums: Equatable, Sendable {
        /// The file's size.
        public let bytes: Int
        /// In lower-case hexadecimal.
        public let sha256: String
        /// In lower-case hexadecimal.
        public let md5: String
    }

    private struct Note: Codable {
        var identity: Identity
        var boot: String
    }

    private let directory: DataDirectory
    private let path: String
    private let name: String
    private let content: Mutex<PartContent?>

    init(directory: DataDirectory, path: String, name: String) throws(Failure) {
        self.directory = directory
        self.path = path
        self.name = name
        let lock: FileLock?
        do {
            lock = try FileLock.take(path)
        } catch {
            throw .storage("open \(name)", error)
        }
        guard let lock else {
            throw Failure(
                .temporary, .storage, "write \(name): another process is writing it",
                remedy: "let the other process finish")
        }
        content = Mutex(PartContent(lock))
    }

    deinit {
        // A part without bytes is of no use to anybody; it goes while the lock is held.
        if length == 0, content.withLock({ $0 != nil }) { remove() }
    }

    /// The number of bytes so far.
    public var length: Int { content.withLock { $0?.length ?? 0 } }

    /// The whole of which the bytes are a part; `nil` when it is unknown, or they are not trusted.
    public var identity: Identity? {
        guard let bytes = try? Descriptor.contents(of: notePath, atMost: 64 << 10),
            let note = try? JSONDecoder().decode(Note.self, from: Data(bytes)),
            note.boot == Boot.id
        else { return nil }
        return note.identity
    }

    /// Begins anew: no bytes, and a note of what they will be a part of.
    public func begin(_ identity: Identity) throws(Failure) {
        try truncate()
        do throws(SystemError) {
            let note = try? JSONEncoder().encode(Note(identity: identity, boot: Boot.id))
            try StagedFile.write([UInt8](note ?? Data()), to: notePath, isDurable: false)
        } catch {
            throw .storage("write \(name)", error)
        }
    }

    /// Drops all bytes, and the note of what they were a part of.
    public func truncate() throws(Failure) {
        try? FileSystem.remove(notePath)
        try change { content throws(SystemError) in try content.truncate() }
    }

    /// Adds the bytes at the end; all of them or, when that fails, none.
    public func append(_ bytes: Span<UInt8>) throws(Failure) {
        try change { content throws(SystemError) in try content.append(bytes) }
    }

    /// Adds the bytes at the end; all of them or, when that fails, none.
    public func append(_ bytes: [UInt8]) throws(Failure) {
        try append(bytes.span)
    }

    /// The size and the hashes of the bytes so far.
    public func sums() throws(Failure) -> Sums {
        try change { content throws(SystemError) in try content.sums() }
    }

    /// The first bytes, at most so many.
    public func beginning(_ count: Int) throws(Failure) -> [UInt8] {
        try change { content throws(SystemError) in try content.beginning(count) }
    }

    /// Gives the file its name, when its content is on the disk; the name is on the disk then too.
    public func finish(as relative: String) throws(Failure) {
        let target = try directory.place(for: relative)
        let path = path
        try change { content throws(SystemError) in
            guard fchmod(content.lock.descriptor, StagedFile.usualMode) == 0 else {
                throw SystemError()
            }
            try StagedFile.rename(path, to: target, descriptor: content.lock.descriptor)
        }
        content.withLock { $0 = nil }
        try? FileSystem.remove(notePath)
    }

    private var notePath: String { path + ".json" }

    private func remove() {
        try? FileSystem.remove(notePath)
        try? FileSystem.remove(path)
    }

    private func change<Answer: Sendable>(
        _ body: (inout PartContent) throws(SystemError) -> Answer
    ) throws(Failure) -> Answer {
        let outcome = content.withLock { content -> Result<Answer, SystemError> in
            guard var taken = content.take() else { return .failure(SystemError(code: EBADF)) }
            let answer = Result { () throws(SystemError) in try body(&taken) }
            content = consume taken
            return answer
        }
        do {
            return try outcome.get()
        } catch {
            throw .storage("write \(name)", error)
        }
    }
}
