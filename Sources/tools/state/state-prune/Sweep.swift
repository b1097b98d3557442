// Sweep: the files that are removed, a line for each, and the room that this makes.
import Checkpoint
import CheckpointRetention
import Files
import Filter
import Records

/// One run of `state-prune`.
final class Sweep {
    private let options: Options<ToolOptions>
    private let report: Report
    private let isPlan: Bool
    private let age: Double
    private var files = 0
    private var bytes = 0
    private var table = Table(["file": .left, "bytes": .right, "path": .left, "copies": .left])

    init(_ options: Options<ToolOptions>, _ report: Report, age: Double) {
        self.options = options
        self.report = report
        self.age = age
        isPlan = options.isPlan || options.isDryRun
    }

    private var limit: Timestamp { Timestamp.now.adding(seconds: -age) }

    /// Removes files of recordings that a destination holds.
    func prune(_ rules: [PruneRule]) throws {
        let checkpoint = try Checkpoint.existing(
            options.state, options.environment, busyTimeout: options.busyTimeout)
        let data = try DataDirectory(options.data, isMade: !options.isDryRun)
        let pruning = try Pruning(checkpoint, data: data, isPlan: isPlan)
        for rule in rules {
            try pruning.run(
                rule,
                report: { item in
                    for file in item.files {
                        try note(
                            item.kind.rawValue, file.path, file.bytes, id: item.id,
                            sha256: file == item.files.last ? item.sha256 : nil,
                            copies: item.copies)
                    }
                    try report.check()
                }, problem: report.fail)
        }
        try checkpoint.end(status: report.hasFailed ? 1 : 0, counts: ["pruned": pruning.files])
        if pruning.held > 0 {
            options.observer(.note("\(pruning.held) recordings are held and keep their files"))
        }
        if pruning.kept > 0 {
            options.observer(
                .note("\(pruning.kept) recordings keep files of which no copy is known"))
        }
    }

    /// Unfinished files of programs that died.
    func removeLeftovers() throws {
        let data = try DataDirectory(options.data, isMade: !options.isDryRun)
        try data.forEachLeftover(before: limit, isPlan: isPlan) { file in
            try note("leftover", file.path, file.bytes)
        }
    }

    /// Removes logs that a program such as logrotate has put aside.
    func removeLogs(in directory: String) throws {
        let folder = try Folder(directory)
        for file in try folder.files() where file.modified < limit {
            guard Sweep.isRotatedLog(file.name) else { continue }
            let isGone = try isPlan || folder.remove(file)
            if isGone { try note("log", file.path, file.bytes) }
        }
    }

    /// True for names such as `daily.log.1`, and for those with the date, such as
    /// `daily.log-20240115-1705276800.gz`.
    private static func isRotatedLog(_ name: String) -> Bool {
        let marks = name.split(separator: ".", omittingEmptySubsequences: false).dropFirst()
        return marks.dropLast().contains("log")
            || marks.contains { $0.hasPrefix("log-") && $0.dropFirst(4).first?.isNumber == true }
    }

    /// Reports the room that was made.
    func end() throws {
        if report.isForPeople { try report.write(table) }
        let verb = isPlan ? "would go" : "removed"
        let amount = "\(bytes) bytes (\(ByteCount(bytes)))"
        let room = isPlan ? "would be free" : "freed"
        options.observer(.note("\(files) files \(verb), \(amount) \(room)"))
    }

    private func note(
        _ kind: String, _ path: String, _ size: Int, id: String? = nil, sha256: String? = nil,
        copies: [String]? = nil
    ) throws {
        files += 1
        bytes += size
        if report.isForPeople {
            table.add(kind, String(size), path, copies?.joined(separator: ", ") ?? "")
        } else {
            try report.write(
                .members([
                    "id": .text(id), "file": .string(kind), "path": .string(path),
                    "bytes": .int(size), "sha256": .text(sha256),
                    "copies": copies.map { .array($0.map(JSON.string)) },
                ]))
        }
    }
}
