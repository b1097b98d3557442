// Claims: the leases that mark records as in work, so that no other process takes them.
internal import Glibc
package import Records
internal import System

/// The leases of a checkpoint, and the claim under which this process takes its own.
///
/// A lease marks a record as in work until its stage is marked. It counts while a process of the
/// claimant's group lives, and at most for the time of the claim, which the records that pass a mark
/// renew. A killed pipe leaves nothing behind that an operator has to clean up.
package final class Claims {
    /// The time of a lease in seconds, unless another is named.
    static let usualSeconds = 1800.0
    /// A claim is renewed once half of its time is over.
    private static let share = 0.5

    private let checkpoint: Checkpoint
    private let stage: Stage
    private let seconds: Double
    package private(set) var number: Int64?
    private var renewAt = ""
    /// The transaction in which the claim was last seen.
    private var transaction = 0
    /// The answers about other processes' claims, kept for one transaction.
    private var asked: (transaction: Int, answers: [Int64: Bool]) = (0, [:])
    private let addition: Statement
    private let presence: Statement
    private let renewal: Statement

    /// Prepares to take leases for a stage.
    ///
    /// - Parameters:
    ///   - stage: The stage that is to be done; its mark ends the lease.
    ///   - checkpoint: The open file.
    ///   - seconds: The time of a lease without renewal; positive.
    /// - Throws: `Failure` of scope `stop`.
    package init(
        for stage: Stage, in checkpoint: Checkpoint, lasting seconds: Double?
    ) throws(Failure) {
        self.checkpoint = checkpoint
        self.stage = stage
        self.seconds = seconds ?? Claims.usualSeconds
        addition = try Statement(
            checkpoint.database,
            """
            INSERT INTO leases(call, claim, since) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET claim = excluded.claim, since = excluded.since
            """)
        presence = try Statement(checkpoint.database, "SELECT 1 FROM claims WHERE number = ?1")
        renewal = try Statement(
            checkpoint.database, "UPDATE claims SET until = ?2 WHERE number = ?1")
    }

    /// Takes a record that ``isFree(from:)`` says is free; inside a transaction.
    func take(_ call: Int64) throws(Failure) {
        try addition.run(call, ownNumber(), checkpoint.now)
    }

    /// The number of this process's claim, which begins with its first use and is renewed later.
    package func ownNumber() throws(Failure) -> Int64 {
        try checkpoint.begin()
        if let number, try isThere(number) {
            if checkpoint.now > renewAt {
                try renewal.run(number, moment(after: seconds))
                renewAt = moment(after: seconds * Claims.share)
            }
            return number
        }
        try Claims.sweep(checkpoint)
        // Numbers are random: a process whose claim was dropped must not take another's for its own.
        let claim = Int64.random(in: 1 ... .max)
        try checkpoint.database.run(
            """
            INSERT INTO claims(run, stage, since, until, seconds, number, uptime)
            VALUES (:run, :stage, :now, :until, :seconds, :number, :uptime)
            """,
            [
                ":run": checkpoint.run().number, ":stage": stage, ":now": checkpoint.now,
                ":until": moment(after: seconds), ":seconds": seconds, ":number": claim,
                ":uptime": Boot.seconds,
            ])
        number = claim
        transaction = checkpoint.transactions
        renewAt = moment(after: seconds * Claims.share)
        return claim
    }

    /// True while the claim is there: another process may drop it when its time is up.
    private func isThere(_ claim: Int64) throws(Failure) -> Bool {
        if transaction == checkpoint.transactions { return true }
        transaction = checkpoint.transactions
        try presence.bind(claim)
        return try presence.first { _ in true } ?? false
    }

    private func moment(after seconds: Double) -> String {
        Timestamp(checkpoint.now)?.adding(seconds: seconds).text ?? checkpoint.now
    }

    /// True when the claim of a record is this process's own, or is dead.
    ///
    /// Dead claims are swept when this process begins to claim, and asked about again here, because
    /// a pipe may be killed while this one works.
    func isFree(from claim: Int64) throws(Failure) -> Bool {
        if claim == number { return true }
        if asked.transaction != checkpoint.transactions {
            asked = (checkpoint.transactions, [:])
        }
        if let isFree = asked.answers[claim] { return isFree }
        let isFree = try !Claims.isAlive(claim, checkpoint)
        asked.answers[claim] = isFree
        return isFree
    }

    /// True when no other process has a record in work.
    func isFree(call: Int64) throws(Failure) -> Bool {
        let lease = try checkpoint.database.value("SELECT claim FROM leases WHERE call = \(call)")
        guard let claim = lease.flatMap({ Int64($0) }) else { return true }
        return try isFree(from: claim)
    }
}

extension Claims {
    /// True while a claim holds its records.
    static func isAlive(_ claim: Int64, _ checkpoint: Checkpoint) throws(Failure) -> Bool {
        let workers = OwnWorkers()
        return try all(checkpoint, where: "m.number = \(claim)")
            .contains { $0.isAlive(checkpoint, among: workers) }
    }

    /// The numbers of the claims that hold their records.
    package static func living(_ checkpoint: Checkpoint) throws(Failure) -> [Int64] {
        let workers = OwnWorkers()
        return try all(checkpoint, where: "true")
            .filter { $0.isAlive(checkpoint, among: workers) }.map(\.number)
    }

