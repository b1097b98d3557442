// RestoreLines: the results of a restore and of a test of one, for people.
import Checkpoint
import Records

extension Restore {
    /// The result for people, one fact a line.
    public var lines: [String] {
        var lines = ["restored  \(path)", "from      \(backup)", "holds     \(calls) calls"]
        if let manifest { lines.append("as of     \(manifest.started)") }
        if let kept { lines.append("kept      \(kept)") }
        return lines
    }
}

extension RestoreTest {
    /// The result for people, one fact a line.
    public var lines: [String] {
        [
            "backup          \(backup)", "holds           \(calls) calls",
            "recovery time   " + RestoreTest.line(time, objectives.time),
            "recovery point  " + RestoreTest.line(point, objectives.point),
        ]
    }

    private static func line(_ found: Double, _ allowed: Double) -> String {
        "\(span(found)) of \(span(allowed)): \(found <= allowed ? "met" : "NOT MET")"
    }

    /// `3.2 s`, `12 min`, `2 h`, `3 d`: in the largest unit of which there are two.
    private static func span(_ seconds: Double) -> String {
        if seconds < 120 { return "\((seconds * 10).rounded() / 10) s" }
        if seconds < 7200 { return "\(Int(seconds / 60)) min" }
        return seconds < 172_800 ? "\(Int(seconds / 3600)) h" : "\(Int(seconds / 86_400)) d"
    }
}
