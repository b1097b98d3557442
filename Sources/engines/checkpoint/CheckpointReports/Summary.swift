// Summary: the state of a checkpoint, from counts that are kept as rows change.
public import Checkpoint
import Records

/// The open and the recent work of a checkpoint, and what an operator should look at.
public struct Summary: Sendable {
    /// The spans of time and the hints of a summary.
    public struct Scope: Sendable {
        /// The span that counts as lately, in seconds.
        public var last = 86_400.0
        /// The days before a purge in which a recording counts.
        public var purgeDays = 14
        /// The age in seconds from which on a waiting recording counts.
        public var age = 604_800.0
        /// The age in seconds of the end of the last whole list from which on it is overdue.
        public var listAge = 129_600.0
        /// A hint how to see the failures; empty for none.
        public var failureHint = ""

        /// A day, two weeks, a week, 36 hours.
        public init() {}
    }

    /// One stage.
    package struct Line: Sendable {
        package let stage: Stage
        /// By status; calls in work count as `processing`.
        var counts: [Status: Int] = [:]
        var recent = 0
        package var perHour = 0.0
        /// The start of the oldest call that waits.
        var oldest: String?
        /// The time when the oldest call that waits first came by.
        var oldestSeen: String?

        package var open: Int {
            [Status.pending, .queued, .processing].reduce(0) { $0 + (counts[$1] ?? 0) }
        }
    }

    /// A finding that an operator should look at.
    package struct Alert: Sendable {
        package let name: String
        package let stage: Stage?
        package let count: Int
        package let message: String
    }

    /// The time of the summary.
    let now: Timestamp
    let scope: Scope
    package private(set) var lines: [Line] = []
    /// Recordings that the service purges soon and that are not fetched.
    var purgeSoon = 0
    var held = 0
    var failures: [(stage: String, kind: String, count: Int)] = []
    var lastRun: RunList.Listed?
    package private(set) var alerts: [Alert] = []

    /// True when there is an alert.
    public var hasAlerts: Bool { !alerts.isEmpty }

    /// Reads the summary, all from one moment.
    ///
    /// - Parameters:
    ///   - scope: The spans of time.
    ///   - checkpoint: The open file.
    /// - Throws: `Failure` of scope `stop`.
    public init(_ scope: Scope, of checkpoint: Checkpoint) throws {
        let summary = try checkpoint.transaction {
            try checkpoint.begin()
            var summary = Summary(scope, at: Timestamp(checkpoint.now) ?? .now)
            let counting = try Counting(checkpoint, scope, summary.now)
            summary.lines = try counting.lines()
            summary.purgeSoon = try counting.purgeSoon()
            summary.held = try counting.held()
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
        let lately = "in the last \(Summary.days(scope.last))"
        add(
            "purge_soon", purgeSoon,
            "the service purges them within \(scope.purgeDays) days or was to do so before, "
                + "and they are not fetched")
        for (source, end) in try counting.overdueLists() {
            add(
                "list_overdue", 1,
                "\(source) was last listed whole up to \(end), more than "
                    + "\(Summary.days(scope.listAge)) ago; the calls since then are not known")
        }
        for line in lines {
            add(
                "pending_old", try counting.pendingOld(line.stage), of: line.stage,
                "they wait and are older than \(Summary.days(scope.age)), "
                    + "the oldest from \(line.oldest ?? "")")
        }
        let hint = scope.failureHint.isEmpty ? "" : "; \(scope.failureHint)"
        add(
            "failures", try counting.newFailures(),
            "they failed for good \(lately)\(hint)")
        let before = now.adding(seconds: -scope.last).text
        for line in lines where line.recent == 0 {
            // A call that came only just now cannot be done yet.
            guard let seen = line.oldestSeen, seen < before else { continue }
            add(
                "stalled", line.open, of: line.stage,
                "they wait, and nothing was completed \(lately)")
        }
        add(
            "leases_lost", try counting.errors("kind = 'lease'") + (try counting.deadLeases()),
            "their run ended without an outcome \(lately)")
        return alerts
    }

    /// `24 h`, `7 days`.
    static func days(_ seconds: Double) -> String {
        let hours = Int(seconds / 3600)
        if hours < 1 { return "\(Int(seconds)) s" }
        return hours > 24 && hours % 24 == 0 ? "\(hours / 24) days" : "\(hours) h"
    }
}
