// KnownFiles: the hashes of files that have not changed since an earlier run.
internal import Crypto
internal import Files
internal import Records
internal import System

/// A small file below the data directory that remembers path, size, time and inode of each file of a
/// folder with its hash, so that a run need not read recordings that it has read.
///
/// It is only a memory: what of it is lost or damaged is found again by reading the recordings. It
/// is read and written in the order of the walk, so that it takes no memory. Several runs may go on
/// at once, and the last to end leaves what it knows.
struct KnownFiles {
    private let path: String
    private let isReadOnly: Bool
    private var reader: KnownFileReader
    /// Where what is known now goes, once anything differs from what was known.
    private var writer: KnownFileWriter?
    /// The first fault; after it nothing is written any more.
    private(set) var fault: SystemError?
    /// The bytes of recordings that were read since the last time that the file was put in place.
    private var unsaved = 0
    private var hasSeenFile = false

    /// So many bytes take longer to read again than the file to write once more.
    private static let worthSaving = 4 << 30

    /// Opens the memory of a folder.
    ///
    /// - Parameters:
    ///   - folder: The real path of the folder.
    ///   - data: The path of the data directory.
    ///   - isReadOnly: True when nothing is to be written.
    init(of folder: String, in data: String, isReadOnly: Bool) {
        let name = Digest.sha256(Array(folder.utf8)).prefix(16)
        path = "\(data)/known-files/\(name)"
        self.isReadOnly = isReadOnly
        reader = KnownFileReader(path)
        if !isReadOnly { KnownFileWriter.removeLeftovers(of: path) }
    }

    /// The entry of a file that the walk has come to.
    ///
    /// Those that it has passed by are gone.
    mutating func find(_ path: [UInt8]) -> KnownFile? {
        hasSeenFile = true
        while let file = reader.next, KnownFile.precedes(file.path, path) {
            // An entry that is not written again is forgotten.
            begin()
            reader.advance()
        }
        return reader.next.flatMap { $0.path == path ? $0 : nil }
    }

    /// Goes on remembering what ``find(_:)`` gave, whether or not the file still is so.
    mutating func keep(_ file: KnownFile?) {
        if let file { remember(file, isNews: false) }
    }

    /// Remembers a file that ``find(_:)`` was asked for.
    ///
    /// - Parameters:
    ///   - file: The file as it is known now.
    ///   - isNews: True when it differs from what was known.
    ///   - bytes: The bytes that were read to know it.
    mutating func remember(_ file: KnownFile, isNews: Bool, reading bytes: Int = 0) {
        if isNews { begin() }
        writing { writer throws(SystemError) in try writer.append(file) }
        if reader.next?.path == file.path { reader.advance() }
        unsaved += bytes
        if unsaved >= KnownFiles.worthSaving { save() }
    }

    /// Puts what is known in place.
    ///
    /// - Parameter isWhole: True when the walk came to its end, so that what it did not come by is
    ///   gone. A folder without any file is rather a disk that is not there.
    mutating func finish(isWhole: Bool) {
        guard hasSeenFile else { return }
        if isWhole, reader.next != nil { begin() }
        let rest = isWhole ? nil : reader
        writing { writer throws(SystemError) in
            if let rest { try writer.append(rest) }
            try writer.putInPlace()
        }
        writer = nil
    }

    /// Puts in place what is known so far, with what was known of the files to come, and goes on.
    private mutating func save() {
        let rest = reader
        writing { writer throws(SystemError) in try writer.save(with: rest) }
        unsaved = 0
    }

    /// Begins to write, after all that was the same so far.
    private mutating func begin() {
        guard writer == nil, fault == nil, !isReadOnly else { return }
        do {
            writer = try KnownFileWriter(path, after: reader)
        } catch {
            fault = error
        }
    }

    private mutating func writing(
        _ body: (inout KnownFileWriter) throws(SystemError) -> Void
    ) {
        guard var current = writer else { return }
        writer = nil
        do {
            try body(&current)
            writer = current
        } catch {
            fault = error
        }
    }
}

/// A place between two files in the memory.
struct KnownFileMark {
    /// The bytes before it.
    let offset: Int
    /// The path of the file before it.
    let previous: [UInt8]
}
