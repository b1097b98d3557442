// Lists: errors and requests, one a line.
import Checkpoint
import CheckpointReports
import Filter
import Records

extension Report {
    /// Lists the errors, the newest first.
    func tellErrors(in checkpoint: Checkpoint, _ options: Options<ToolOptions>) throws {
        let most = min(options.limit, options.isRecentCritical ? 10 : .max)
        var rows: [JSON] = []
        try ErrorList(checkpoint).forEach(options.selection, atMost: most) { error in
            if isForPeople { rows.append(error) } else { try write(error) }
        }
        guard isForPeople else { return }
        try write(
            rows,
            as: [
                Column("time", shown: Column.time), Column("severity"), Column("category"),
                Column("stage"), Column("id"), Column("message"),
            ])
    }

    /// Lists or counts the requests in a file, in its order.
    func tellRequests(of file: String, _ options: Options<ToolOptions>) throws {
        var counts = try options.by.map { keys in
            guard let counts = RequestCounts(keys) else {
                throw options.unknownKeys(RequestCounts.Key.allCases.map(\.rawValue))
            }
            return counts
        }
        var rows: [JSON] = []
        var left = options.limit
        try forEachRequest(of: file, options) { request, text in
            guard counts == nil else { return counts?.add(request) ?? () }
            guard left > 0 else { return }
            left -= 1
            if isForPeople { rows.append(.object(request.members)) } else { try write(.raw(text)) }
        }
        if let counts {
            let numbers = ["count", "failed", "mean_ms", "longest_ms"].map {
                Column($0, nil, .right)
            }
            try write(
                counts.groups,
                as: counts.keys.map { Column($0.rawValue) } + numbers + [
                    Column("bytes", nil, .right, shown: Column.bytes)
                ])
        } else if isForPeople {
            try write(
                rows,
                as: ["time", "tool", "method", "host", "path", "status", "ms", "bytes", "error"]
                    .map { Column($0, shown: Column.time) })
        }
    }

    /// Keeps the requests in a file in the checkpoint, each once, for 30 days.
    func keepRequests(of file: String, _ options: Options<ToolOptions>) throws {
        let keeper = try RequestKeeper(
            Checkpoint.existing(
                options.state, options.environment, busyTimeout: options.busyTimeout))
        try forEachRequest(of: file, options) { request, _ in try keeper.keep(request) }
        try keeper.finish(forgettingBefore: Timestamp.now.adding(seconds: -30 * 86_400))
        options.observer(.note("\(keeper.added) requests are new"))
    }

    private func forEachRequest(
        of file: String, _ options: Options<ToolOptions>,
        _ body: (RequestLine, [UInt8]) throws -> Void
    ) throws {
        let (start, end) = (options.start.text, options.until?.text)
        try forEachLine(of: file, "a line of --http-log") { text in
            guard let request = JSON.raw(text).decoded(as: RequestLine.self),
                request.isPossible
            else { return false }
            guard request.time >= start, end.map({ request.time < $0 }) ?? true else { return true }
            try body(request, text)
            return true
        }
    }
}
