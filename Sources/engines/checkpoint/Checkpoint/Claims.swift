// Claims: who works on which record, so that nobody else does.
package import Records

/// The leases of a checkpoint, and the claim under which this process takes its own.
///
/// A lease marks a record as in work until its stage is marked. It counts while a process of the
/// claimant's group lives, and at most for as long as the claim is renewed by records that pass a
/// mark; what ends without a word leaves nothing behind that would have to be cleaned by hand.
package final class Claims {
    /// How long a lease lasts when nothing else is said.
    static let usualSeconds = 1800.0
    /// A claim that nobody needs to renew for a while yet is left alone: half of its time.
    private static let share = 0.5

    private let checkpoint: Checkpoint
    private let stage: Stage
    private let seconds: Double
    private var number: Int64?
    private var renewAt = ""
    /// The transaction in which the claim was seen last.
    private var transaction = 0
    private let addition: Statement
    private let renewal: Statement

    /// Gets ready to take leases for a stage.
    ///
    /// - Parameters:
    ///   - stage: The stage that is to be done; marking it ends the lease.
    ///   - checkpoint: The open file.
    ///   - seconds: How long a lease lasts unless it is renewed; positive.
    /// - Throws: `Failure` of scope `stop`.
    init(
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
        renewal = try Statement(
            checkpoint.database, "UPDATE claims SET until = ?2 WHERE number = ?1")
    }

    /// Takes a record that ``isFree(from:)`` says is free; inside a transaction.
    func take(_ call: Int64) throws(Failure) {
        let claim = try ownNumber()
        addition.bind(1, call)
        addition.bind(2, claim)
        addition.bind(3, copying: checkpoint.now)
        try addition.run()
    }

    /// This process's claim, begun when it is first needed and renewed while it takes more.
    func ownNumber() throws(Failure) -> Int64 {
        try checkpoint.begin()
        if let number, try isThere(number) {
            if checkpoint.now > renewAt { try renew(number) }
            return number
        }
        try Claims.sweep(checkpoint)
        let insertion = try Statement(
            checkpoint.database,
            """
            INSERT INTO claims(run, stage, since, until, seconds, number)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """)
        insertion.bind(1, try checkpoint.run().number)
        insertion.bind(2, copying: stage.rawValue)
        insertion.bind(3, copying: checkpoint.now)
        insertion.bind(4, copying: moment(after: seconds))
        insertion.bind(5, seconds)
        // Never given out again: whoever was too slow must not take another's for its own.
        let claim = Int64.random(in: 1 ... .max)
        insertion.bind(6, claim)
        try insertion.run()
        number = claim
        transaction = checkpoint.transactions
        renewAt = moment(after: seconds * Claims.share)
        return claim
    }

    /// Whether the claim is there still: when its time was up, others may have dropped it.
    private func isThere(_ claim: Int64) throws(Failure) -> Bool {
        if transaction == checkpoint.transactions { return true }
        transaction = checkpoint.transactions
        let found = "SELECT 1 FROM claims WHERE number = \(claim)"
        return try checkpoint.database.value(found) != nil
    }

    private func renew(_ claim: Int64) throws(Failure) {
        renewal.bind(1, claim)
        renewal.bind(2, copying: moment(after: seconds))
        try renewal.run()
        renewAt = moment(after: seconds * Claims.share)
    }

    private func moment(after seconds: Double) -> String {
        Timestamp(checkpoint.now)?.adding(seconds: seconds).text ?? checkpoint.now
    }

    /// The claim that has a record in work; `nil` when it is free.
    ///
    /// Dead claims are swept when this process begins to claim, and asked about again here: a pipe
    /// may be killed while this one works.
    func isFree(from claim: Int64) throws(Failure) -> Bool {
        if claim == number { return true }
        return try !Claims.isAlive(claim, checkpoint)
    }

    /// Whether nobody else has a record in work.
    func isFree(call: Int64) throws(Failure) -> Bool {
        let holder = try checkpoint.database.value("SELECT claim FROM leases WHERE call = \(call)")
        guard let claim = holder.flatMap({ Int64($0) }) else { return true }
        return try isFree(from: claim)
    }
}

extension Claims {
    /// Whether a claim holds its records still.
    static func isAlive(_ claim: Int64, _ checkpoint: Checkpoint) throws(Failure) -> Bool {
        try all(checkpoint, where: "m.number = \(claim)").first.map { $0.isAlive(checkpoint) }
            ?? false
    }

    /// The claims that hold their records still.
    package static func living(_ checkpoint: Checkpoint) throws(Failure) -> [Int64] {
        try all(checkpoint, where: "true").filter { $0.isAlive(checkpoint) }.map(\.number)
    }

