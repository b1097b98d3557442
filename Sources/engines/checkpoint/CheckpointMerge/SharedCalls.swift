// SharedCalls: the calls that both checkpoints have, and the merge of their records.
import Checkpoint
import Records

/// Merges the records of calls that both checkpoints have, one at a time: each may have 16 MiB.
final class SharedCalls {
    private let checkpoint: Checkpoint
    private let differing: Statement
    private let pair: Statement
    private let stages: Statement
    private let change: Statement
    private let search: SearchIndex
    private let transcripts: Statement

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
        search = try SearchIndex(checkpoint)
        transcripts = try Statement(database, MergeSQL.unindexed)
        // The columns follow the record; a value that only one side has is kept.
        change = try Statement(
            database,
            """
            UPDATE main.calls SET record = :record,
              source = iif(:newer, o.source, calls.source),
              start_time = iif(:newer, ifnull(o.start_time, calls.start_time),
                ifnull(calls.start_time, o.start_time)),
              duration = iif(:newer, ifnull(o.duration, calls.duration),
                ifnull(calls.duration, o.duration)),
              expires = iif(:fetched, NULL, iif(:newer, ifnull(o.expires, calls.expires),
                ifnull(calls.expires, o.expires))),
              batch = ifnull(calls.batch, o.batch), seen_at = min(calls.seen_at, o.seen_at),
              updated_at = max(calls.updated_at, o.updated_at)
            FROM other.calls AS o WHERE calls.number = :ours AND o.number = :theirs
            """)
    }

    /// Merges the differing calls in a range of the other's calls; inside a transaction.
    ///
    /// - Parameters:
    ///   - range: Numbers of the other's calls.
    ///   - tell: Gets each conflict.
    /// - Returns: The number of records that changed here.
    /// - Throws: `Failure` of scope `stop`.
    func merge(
        _ range: ClosedRange<Int64>, _ tell: (Merge.Conflict) -> Void
    ) throws(Failure) -> Int {
        try differing.bind(range.lowerBound, range.upperBound)
        let numbers = try differing.all { row throws(Failure) in
            (ours: try row.integer(0), theirs: try row.integer(1))
        }
        var changed = 0
        for (ours, theirs) in numbers {
            guard let merge = try merge(ours, theirs, tell) else { continue }
            for conflict in merge.conflicts() { tell(conflict) }
            let record = try merge.record()
            if record == merge.ours { continue }
            try change.run([
                ":ours": ours, ":theirs": theirs,
                ":record": String(decoding: record.bytes, as: UTF8.self),
                ":newer": merge.theirsIsNewer, ":fetched": record.has("audio"),
            ])
            search.follow(ours, from: merge.ours, to: record)
            changed += 1
        }
        return changed
    }

    /// Puts the transcripts of the calls into the index that came with a range; inside a transaction.
    func index(_ range: ClosedRange<Int64>) throws(Failure) {
        try transcripts.bind(range.lowerBound, range.upperBound)
        defer { transcripts.reset() }
        while try transcripts.step() {
            guard let text = try transcripts.copy(1), let record = try? Record(stored: text)
            else { continue }
            try search.add(transcripts.integer(0), record)
        }
    }

    /// The two records of a call; `nil` for a call that either checkpoint has erased.
    private func merge(
        _ ours: Int64, _ theirs: Int64, _ tell: (Merge.Conflict) -> Void
    ) throws(Failure) -> RecordMerge? {
        let theirStages = try self.theirStages(ours, theirs)
        try pair.bind(ours, theirs)
        defer { pair.reset() }
        guard try pair.step() else { return nil }
        let (erasedHere, erasedThere) = (try pair.string(4), try pair.string(5))
        guard erasedHere == nil, erasedThere == nil else {
            // Its files are on this host still; only an erasure here removes them all.
            if erasedHere == nil {
                tell(
                    Merge.Conflict(
                        id: try pair.text(0), what: "erased", here: nil, there: erasedThere,
                        keepsTheirs: false))
            }
            return nil
        }
        return RecordMerge(
            ours: try record(1), theirs: try record(2), theirsIsNewer: try pair.integer(3) != 0,
            theirStages: theirStages)
    }

    /// The stages whose outcome is taken from the other; upload only when it is completed there.
    private func theirStages(_ ours: Int64, _ theirs: Int64) throws(Failure) -> Set<Stage> {
        try stages.bind(ours, theirs)
        var found: Set<Stage> = []
        for (stage, status) in try stages.all({ row throws(Failure) in
            (Stage(rawValue: try row.text(0)), try row.text(1))
        }) {
            guard let stage else { continue }
            if stage != .upload || status == Status.completed.rawValue { found.insert(stage) }
        }
        return found
    }

    private func record(_ column: Int32) throws(Failure) -> Record {
        guard let text = try pair.copy(column) else {
            throw Failure(.stop, .internal, "merge a call: it has no record")
        }
        do {
            return try Record(stored: text)
        } catch {
            throw checkpoint.unreadable(try pair.text(0), error)
        }
    }
}