    /// The id of the run that has a call in work; `nil` when the call is free.
    package static func leaseOwner(
        of call: Int64, _ checkpoint: Checkpoint
    ) throws(Failure) -> String? {
        let question = try Statement(
            checkpoint.database,
            """
            SELECT l.claim, r.id FROM leases AS l JOIN claims AS m ON m.number = l.claim
            JOIN runs AS r ON r.number = m.run WHERE l.call = ?1
            """)
        try question.bind(call)
        let lease = try question.first { row throws(Failure) in
            (claim: try row.integer(0), run: try row.text(1))
        }
        guard let lease, try isAlive(lease.claim, checkpoint) else { return nil }
        return lease.run
    }

    /// The number of records in work; outside of a transaction as well.
    package static func countInWork(_ checkpoint: Checkpoint) throws(Failure) -> Int {
        let claims = try living(checkpoint).map(String.init).joined(separator: ", ")
        return try checkpoint.database.number(
            "SELECT count(*) FROM leases WHERE claim IN (\(claims))")
    }

    /// Drops the claims whose group is gone or whose time is up, with their leases; inside a
    /// transaction.
    ///
    /// Each lost lease gets a row in the table of errors, so that a record's history has it.
    package static func sweep(_ checkpoint: Checkpoint) throws(Failure) {
        // A loop in a shell leaves many claims of one group and one length; the kernel is asked once.
        var groups: [ProcessGroup: Bool] = [:]
        var latest: [Double: String] = [:]
        let workers = OwnWorkers()
        for claim in try all(checkpoint, where: "true") {
            let isAlive = groups[claim.group] ?? claim.isGroupAlive(checkpoint)
            groups[claim.group] = isAlive
            if isAlive, claim.until > checkpoint.now,
                claim.isPipeAlive(checkpoint, among: workers)
            {
                let end = latest[claim.seconds] ?? claim.latestEnd(checkpoint)
                latest[claim.seconds] = end
                if claim.until > end { try claim.shorten(to: end, checkpoint) }
            } else {
                try claim.drop(checkpoint)
            }
        }
    }

    /// The processes of this process's group that work, asked for once, and only where a claim is of
    /// that group.
    private final class OwnWorkers {
        lazy var all = ProcessGroup.ownWorkers
    }

    /// A row of the table of claims, with the process group of its run.
    private struct Claim {
        let number: Int64
        let until: String
        let seconds: Double
        let group: ProcessGroup
        /// The seconds from the boot to the claim.
        let uptime: Double

        func isAlive(_ checkpoint: Checkpoint, among workers: OwnWorkers) -> Bool {
            until > checkpoint.now && isGroupAlive(checkpoint)
                && isPipeAlive(checkpoint, among: workers)
        }

        /// False when the claim is of an earlier pipe of this process's own group.
        ///
        /// Without job control, all pipes of a script are one group, one after the other. The pipe
        /// of a claim has ended when no process of the group that works is older than the claim.
        func isPipeAlive(_ checkpoint: Checkpoint, among workers: OwnWorkers) -> Bool {
            guard group == checkpoint.processGroup, group.number == getpgrp() else { return true }
            return workers.all.contains { $0.startSeconds <= uptime + Claim.tick }
        }

        /// The kernel tells the start of a process in hundredths of a second.
        private static let tick = 0.02

        /// True also where that cannot be told: then only the time ends the lease.
        func isGroupAlive(_ checkpoint: Checkpoint) -> Bool {
            group.isAlive(seenFrom: checkpoint.processGroup) != false
        }

        /// The end of the claim if it were renewed now.
        func latestEnd(_ checkpoint: Checkpoint) -> String {
            Timestamp(checkpoint.now)?.adding(seconds: seconds).text ?? until
        }

        /// Ends a claim earlier: a clock that was set back must not make a lease last longer.
        func shorten(to end: String, _ checkpoint: Checkpoint) throws(Failure) {
            try checkpoint.database.run(
                "UPDATE claims SET since = min(since, ?2), until = ?3 WHERE number = ?1", number,
                checkpoint.now, end)
        }

        func drop(_ checkpoint: Checkpoint) throws(Failure) {
            try checkpoint.database.execute(
                """
                INSERT INTO errors(time, stage, severity, category, kind, message, call_id, run)
                  SELECT '\(checkpoint.now)', m.stage, 'LOW', 'PROCESSING', 'lease',
                    'run ' || r.id || ' ended without an outcome', c.id, r.id
                  FROM leases AS l JOIN claims AS m ON m.number = l.claim
                  JOIN runs AS r ON r.number = m.run JOIN calls AS c ON c.number = l.call
                  WHERE l.claim = \(number)
                  ON CONFLICT DO NOTHING;
                UPDATE runs SET open_programs = max(open_programs, 1)
                  WHERE number = (SELECT run FROM claims WHERE number = \(number))
                    AND EXISTS (SELECT 1 FROM leases WHERE claim = \(number));
                DELETE FROM leases WHERE claim = \(number);
                DELETE FROM claims WHERE number = \(number);
                """)
        }
    }

    private static func all(
        _ checkpoint: Checkpoint, where condition: String
    ) throws(Failure) -> [Claim] {
        try Statement(
            checkpoint.database,
            """
            SELECT m.number, m.until, m.seconds, r.machine, r.boot, r.namespace, r.process_group,
              r.leader_start, m.uptime
            FROM claims AS m JOIN runs AS r ON r.number = m.run WHERE \(condition)
            """
        ).all { row throws(Failure) in
            Claim(
                number: try row.integer(0), until: try row.text(1),
                seconds: try row.number(2) ?? 0, group: try ProcessGroup(row, from: 3),
                uptime: try row.number(8) ?? .infinity)
        }
    }
}
