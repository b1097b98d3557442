// SharedCalls: the calls that two checkpoints have, and what is stored of them from now on.
import Checkpoint
internal import Glibc
import Records

/// Unites the records of calls that both know, one at a time: each may have 16 MiB.
final class SharedCalls {
    private let checkpoint: Checkpoint
    private let differing: Statement
    private let pair: Statement
    private let stages: Statement
    private let change: Statement

    init(_ checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
        let database = checkpoint.database
        differing = try Statement(database, MergeSQL.differing)
        pair = try Statement(
            database,
            """
            SELECT c.id, c.record, o.record, o.updated_at > c.updated_at, c.erased_at, o.erased_at
            FROM main.calls AS c, other.calls AS o WHERE c.number = ?1 AND o.number = ?2
            """)
        stages = try Statement(database, MergeSQL.theirStages)
        // The columns follow the record; what only one side knows is kept.
        change = try Statement(
            database,
            """
            UPDATE main.calls SET record = ?3, source = iif(?4, o.source, calls.source),
              start_time = iif(?4, ifnull(o.start_time, calls.start_time),
                ifnull(calls.start_time, o.start_time)),
              duration = iif(?4, ifnull(o.duration, calls.duration),
                ifnull(calls.duration, o.duration)),
              expires = iif(?5, NULL, iif(?4, ifnull(o.expires, calls.expires),
                ifnull(calls.expires, o.expires))),
              batch = ifnull(calls.batch, o.batch), seen_at = min(calls.seen_at, o.seen_at),
              updated_at = max(calls.updated_at, o.updated_at)
            FROM other.calls AS o WHERE calls.number = ?1 AND o.number = ?2
            """)
    }

    /// Unites what differs in a range of the other's calls; inside a transaction.
    ///
    /// - Parameters:
    ///   - range: Numbers of the other's calls.
    ///   - tell: Gets each conflict.
    /// - Returns: How many records were changed here.
    /// - Throws: `Failure` of scope `stop`.
    func unite(
        _ range: ClosedRange<Int64>, _ tell: (Merge.Conflict) -> Void
    ) throws(Failure) -> Int {
        differing.bind(1, range.lowerBound)
        differing.bind(2, range.upperBound)
        var numbers: [(ours: Int64, theirs: Int64)] = []
        while try differing.step() {
            numbers.append((differing.integer(0), differing.integer(1)))
        }
        differing.reset()
        var changed = 0
        for (ours, theirs) in numbers {
            guard let union = try union(ours, theirs, tell) else { continue }
            for conflict in union.conflicts() { tell(conflict) }
            let record = try union.record()
            if record == union.ours { continue }
            change.bind(1, ours)
            change.bind(2, theirs)
            change.bind(3, copying: String(decoding: record.bytes, as: UTF8.self))
            change.bind(4, union.theirsIsNewer ? 1 : 0 as Int64)
            change.bind(5, record.raw("audio") == nil ? 0 : 1 as Int64)
            try change.run()
            changed += 1
        }
        return changed
    }

    /// What both say; `nil` for a call that one of them has erased.
    private func union(
        _ ours: Int64, _ theirs: Int64, _ tell: (Merge.Conflict) -> Void
    ) throws(Failure) -> RecordMerge? {
        let theirStages = try self.theirStages(ours, theirs)
        pair.bind(1, ours)
        pair.bind(2, theirs)
        defer { pair.reset() }
        guard try pair.step() else { return nil }
        let (erasedHere, erasedThere) = (pair.string(4), pair.string(5))
        guard erasedHere == nil, erasedThere == nil else {
            // Its files are on this host still; only state-erase removes them all.
            if erasedHere == nil, let id = pair.string(0) {
                tell(
                    Merge.Conflict(
                        id: id, what: "erased", here: nil, there: erasedThere, keepsTheirs: false))
            }
            return nil
        }
        return RecordMerge(
            ours: try record(1), theirs: try record(2), theirsIsNewer: pair.integer(3) != 0,
            theirStages: theirStages)
    }

    /// The stages of which the other's outcome is taken; the ids of an upload only when it is done.
    private func theirStages(_ ours: Int64, _ theirs: Int64) throws(Failure) -> Set<Stage> {
        stages.bind(1, ours)
        stages.bind(2, theirs)
        defer { stages.reset() }
        var found: Set<Stage> = []
        while try stages.step() {
            guard let stage = stages.string(0).flatMap(Stage.init(rawValue:)) else { continue }
            if stage != .upload || stages.string(1) == Status.completed.rawValue {
                found.insert(stage)
            }
        }
        return found
    }

    private func record(_ column: Int32) throws(Failure) -> Record {
        let bytes = unsafe pair.text(column)?.map { $0 == 0x0A ? 0x20 : $0 } ?? []
        do {
            return try Record(bytes)
        } catch {
            throw Failure(
                .stop, .integrity,
                "merge call \(pair.string(0) ?? ""): its record is none: \(error.reason)",
                remedy: "correct its record with sqlite3")
        }
    }
}
