// KnownFileStore: reading and writing the file of known files a piece at a time.
internal import Files
internal import Glibc
internal import System

/// An open file; the last of its users closes it.
private final class OpenFile: Sendable {
    private let owned: OwnedDescriptor

    init(_ path: String, _ flags: Int32) throws(SystemError) {
        owned = try OwnedDescriptor(opening: path, flags | O_NOFOLLOW, mode: 0o600)
    }

    var descriptor: Int32 { owned.number }

    func bytes(at offset: Int, count: Int) throws(SystemError) -> [UInt8] {
        try Descriptor.bytes(of: descriptor, at: offset, count: count)
    }
}

/// Reads the memory of an earlier run; a copy of it reads on from the same place.
struct KnownFileReader {
    fileprivate let file: OpenFile?
    private var buffer: [UInt8] = []
    /// Where the buffer begins in the file, and where the next file begins in the buffer.
    private var start = 0
    private var place = 0
    private var end = 0
    private var previous: [UInt8] = []
    /// The file at which the reader stands; `nil` at the end, and where the rest is damaged.
    private(set) var next: KnownFile?

    private static let pieceSize = 256 << 10

    init(_ path: String) {
        file = try? OpenFile(path, O_RDONLY)
        fill()
        guard buffer.starts(with: KnownFileCode.header) else { return }
        place = KnownFileCode.header.count
        read()
    }

    /// The place before the next file.
    var mark: KnownFileMark { KnownFileMark(offset: start + place, previous: previous) }

    /// Goes on to the file after the next one.
    mutating func advance() {
        guard let next else { return }
        previous = next.path
        place = end
        read()
    }

    private mutating func read() {
        if buffer.count - place < KnownFileCode.longest * 2 { fill() }
        let found = KnownFileCode.decode(buffer, at: place, after: previous)
        next = found?.file
        end = found?.end ?? place
    }

    /// Drops what was read and adds a piece.
    private mutating func fill() {
        guard let file else { return }
        let rest = Array(buffer[place...])
        start += place
        place = 0
        let more = try? file.bytes(at: start + rest.count, count: KnownFileReader.pieceSize)
        buffer = rest + (more ?? [])
    }
}

/// Writes a new memory beside the old one, and puts it in its place.
struct KnownFileWriter {
    let path: String
    private let file: OpenFile
    private let staged: String
    private var buffer: [UInt8] = []
    private var written = 0
    private var previous: [UInt8] = []

    private static let pieceSize = 256 << 10

    /// Begins with what a reader has come by.
    init(_ path: String, after reader: KnownFileReader) throws(SystemError) {
        try self.init(path, copying: reader.file, until: reader.mark)
    }

    private init(
        _ path: String, copying old: OpenFile?, until mark: KnownFileMark
    ) throws(SystemError) {
        self.path = path
        try StagedFile.makeDirectory(StagedFile.parent(of: path), mode: 0o700)
        // Other runs write their own; the lock tells that this one is not left over.
        staged = "\(path).\(getpid())-\(UInt32.random(in: 0...UInt32.max)).tmp"
        file = try OpenFile(staged, O_RDWR | O_CREAT | O_EXCL)
        _ = try? Descriptor.lock(file.descriptor)
        previous = mark.previous
        guard let old, mark.offset > 0 else {
            buffer = KnownFileCode.header
            return
        }
        while written < mark.offset {
            buffer = try old.bytes(
                at: written, count: min(KnownFileWriter.pieceSize, mark.offset - written))
            if buffer.isEmpty { throw SystemError(code: EIO) }
            try flush()
        }
    }

    mutating func append(_ file: KnownFile) throws(SystemError) {
        KnownFileCode.encode(file, after: previous, to: &buffer)
        previous = file.path
        if buffer.count >= KnownFileWriter.pieceSize { try flush() }
    }

    /// Adds all that a reader still has.
    mutating func append(_ rest: KnownFileReader) throws(SystemError) {
        var rest = rest
        while let file = rest.next {
            try append(file)
            rest.advance()
        }
    }

    /// Puts what was written in place, with all that a reader still has, and goes on writing after
    /// the former.
    mutating func save(with rest: KnownFileReader) throws(SystemError) {
        try flush()
        let mark = KnownFileMark(offset: written, previous: previous)
        try append(rest)
        try putInPlace()
        self = try KnownFileWriter(path, copying: file, until: mark)
    }

    /// Takes the place of the old memory, once its bytes are on the disk.
    ///
    /// A power failure could otherwise leave a torn file under the name.
    mutating func putInPlace() throws(SystemError) {
        try flush()
        try StagedFile.rename(staged, to: path, descriptor: file.descriptor)
    }

    private mutating func flush() throws(SystemError) {
        let count = buffer.count
        try Descriptor.writeAll(file.descriptor, buffer)
        written += count
        buffer.removeAll(keepingCapacity: true)
    }

    /// Removes what runs that were killed left unfinished.
    static func removeLeftovers(of path: String) {
        let name = path.split(separator: "/").last ?? ""
        guard let files = try? Folder(StagedFile.parent(of: path)).files() else { return }
        for file in files where file.name.hasPrefix("\(name).") && file.name.hasSuffix(".tmp") {
            guard let lock = try? FileLock.take(file.path) else { continue }
            try? FileSystem.remove(file.path)
            _ = consume lock
        }
    }
}
