// Beside: the text of a transcript next to the recording of a folder, under the recording's name.
import Crypto
import Files
import Filter
import Glibc
import Records
import System

/// Writes the files that people read beside a recording that dir-list has listed.
///
/// They are copies of those below the data directory, so that a file is known for ours by its hash: it
/// is that of the file that the record or the data directory had before. No other file is replaced.
struct Beside: Sendable {
    let directory: DataDirectory
    let observer: Observer

    /// The hashes of this record's files as they were until now.
    func earlier(_ record: Record) -> Set<String> {
        guard let transcript = try? record.transcript() else {
            let path = "transcripts/\(record.dayPath)/\(record.fileStem).json"
            return Set(
                Beside.formats.compactMap { try? directory.sha256(of: $0.path(beside: path)) })
        }
        let onDisk = Beside.formats.compactMap {
            try? directory.sha256(of: $0.path(beside: transcript.path))
        }
        return Set(onDisk + Beside.formats.compactMap { transcript.files?[$0] })
    }

    /// JSON is left out: `dir-list --sidecar json` would take it for the facts about the call.
    private static let formats = TranscriptFormat.allCases.filter { $0 != .json }

    /// Writes the files of a record's transcript, and tells what it leaves alone.
    func write(_ record: Record, replacing earlier: Set<String>) throws(Failure) {
        guard let transcript = try record.transcript(), let hashes = transcript.files,
            let stem = try stem(of: record)
        else { return }
        for format in hashes.formats where format != .json {
            let path = "\(stem).\(format.rawValue)"
            let source = try directory.absolutePath(of: format.path(beside: transcript.path))
            do throws(SystemError) {
                let bytes = try Descriptor.contents(of: source, atMost: 64 << 20)
                try place(bytes, at: path, hashes[format], earlier, record.id)
            } catch {
                observer(.note("\(record.id): unable to write \(path): \(error.reason)"))
            }
        }
    }

    private func place(
        _ bytes: [UInt8], at path: String, _ hash: String?, _ earlier: Set<String>, _ id: String
    ) throws(SystemError) {
        guard let status = try FileStatus.ifPresent(path, followingLinks: false) else {
            return try StagedFile.make(bytes, at: path, mode: StagedFile.usualMode)
        }
        if status.kind == .file, status.size <= 64 << 20 {
            let there = Digest.sha256(try Descriptor.contents(of: path, atMost: 64 << 20))
            if there == hash { return }
            if earlier.contains(there) { return try StagedFile.write(bytes, to: path) }
        }
        observer(.note("\(id): left \(path) alone: it is not of this tool"))
    }

    /// The recording's path in its folder without the ending; `nil` for one of no folder.
    private func stem(of record: Record) throws(Failure) -> String? {
        guard let name = try record.recording()?.name, let audio = try record.audio() else {
            return nil
        }
        let own = try directory.absolutePath(of: audio.path)
        guard
            let path = try directory.target(of: audio.path)
                ?? (own.hasSuffix("/\(name)") ? own : nil)
        else {
            observer(
                .note(
                    "\(record.id): nothing is written beside the recording: its folder is not known, "
                        + "because it was listed with --copy"))
            return nil
        }
        guard let point = path.lastIndex(of: "."), point > (path.lastIndex(of: "/") ?? point) else {
            return path
        }
        return String(path[..<point])
    }
}
