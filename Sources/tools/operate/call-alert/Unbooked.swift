// Unbooked: alerts while the checkpoint, which is their book, cannot be opened.
import AlertService
import Alerts
import Files
import Filter
import Records
import System

/// Tells alerts without a book: at most every 30 minutes, which a file in the runtime directory says.
struct Unbooked {
    private static let pause = 1800.0
    private let options: Options<ToolOptions>
    private let report: Report
    private let channels: Channels
    private let writer: Writer

    init(
        _ options: Options<ToolOptions>, _ report: Report, _ channels: Channels, _ writer: Writer
    ) {
        self.options = options
        self.report = report
        self.channels = channels
        self.writer = writer
    }

    /// Tells what holds, and that the checkpoint cannot be used, which is among the findings.
    nonisolated(nonsending) func tell(_ findings: [Evaluation]) async throws {
        let firing = findings.filter { $0.outcome == .holds }
        for finding in firing {
            if report.isForPeople {
                try report.write(["\(finding.rule.name): \(finding.message)"])
            } else {
                try report.write(finding.json)
            }
        }
        try report.flush()
        let stamp = try RuntimeDirectory.path(options.environment) + "/alerts-unbooked"
        let now = Timestamp.now
        if let last = Unbooked.time(in: stamp) {
            let passed = now.seconds - last.seconds
            if passed >= 0, passed < Unbooked.pause { return }
        }
        let notice = writer.notice(unbooked: firing, id: "callpipe-unbooked-\(now.milliseconds)")
        var isTold = false
        for (_, failure) in channels.unusable { report.fail(failure) }
        for channel in channels.usable {
            do throws(Failure) {
                _ = try await channel.tell(notice)
                isTold = true
            } catch {
                report.fail(error)
            }
        }
        guard isTold else { return }
        do throws(SystemError) {
            try StagedFile.write(Array(now.text.utf8), to: stamp, mode: 0o600)
        } catch {
            report.fail(Failure(.item, .storage, "write \(stamp): \(error.reason)"))
        }
    }

    private static func time(in path: String) -> Timestamp? {
        guard let bytes = try? Descriptor.contents(of: path, atMost: 64) else { return nil }
        return Timestamp(String(decoding: bytes, as: UTF8.self))
    }
}