    /// The id of the run whose lease on a call still counts; `nil` when nobody has it in work.
    package static func leaseOwner(of call: Int64, _ checkpoint: Checkpoint) throws(Failure)
        -> String?
    {
        let question = try Statement(
            checkpoint.database,
            """
            SELECT l.claim, r.id FROM leases AS l JOIN claims AS m ON m.number = l.claim
            JOIN runs AS r ON r.number = m.run WHERE l.call = ?1
            """)
        question.bind(1, call)
        guard try question.step() else { return nil }
        let (claim, run) = (question.integer(0), question.string(1) ?? "")
        question.reset()
        return try isAlive(claim, checkpoint) ? run : nil
    }

    /// How many records somebody has in work; may be asked outside of a transaction.
    package static func countInWork(_ checkpoint: Checkpoint) throws(Failure) -> Int {
        let claims = try living(checkpoint).map(String.init).joined(separator: ", ")
        let count = try checkpoint.database.value(
            "SELECT count(*) FROM leases WHERE claim IN (\(claims))")
        return count.flatMap { Int($0) } ?? 0
    }

    /// Drops the claims whose pipe is gone or whose time is up, with their leases; inside a
    /// transaction.
    ///
    /// Each lost lease is noted among the errors, so that a record's history tells it.
    package static func sweep(_ checkpoint: Checkpoint) throws(Failure) {
        // A loop in a shell leaves many claims of one group and length; that is asked about once.
        var groups: [ProcessGroup: Bool] = [:]
        var latest: [Double: String] = [:]
        for claim in try all(checkpoint, where: "true") {
            let isAlive = groups[claim.group] ?? claim.isGroupAlive(checkpoint)
            groups[claim.group] = isAlive
            if isAlive && claim.until > checkpoint.now {
                let end = latest[claim.seconds] ?? claim.latestEnd(checkpoint)
                latest[claim.seconds] = end
                if claim.until > end { try claim.shorten(to: end, checkpoint) }
            } else {
                try claim.drop(checkpoint)
            }
        }
    }

    /// A row of the table of claims, with the group that it belongs to.
    private struct Claim {
        let number: Int64
        let since: String
        let until: String
        let seconds: Double
        let group: ProcessGroup

        func isAlive(_ checkpoint: Checkpoint) -> Bool {
            until > checkpoint.now && isGroupAlive(checkpoint)
        }

        /// Where that cannot be told, only the time says that a lease is over.
        func isGroupAlive(_ checkpoint: Checkpoint) -> Bool {
            group.isAlive(seenFrom: checkpoint.processGroup) != false
        }

        /// When it ends at the latest, had it been renewed now.
        func latestEnd(_ checkpoint: Checkpoint) -> String {
            Timestamp(checkpoint.now)?.adding(seconds: seconds).text ?? until
        }

        /// A clock that was set back must not make a lease last longer than it was meant to.
        func shorten(to end: String, _ checkpoint: Checkpoint) throws(Failure) {
            let change = try Statement(
                checkpoint.database,
                "UPDATE claims SET since = min(since, ?2), until = ?3 WHERE number = ?1")
            change.bind(1, number)
            change.bind(2, copying: checkpoint.now)
            change.bind(3, copying: end)
            try change.run()
        }

        func drop(_ checkpoint: Checkpoint) throws(Failure) {
            try checkpoint.database.execute(
                """
                INSERT INTO errors(time, stage, severity, category, message, call_id, run)
                  SELECT '\(checkpoint.now)', m.stage, 'info', 'lease',
                    'run ' || r.id || ' ended without an outcome', c.id, r.id
                  FROM leases AS l JOIN claims AS m ON m.number = l.claim
                  JOIN runs AS r ON r.number = m.run JOIN calls AS c ON c.number = l.call
                  WHERE l.claim = \(number)
                  ON CONFLICT DO NOTHING;
                DELETE FROM leases WHERE claim = \(number);
                DELETE FROM claims WHERE number = \(number);
                """)
        }
    }

    private static func all(
        _ checkpoint: Checkpoint, where condition: String
    ) throws(Failure) -> [Claim] {
        let question = try Statement(
            checkpoint.database,
            """
            SELECT m.number, m.since, m.until, m.seconds, r.machine, r.boot, r.namespace,
              r.process_group, r.leader_start
            FROM claims AS m JOIN runs AS r ON r.number = m.run WHERE \(condition)
            """)
        var claims: [Claim] = []
        while try question.step() {
            claims.append(
                Claim(
                    number: question.integer(0), since: question.string(1) ?? "",
                    until: question.string(2) ?? "", seconds: question.number(3),
                    group: ProcessGroup(question, from: 4)))
        }
        return claims
    }
}
