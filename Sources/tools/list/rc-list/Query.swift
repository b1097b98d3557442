// Query: the command line of rc-list as a question to the call log.
import Filter
import Records
import RingCentral

extension CallLogQuery {
    /// Reads the options; what is wrong with them is wrong usage.
    init(_ options: Options, now: Timestamp) throws {
        let range = try CallRange(options, now: now)
        let extensionID = options.string("extension")
        if let id = extensionID, id.isEmpty || !id.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            throw UsageError("option --extension needs the id of an extension, which is a number")
        }
        self.init(range, extensionID: extensionID, direction: try Direction(options))
    }
}

extension CallLogQuery.Direction {
    fileprivate init?(_ options: Options) throws {
        switch options.string("direction")?.lowercased() {
        case nil: return nil
        case "inbound": self = .inbound
        case "outbound": self = .outbound
        case let other?:
            throw UsageError("option --direction knows inbound and outbound, not \"\(other)\"")
        }
    }
}

extension CallRange {
    fileprivate init(_ options: Options, now: Timestamp) throws {
        do {
            switch (try options.integer("days", in: 1...36_500), options.string("from")) {
            case (let days?, nil) where options.string("to") == nil:
                try self.init(days: days, now: now)
            case (nil, let from?):
                try self.init(from: from, to: options.string("to"), now: now)
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

    /// What ends the run with 1: calls that may have had recordings.
    var unreadableCalls: Failure {
        Failure(
            .item, .badResponse,
            "read \(unreadable) calls of the call log: they have no id or no time",
            remedy: "ask the RingCentral support about them")
    }
}
