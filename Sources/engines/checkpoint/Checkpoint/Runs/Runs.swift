// Runs: the pipes that worked on a checkpoint, one row each.
package import Records
internal import System

/// The run that this process belongs to: that of its process group, or the one that
/// `$CALLPIPE_RUN` names.
public final class Run {
    /// The row's number, by which other tables know it.
    let number: Int64
    /// The name of the run for people.
    public let id: String
    /// The batch of new records, unless another is named.
    let batch: String

    /// Joins the run of this process's group, or begins it; inside a transaction.
    ///
    /// - Parameters:
    ///   - checkpoint: The open file.
    ///   - name: The run's id, when a wrapper has begun it.
    /// - Throws: `Failure` of scope `stop`.
    init(joining checkpoint: Checkpoint, named name: String?) throws(Failure) {
        let group = checkpoint.processGroup
        if let found = try Run.find(name, group, in: checkpoint.database) {
            (number, id, batch) = found
            if name != nil { try Run.takeOver(number, by: group, in: checkpoint) }
        } else {
            id = name ?? Run.freshID(checkpoint.now, group)
            batch = id
            number = try Run.add(id, of: group, in: checkpoint)
        }
        try Run.begin(number, in: checkpoint)
    }

    /// Counts a program of a run as begun.
    static func begin(_ run: Int64, in checkpoint: Checkpoint) throws(Failure) {
        try checkpoint.database.run(
            "UPDATE runs SET open_programs = open_programs + 1 WHERE number = ?1", run)
    }

    /// Adds the row of a run, and returns its number.
    static func add(
        _ id: String, of group: ProcessGroup, in checkpoint: Checkpoint, named name: String? = nil,
        batch: String? = nil
    ) throws(Failure) -> Int64 {
        try checkpoint.database.run(
            """
            INSERT INTO runs(id, host, machine, boot, namespace, process_group, leader_start,
              started_at, name, batch)
            VALUES (:id, :host, :machine, :boot, :namespace, :group, :start, :now, :name, :batch)
            """,
            [
                ":id": id, ":host": Host.name, ":machine": group.machine,
                ":boot": group.boot, ":namespace": group.namespace, ":group": Int64(group.number),
                ":start": group.leaderStart, ":now": checkpoint.now, ":name": name, ":batch": batch,
            ])
        return checkpoint.database.lastKey
    }

    /// Finds a run by its id, or by its group while that is the same one.
    ///
    /// Each question has its own index: a line of cron leaves half a million runs a year.
    package static func find(
        _ id: String?, _ group: ProcessGroup, in database: Database
    ) throws(Failure) -> (number: Int64, id: String, batch: String)? {
        let columns = "SELECT number, id, ifnull(batch, id) FROM runs"
        let question: Statement
        if let id {
            question = try Statement(database, "\(columns) WHERE id = ?1")
            try question.bind(id)
        } else {
            question = try Statement(
                database,
                """
                \(columns) WHERE process_group = :group AND boot = :boot
                  AND namespace = :namespace AND machine = :machine
                  AND (:start IS NULL OR leader_start IS :start)
                ORDER BY number DESC LIMIT 1
                """)
            try question.bind([
                ":group": Int64(group.number), ":boot": group.boot,
                ":namespace": group.namespace, ":machine": group.machine,
                ":start": group.leaderStart,
            ])
        }
        return try question.first { row throws(Failure) in
            (try row.integer(0), try row.text(1), try row.text(2))
        }
    }

    /// Continues a run in another group when no process of its own group lives.
    ///
    /// The runs of every night may have the same name. A claim of tonight counts while the group of
    /// its run lives, and must not be taken for a claim of last night.
    private static func takeOver(
        _ run: Int64, by group: ProcessGroup, in checkpoint: Checkpoint
    ) throws(Failure) {
        let question = try Statement(
            checkpoint.database,
            """
            SELECT machine, boot, namespace, process_group, leader_start FROM runs
            WHERE number = ?1
            """)
        try question.bind(run)
        let earlier = try question.first { row throws(Failure) in try ProcessGroup(row, from: 0) }
        guard let earlier, earlier != group, earlier.isAlive(seenFrom: group) == false else {
            return
        }
        // The records of the earlier group are free, and not this one's.
        try Claims.sweep(checkpoint)
        try checkpoint.database.run(
            """
            UPDATE runs SET machine = :machine, boot = :boot, namespace = :namespace,
              process_group = :group, leader_start = :start, open_programs = 0
            WHERE number = :run
            """,
            [
                ":run": run, ":machine": group.machine, ":boot": group.boot,
                ":namespace": group.namespace, ":group": Int64(group.number),
                ":start": group.leaderStart,
            ])
    }

    /// `20260115T020000Z-4711-3fa209c1`: the time, the group, and a random number for two in one
    /// second.
    static func freshID(_ now: String, _ group: ProcessGroup) -> String {
        let time = now.prefix(19).filter { $0 != "-" && $0 != ":" }
        let chance = String(UInt32.random(in: .min ... .max), radix: 16)
        let padding = String(repeating: "0", count: 8 - chance.count)
        return "\(time)Z-\(group.number)-\(padding)\(chance)"
    }

    /// Notes the end of a program of the run, with its counts.
    ///
    /// Of all programs, the worst exit status and the largest memory count.
    func note(
        exit status: Int32, counts: [String: Int], in checkpoint: Checkpoint
    ) throws(Failure) {
        try checkpoint.database.run(
            """
            UPDATE runs SET finished_at = :now, exit_status = max(ifnull(exit_status, 0), :status),
              max_memory = max(ifnull(max_memory, 0), :memory),
              open_programs = max(open_programs - 1, 0)
            WHERE number = :run
            """,
            [
                ":run": number, ":now": checkpoint.now, ":status": Int64(status),
                ":memory": PeakMemory.own,
            ])
        let addition = try Statement(
            checkpoint.database,
            """
            UPDATE runs SET counts = json_set(ifnull(counts, '{}'), ?2,
              ifnull(json_extract(counts, ?2), 0) + ?3)
            WHERE number = ?1
            """)
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) where count > 0 {
            try addition.run(number, "$.\"\(name)\"", count)
        }
    }
}

extension ProcessGroup {
    /// Reads the group of a run off a row: machine, boot, namespace, number and start, from that
    /// column on.
    package init(_ row: borrowing Statement, from column: Int32) throws(Failure) {
        self.init(
            machine: try row.string(column) ?? "", boot: try row.string(column + 1) ?? "",
            namespace: try row.string(column + 2) ?? "",
            number: Int32(truncatingIfNeeded: try row.whole(column + 3) ?? 0),
            leaderStart: try row.whole(column + 4))
    }
}
