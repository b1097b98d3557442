// Progress: on a terminal, one line that says how far the work is.
internal import Glibc
import Records
internal import Synchronization
internal import System

/// Counts what happens and, on a terminal, shows it.
final class Progress: Sendable {
    private struct Counts {
        var records = 0
        var failed = 0
        var rejected = 0
        var taken = 0
        var bytes = 0
        var fraction: Double?
        var waitEnds: Double?
        var waitReason = ""
        var lastShown = 0.0
    }

    private let counts = Mutex(Counts())
    private let started = Progress.seconds
    private let log: Log
    /// True when lines are drawn at all.
    let isShown: Bool

    init(log: Log, isShown: Bool) {
        self.log = log
        self.isShown = isShown
    }

    func passed() { update { $0.records += 1 } }

    func failed() {
        update {
            $0.records += 1
            $0.failed += 1
        }
    }

    func rejected() { update { $0.rejected += 1 } }
    func taken() { update { $0.taken += 1 } }
    func reached(_ fraction: Double) { update { $0.fraction = min(max(fraction, 0), 1) } }
    func moved(_ bytes: Int) { update { $0.bytes += bytes } }

    func waits(seconds: Double, for reason: String) {
        update(isNews: true) {
            $0.waitEnds = Progress.seconds + seconds
            $0.waitReason = reason
        }
    }

    /// Records that failed and lines that are none.
    var failures: Int { counts.withLock { $0.failed + $0.rejected } }

    /// True when the summary is for every user: on a terminal, and where work was not done again.
    var isNews: Bool { isShown || counts.withLock { $0.taken > 0 } }

    /// `12 records, 1 failed, 2 taken from the disk, 3.4 MB in 5 s`.
    var summary: String {
        counts.withLock { counts in
            var parts = ["\(counts.records) record\(counts.records == 1 ? "" : "s")"]
            if counts.failed > 0 { parts.append("\(counts.failed) failed") }
            if counts.rejected > 0 { parts.append("\(counts.rejected) rejected") }
            if counts.taken > 0 { parts.append("\(counts.taken) taken from the disk") }
            if counts.bytes > 0 { parts.append(Progress.size(counts.bytes)) }
            return parts.joined(separator: ", ")
                + " in \(Progress.span(Progress.seconds - started))"
        }
    }

    /// Draws the line anew, so that a wait is seen to run down.
    func tick() { update(isNews: true) { _ in } }

    /// Wipes the line for good.
    func hide() {
        if isShown { log.endProgress() }
    }

    private func update(isNews: Bool = false, _ change: (inout Counts) -> Void) {
        let line: String? = counts.withLock { counts in
            change(&counts)
            guard isShown else { return nil }
            let now = Progress.seconds
            guard isNews || now - counts.lastShown >= 0.1 else { return nil }
            counts.lastShown = now
            return text(counts, now)
        }
        if let line { log.show(progress: line) }
    }

    private func text(_ counts: Counts, _ now: Double) -> String {
        let spent = max(now - started, 0.001)
        var parts = ["\(counts.records) records"]
        if counts.failed > 0 { parts.append("\(counts.failed) failed") }
        if counts.bytes > 0 {
            parts.append(Progress.size(counts.bytes))
            parts.append("\(Progress.size(Int(Double(counts.bytes) / spent)))/s")
        } else {
            parts.append("\(Int(Double(counts.records) / spent))/s")
        }
        if let fraction = counts.fraction, fraction > 0 {
            parts.append("\(Int(fraction * 100)) %")
            parts.append("\(Progress.span(spent / fraction * (1 - fraction))) left")
        }
        if let ends = counts.waitEnds, ends > now {
            parts.append("waiting \(Progress.span(ends - now)): \(counts.waitReason)")
        }
        return parts.joined(separator: ", ")
    }

    private static func size(_ bytes: Int) -> String {
        var value = Double(bytes)
        for unit in ["B", "kB", "MB", "GB"] {
            if value < 1000 { return unit == "B" ? "\(Int(value)) B" : "\(tenths(value)) \(unit)" }
            value /= 1000
        }
        return "\(tenths(value)) TB"
    }

    /// `1 h 5 min`, `2 min 3 s`, `4 s`; a service may ask for any number of seconds.
    static func span(_ seconds: Double) -> String {
        let whole = seconds.isNaN ? 0 : Int(min(max(seconds, 0), 1e9).rounded(.up))
        if whole >= 3600 { return "\(whole / 3600) h \(whole / 60 % 60) min" }
        return whole >= 60 ? "\(whole / 60) min \(whole % 60) s" : "\(whole) s"
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static var seconds: Double { SystemClock.seconds }
}
