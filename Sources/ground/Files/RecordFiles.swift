// RecordFiles: every file below the data directory that the tools made of a record.
internal import Glibc
public import Records
internal import System

extension DataDirectory {
    /// The files of a record: those that its members name, and those under its own name in the
    /// directories of its day, whole or in parts.
    ///
    /// A tool may have ended between writing a file and putting it on the record, so the record
    /// alone does not tell.
    public func files(of record: Record) throws(Failure) -> [DataFile] {
        var paths: [String] = []
        for name in record.names {
            guard let path = (try? record.decode(name, as: Located.self))?.path,
                // A path that leaves the directory is none that a tool has written to.
                (try? absolutePath(of: path)) != nil
            else { continue }
            paths.append(path)
            if name == "transcript" { paths += TranscriptFormat.paths(beside: path) }
        }
        let stem = record.fileStem
        let audio = (try? record.decode("audio", as: Located.self))?.path
        let suffix = audio?.split(separator: ".").last.map(String.init)
        for kind in ["audio", "transcripts", "insights", "redacted"] {
            let directory = "\(kind)/\(record.dayPath)"
            for name in try names(in: directory)
            where Siblings.areOfOne(stem, name, kind: kind, suffix: suffix) {
                paths.append("\(directory)/\(name)")
            }
        }
        var files: [DataFile] = []
        for path in paths where !files.contains(where: { $0.path == path }) {
            if let file = try file(at: path) { files.append(file) }
        }
        return files
    }

    /// The names in a directory; none when it is not there.
    func names(in relative: String) throws(Failure) -> [String] {
        let path = try absolutePath(of: relative)
        do {
            // No tool gives a file a name that is not UTF-8.
            return try Directory.names(in: path)
                .compactMap { String(validating: $0, as: UTF8.self) }.sorted()
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return [] }
            throw .storage("look into \(relative)", error)
        }
    }
}

/// A member that names a file.
private struct Located: Decodable {
    let path: String?
}

/// Which names belong to one record.
private enum Siblings {
    /// Ids may hold points, so `rc-1.x.json` is no file of `rc:1` but one of `rc:1.x`: behind the
    /// stem stands one suffix, or what a file is called while it is being written.
    static func areOfOne(_ stem: String, _ name: String, kind: String, suffix: String?) -> Bool {
        guard name.hasPrefix(stem + ".") else { return false }
        let marks = name.dropFirst(stem.count + 1).split(
            separator: ".", omittingEmptySubsequences: false
        ).map(String.init)
        if marks.count == 1 { return !marks[0].isEmpty }
        if kind == "audio", marks[0] == "part" {
            return marks == ["part", "json"] || marks == ["part", "json", "tmp"]
        }
        // A silent copy is WAV, whatever its recording is.
        let isCopy = kind == "redacted" && marks[0] == "wav"
        let isOurs = marks[0] == suffix || isCopy || TranscriptFormat(rawValue: marks[0]) != nil
        return marks.count == 2 && isOurs && (marks[1] == "tmp" || marks[1] == "link")
    }
}
