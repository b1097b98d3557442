// TranscriptSource: the transcripts of one engine, in a file, a pipe or a folder, found by their id.
internal import Glibc
public import Records
internal import System

/// Transcripts by id; of those in a file or folder only the places are in memory.
public struct TranscriptSource: Sendable {
    private enum Place: Sendable {
        case part(path: String, offset: Int, count: Int)
        case memory([UInt8])
    }

    private var places: [String: Place] = [:]
    /// The ids in their order.
    public private(set) var ids: [String] = []
    /// Lines and files that are no transcript.
    public private(set) var faults: [String] = []

    private static let longest = 64 << 20

    /// Looks through records, a JSON file of ``transcribe``, or a folder of such files.
    ///
    /// - Throws: `Failure` of scope `stop`, when it cannot be read.
    public init(_ path: String) throws(Failure) {
        do throws(SystemError) {
            let status = try FileStatus(of: path, followingLinks: true)
            if status.kind == .directory {
                try addFolder(path)
            } else {
                try addFile(path, isSeekable: status.kind == .file)
            }
        } catch {
            throw Failure(
                .stop, .configuration, "read the transcripts of \(path): \(error.reason)",
                remedy: "name a file of records, a JSON file of a transcript, or a folder of them")
        }
    }

    private mutating func addFolder(_ path: String) throws(SystemError) {
        let names = try Directory.names(in: path).compactMap {
            String(validating: $0, as: UTF8.self)
        }
        for name in names.sorted() {
            let inner = "\(path)/\(name)"
            let status = try FileStatus(of: inner, followingLinks: false)
            if status.kind == .directory {
                try addFolder(inner)
            } else if status.kind == .file, name.hasSuffix(".json") {
                let bytes = try Descriptor.contents(of: inner, atMost: TranscriptSource.longest)
                add(bytes, .part(path: inner, offset: 0, count: bytes.count), name: inner)
            }
        }
    }

    private mutating func addFile(_ path: String, isSeekable: Bool) throws(SystemError) {
        var (line, number, offset) = ([UInt8](), 1, 0)
        var lines: [(bytes: [UInt8], number: Int, offset: Int)] = []
        // A pipe has no places to go to, so it is read from where it stands.
        let file = try OwnedDescriptor(opening: path, O_RDONLY)
        var room = [UInt8](repeating: 0, count: 256 << 10)
        while case let count = try Descriptor.read(file.number, into: &room), count > 0 {
            for byte in room[..<count] {
                if byte != 0x0A {
                    if line.count < TranscriptSource.longest { line.append(byte) }
                    continue
                }
                lines.append((line, number, offset))
                offset += line.count + 1
                number += 1
                line.removeAll(keepingCapacity: true)
            }
            add(&lines, path, isSeekable)
        }
        lines.append((line, number, offset))
        add(&lines, path, isSeekable)
    }

    private mutating func add(
        _ lines: inout [(bytes: [UInt8], number: Int, offset: Int)], _ path: String,
        _ isSeekable: Bool
    ) {
        for line in lines where line.bytes.contains(where: { $0 > 0x20 }) {
            let place =
                isSeekable
                ? Place.part(path: path, offset: line.offset, count: line.bytes.count)
                : .memory(line.bytes)
            add(line.bytes, place, name: "\(path), line \(line.number)")
        }
        lines.removeAll()
    }

    private mutating func add(_ bytes: [UInt8], _ place: Place, name: String) {
        guard let record = TranscriptSource.record(bytes) else {
            faults.append(name)
            return
        }
        // Of two transcripts of one call the later one counts.
        if places.updateValue(place, forKey: record.id) == nil { ids.append(record.id) }
    }

    /// A record, or a transcript alone as one.
    private static func record(_ bytes: [UInt8]) -> Record? {
        guard let record = try? Record(bytes.filter { $0 != 0x0A }) else { return nil }
        if record.has("transcript") { return record }
        guard record.has("segments") else { return nil }
        return try? Record(["id": .string(record.id), "transcript": .raw(record.bytes)])
    }

    /// The transcript of a call; `nil` when there is none.
    ///
    /// - Throws: `Failure` of scope `item`, when the file has changed meanwhile.
    public func transcript(of id: String) throws(Failure) -> ComparedTranscript? {
        let bytes: [UInt8]
        switch places[id] {
        case nil: return nil
        case .memory(let kept): bytes = kept
        case .part(let path, let offset, let count):
            do throws(SystemError) {
                let file = try OwnedDescriptor(opening: path, O_RDONLY)
                bytes = try Descriptor.bytes(of: file.number, at: offset, count: count)
            } catch {
                throw Failure(.item, .input, "read the transcript of \(id): \(error.reason)")
            }
        }
        guard let record = TranscriptSource.record(bytes), record.id == id else {
            throw Failure(.item, .input, "read the transcript of \(id): its file has changed")
        }
        return ComparedTranscript(record)
    }
}
