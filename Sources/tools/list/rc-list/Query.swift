// Query: the command line of rc-list as a question to the call log.
import Filter
import Records
import RingCentral

extension CallLogQuery {
    /// Reads the options; a wrong one is wrong usage.
    init(_ options: Options<ToolOptions>, now: Timestamp) throws {
        self.init(
            try CallRange(options, now: now), extensionID: options.extensionID,
            direction: options.direction)
    }
}

extension CallRange {
    fileprivate init(_ options: Options<ToolOptions>, now: Timestamp) throws {
        do {
            switch (options.days, options.from) {
            case (let days?, nil) where options.to == nil:
                try self.init(days: days, now: now)
            case (nil, let from?):
                try self.init(from: from, to: options.to, now: now)
            default:
                throw UsageError("give either --days N or --from DATE, and --to only with --from")
            }
        } catch let invalid as Invalid {
            throw UsageError(invalid.reason)
        }
    }

    /// `from 2024-01-15T00:00:00.000Z until 2024-01-16T00:00:00.000Z`.
    var shown: String { "from \(start.text) until \(end.text)" }
}

extension ListingTally {
    /// `540 recordings of 512 calls; left out: 2 unfinished, 1 too short, 4 without recording`.
    var summary: String {
        let omitted = [
            (unfinished, "unfinished"), (short, "too short to be kept"),
            (unrecorded, "not recorded or purged"), (unreadable, "unreadable"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return "\(recordings) recording\(recordings == 1 ? "" : "s")"
            + " of \(calls) call\(calls == 1 ? "" : "s")"
            + (omitted.isEmpty ? "" : "; left out: " + omitted.joined(separator: ", "))
    }

    /// The failure that ends the run with 1: these calls may have recordings.
    var unreadableCalls: Failure {
        Failure(
            .item, .badResponse,
            "read \(unreadable) calls of the call log: they have no id or no time",
            remedy: "ask the RingCentral support about them")
    }
}
