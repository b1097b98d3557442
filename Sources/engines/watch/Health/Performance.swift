// Performance: the rates and times of the last hour.
import CheckpointFigures
import Checks
import Records

/// The figures of the last hour that tell how fast the work goes.
struct Performance {
    private let figures: CheckpointView.Figures

    init(_ figures: CheckpointView.Figures) {
        self.figures = figures
    }

    /// The part of the attempts that failed, in percent.
    static func errorRate(errors: Int, done: Int) -> Double {
        errors + done > 0 ? Double(errors) * 100 / Double(errors + done) : 0
    }

    /// The members of row 4.4, and percentiles; a mean without any work is null.
    var json: JSON {
        let times = figures.times.all
        func milliseconds(_ seconds: Double?) -> JSON {
            seconds.map { .double(($0 * 1000).rounded()) } ?? .null
        }
        let done = figures.queue.completedLastHour
        return .members([
            "avg_response_time_ms": milliseconds(times.mean),
            "p50_ms": milliseconds(times.percentile(0.5)),
            "p95_ms": milliseconds(times.percentile(0.95)),
            "requests_per_minute": .double(Figure.rounded(Double(done) / 60)),
            "error_rate": .double(
                Figure.rounded(
                    Performance.errorRate(errors: figures.errors.lastHour, done: done) / 100)),
        ])
    }
}
