// Query: the command line of rc-list as a question to the call log.
import Filter
import Records
import RingCentral

extension CallLogQuery {
    /// Reads the options; a wrong one is wrong usage.
    init(_ options: Options<ToolOptions>, now: Timestamp) throws {
        self.init(
            try CallRange(options, now: now), extensionID: options.extensionID,
            direction: options.direction,
            unknownExtension: "let --extension be the id of an extension of this account, not its"
                + " number")
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

    /// The failures that end the run with 1: these calls may have recordings.
    var failures: [Failure] {
        var failures = incomplete.map { range in
            Failure(
                .item, .badResponse,
                "list all calls \(range.text): RingCentral shows fewer than it says there are",
                remedy: "list them again later; if that changes nothing, ask the RingCentral"
                    + " support")
        }
        if unreadable > 0 {
            failures.append(
                Failure(
                    .item, .badResponse,
                    "read \(unreadable) calls of the call log: they have no id or no time",
                    remedy: "ask the RingCentral support about them"))
        }
        return failures
    }
}
