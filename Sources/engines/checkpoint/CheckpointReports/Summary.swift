// Summary: how a checkpoint stands, from counts that are kept as rows change.
public import Checkpoint
import Records

/// What there is to do, what was done lately, and what somebody should look at.
public struct Summary: Sendable {
    /// What is asked for.
    public struct Scope: Sendable {
        /// The time that counts as lately, in seconds.
        public var last = 86_400.0
        /// Recordings that the service purges within so many days are told of.
        public var purgeDays = 14
        /// Recordings that wait and are older than so many seconds are told of.
        public var age = 604_800.0

        /// A day, two weeks, a week.
        public init() {}
    }

    /// One stage.
    struct Line: Sendable {
        let stage: Stage
        /// By status, those in work taken out of the others.
        var counts: [Status: Int] = [:]
        var recent = 0
        var perHour = 0.0
        /// When the oldest call that waits began.
        var oldest: String?
        /// When the oldest call that waits came by first.
        var oldestSeen: String?

        var open: Int {
            [Status.pending, .queued, .processing].reduce(0) { $0 + (counts[$1] ?? 0) }
        }
    }

    /// Something that somebody should look at.
    struct Alert: Sendable {
        let name: String
        let stage: Stage?
        let count: Int
        let message: String
    }

    /// The moment that it tells of.
    let now: Timestamp
    let scope: Scope
    var lines: [Line] = []
    /// Recordings that the service purges soon and that are not fetched.
    var purgeSoon = 0
    var held = 0
    var failures: [(stage: String, kind: String, count: Int)] = []
    var lastRun: RunList.Listed?
    var alerts: [Alert] = []

    /// Whether there is an alert.
    public var hasAlerts: Bool { !alerts.isEmpty }

    /// Reads it, all of one moment.
    ///
    /// - Parameters:
    ///   - scope: What is asked for.
    ///   - checkpoint: The open file.
    /// - Throws: `Failure` of scope `stop`.
    public init(_ scope: Scope, of checkpoint: Checkpoint) throws {
        let summary = try checkpoint.transaction {
            try checkpoint.begin()
            var summary = Summary(scope, at: Timestamp(checkpoint.now) ?? .now)
            let counting = try Counting(checkpoint, scope, summary.now)
            summary.lines = try counting.lines()
            summary.purgeSoon = try counting.purgeSoon()
            summary.held = try counting.count(
                "SELECT count(*) FROM holds WHERE released_at IS NULL")
            summary.failures = try counting.failures()
            summary.lastRun = try RunList(checkpoint).last()
            summary.alerts = try summary.findAlerts(counting)
            return summary
        }
        self = summary
    }

    private init(_ scope: Scope, at now: Timestamp) {
        self.scope = scope
        self.now = now
    }

    private func findAlerts(_ counting: Counting) throws(Failure) -> [Alert] {
        var alerts: [Alert] = []
        func add(_ name: String, _ count: Int, of stage: Stage? = nil, _ message: String) {
            if count > 0 {
                alerts.append(Alert(name: name, stage: stage, count: count, message: message))
            }
        }
        add(
            "purge_soon", purgeSoon,
            "the service purges them within \(scope.purgeDays) days or was to do so before, "
                + "and they are not fetched")
        for line in lines {
            add(
                "pending_old", try counting.pendingOld(line.stage), of: line.stage,
                "they wait and are older than \(Summary.days(scope.age)), "
                    + "the oldest from \(line.oldest ?? "")")
        }
        add(
            "failures", try counting.errors("severity = 'error'"),
            "they failed for good in the last \(Summary.days(scope.last)); "
                + "see state-show --status failed --fields id,error")
        let before = now.adding(seconds: -scope.last).text
        for line in lines where line.recent == 0 {
            // What came only just now cannot be done yet.
            guard let seen = line.oldestSeen, seen < before else { continue }
            add(
                "stalled", line.open, of: line.stage,
                "they wait, and nothing was completed in the last \(Summary.days(scope.last))")
        }
        add(
            "leases_lost", try counting.errors("category = 'lease'") + (try counting.deadLeases()),
            "their run ended without an outcome in the last \(Summary.days(scope.last))")
        return alerts
    }

    /// `24 h`, `7 days`.
    static func days(_ seconds: Double) -> String {
        let hours = Int(seconds / 3600)
        if hours < 1 { return "\(Int(seconds)) s" }
        return hours > 24 && hours % 24 == 0 ? "\(hours / 24) days" : "\(hours) h"
    }
}
