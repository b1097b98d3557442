// Runs: the pipes that worked on a checkpoint, one row each.
internal import Glibc
import Records

/// The run that this process belongs to: all programs of its process group, or those that
/// `$CALLPIPE_RUN` names.
public final class Run {
    /// The row's number, by which other tables know it.
    let number: Int64
    /// What people call it.
    public let id: String
    /// The batch that new records belong to unless another is named.
    let batch: String

    /// Joins the run of this process's group, or begins it; inside a transaction.
    ///
    /// - Parameters:
    ///   - checkpoint: The open file.
    ///   - name: The run's id, when a wrapper has begun it.
    /// - Throws: `Failure` of scope `stop`.
    init(joining checkpoint: Checkpoint, named name: String?) throws(Failure) {
        let group = checkpoint.processGroup
        if let found = try Run.find(checkpoint.database, name, group) {
            (number, id, batch) = found
            if name != nil { try Run.takeOver(number, by: group, in: checkpoint) }
            return
        }
        id = name ?? Run.freshID(checkpoint.now, group)
        batch = id
        number = try Run.add(id, of: group, in: checkpoint)
    }

    /// Adds the row of a run, and answers its number.
    static func add(
        _ id: String, of group: ProcessGroup, in checkpoint: Checkpoint, named name: String? = nil,
        batch: String? = nil
    ) throws(Failure) -> Int64 {
        let addition = try Statement(
            checkpoint.database,
            """
            INSERT INTO runs(id, host, machine, boot, namespace, process_group, leader_start,
              started_at, name, batch)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """)
        addition.bind(1, copying: id)
        addition.bind(2, copying: ProcessGroup.hostName)
        addition.bind(3, copying: group.machine)
        addition.bind(4, copying: group.boot)
        addition.bind(5, copying: group.namespace)
        addition.bind(6, Int64(group.number))
        if let start = group.leaderStart { addition.bind(7, start) }
        addition.bind(8, copying: checkpoint.now)
        addition.bind(9, copying: name)
        addition.bind(10, copying: batch)
        try addition.run()
        return checkpoint.database.lastKey
    }

    /// By its name, or by its group while that is the same one.
    private static func find(
        _ database: Database, _ name: String?, _ group: ProcessGroup
    ) throws(Failure) -> (Int64, String, String)? {
        // Each by its own index: a line of cron leaves half a million runs a year.
        let condition =
            name != nil
            ? "id = ?1"
            : """
            process_group = ?2 AND boot = ?3 AND namespace = ?4 AND machine = ?5
              AND (?6 IS NULL OR leader_start IS ?6)
            """
        let question = try Statement(
            database,
            """
            SELECT number, id, ifnull(batch, id) FROM runs WHERE \(condition)
            ORDER BY number DESC LIMIT 1
            """)
        question.bind(1, copying: name)
        question.bind(2, Int64(group.number))
        question.bind(3, copying: group.boot)
        question.bind(4, copying: group.namespace)
        question.bind(5, copying: group.machine)
        if let start = group.leaderStart { question.bind(6, start) }
        guard try question.step() else { return nil }
        return (question.integer(0), question.string(1) ?? "", question.string(2) ?? "")
    }

    /// Lets a run go on in another group when nobody of its own lives.
    ///
    /// Somebody may have given a name to the runs of every night. A claim of tonight counts while
    /// the group of its run lives, and must not be taken for one of last night.
    private static func takeOver(
        _ run: Int64, by group: ProcessGroup, in checkpoint: Checkpoint
    ) throws(Failure) {
        let question = try Statement(
            checkpoint.database,
            """
            SELECT machine, boot, namespace, process_group, leader_start FROM runs
            WHERE number = ?1
            """)
        question.bind(1, run)
        guard try question.step() else { return }
        let earlier = ProcessGroup(question, from: 0)
        question.reset()
        guard earlier != group, earlier.isAlive(seenFrom: group) == false else { return }
        // What the earlier group had in work is free, and not this one's.
        try Claims.sweep(checkpoint)
        let change = try Statement(
            checkpoint.database,
            """
            UPDATE runs SET machine = ?2, boot = ?3, namespace = ?4, process_group = ?5,
              leader_start = ?6
            WHERE number = ?1
            """)
        change.bind(1, run)
        change.bind(2, copying: group.machine)
        change.bind(3, copying: group.boot)
        change.bind(4, copying: group.namespace)
        change.bind(5, Int64(group.number))
        if let start = group.leaderStart { change.bind(6, start) }
        try change.run()
    }

    /// `20260115T020000Z-4711-3fa209c1`: when, which group, and something for two in one second.
    static func freshID(_ now: String, _ group: ProcessGroup) -> String {
        let time = now.prefix(19).filter { $0 != "-" && $0 != ":" }
        let chance = String(UInt32.random(in: .min ... .max), radix: 16)
        let padding = String(repeating: "0", count: 8 - chance.count)
        return "\(time)Z-\(group.number)-\(padding)\(chance)"
    }

    /// Notes what a program of the run did, when it ends.
    ///
    /// The worst exit status and the largest memory of all programs count.
    func note(
        exit status: Int32, counts: [String: Int], in checkpoint: Checkpoint
    ) throws(Failure) {
        let change = try Statement(
            checkpoint.database,
            """
            UPDATE runs SET finished_at = ?2, exit_status = max(ifnull(exit_status, 0), ?3),
              max_memory = max(ifnull(max_memory, 0), ?4)
            WHERE number = ?1
            """)
        change.bind(1, number)
        change.bind(2, copying: checkpoint.now)
        change.bind(3, Int64(status))
        change.bind(4, Run.memory)
        try change.run()
        let addition = try Statement(
            checkpoint.database,
            """
            UPDATE runs SET counts = json_set(ifnull(counts, '{}'), ?2,
              ifnull(json_extract(counts, ?2), 0) + ?3)
            WHERE number = ?1
            """)
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) where count > 0 {
            addition.bind(1, number)
            addition.bind(2, copying: "$.\"\(name)\"")
            addition.bind(3, Int64(count))
            try addition.run()
        }
    }

    /// The most memory that this process had, in bytes.
    private static var memory: Int64 {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Int64(usage.ru_maxrss) * 1024
    }
}

extension ProcessGroup {
    /// Reads the group of a run off a row: machine, boot, namespace, number and start, from that
    /// column on.
    package init(_ row: borrowing Statement, from column: Int32) {
        self.init(
            machine: row.string(column) ?? "", boot: row.string(column + 1) ?? "",
            namespace: row.string(column + 2) ?? "",
            number: Int32(truncatingIfNeeded: row.integer(column + 3)),
            leaderStart: unsafe row.text(column + 4) == nil ? nil : row.integer(column + 4))
    }
}
