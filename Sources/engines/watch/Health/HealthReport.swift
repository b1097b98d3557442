// HealthReport: health as one JSON object, in the shape of the systems that callpipe replaces.
import Checkpoint
import CheckpointFigures
public import Checks
internal import Machine
public import Records
internal import System

/// The health of an archive.
public struct HealthReport: Sendable {
    /// The time of the look.
    public let now: Timestamp
    /// The checks in their order.
    public let checks: [CheckResult]
    /// The checkpoint and the outside services.
    public let services: [ServiceHealth]
    let scene: Scene
    let view: CheckpointView

    /// The worst verdict of checks and services.
    public var verdict: CheckResult.Verdict {
        (checks + services.map(\.result)).worst
    }

    /// Looks at an archive.
    ///
    /// - Parameters:
    ///   - scene: The places.
    ///   - names: The checks to make; `nil` for all of them and the services.
    ///   - more: Results that others found, such as those of certificates.
    public init(_ scene: Scene, checking names: [HealthCheck]? = nil, and more: [CheckResult] = [])
    {
        let view = CheckpointView(scene)
        let checking = HealthChecks(scene, view)
        self.scene = scene
        self.view = view
        now = view.now
        checks = (names ?? HealthCheck.allCases).map(checking.result) + more
        let database = checks.first { $0.name == "database" } ?? checking.result(of: .database)
        let all = view.services(scene, database)
        // With chosen checks the services are shown by `--service` alone.
        services = names == nil ? all : []
    }

    private init(_ whole: HealthReport, only service: ServiceHealth) {
        (now, scene, view) = (whole.now, whole.scene, whole.view)
        checks = []
        services = [service]
    }

    /// The same of one service alone.
    ///
    /// One that nothing is known of has the verdict ``CheckResult/Verdict/unknown``.
    public func only(_ name: String) -> HealthReport {
        let found = services.first { $0.name == name } ?? ServiceHealth(unchecked: name)
        return HealthReport(self, only: found.mattering)
    }

    /// The object of row 4.3, and `checks`.
    public var json: JSON {
        let figures = try? view.figures.get()
        return .members([
            "status": .string(verdict.word), "timestamp": .string(now.text),
            "services": services.isEmpty
                ? nil : .object(services.map { JSON.Member($0.name, $0.json) }),
            "queue": figures.map { HealthReport.queue($0.queue) } ?? .null,
            "errors": figures.map {
                .members([
                    "last_hour": .int($0.errors.lastHour),
                    "critical_count": .int($0.errors.critical), "buffer_size": .int(0),
                ])
            } ?? .null,
            "environment": environment, "resources": resources,
            "checks": checks.isEmpty
                ? nil : .object(checks.map { JSON.Member($0.name, $0.json) }),
        ])
    }

    private static func queue(_ queue: QueueFigures) -> JSON {
        .members([
            "pending": .int(queue.pending), "processing": .int(queue.processing),
            "failed": .int(queue.failed), "completed_last_hour": .int(queue.completedLastHour),
            "stages": .object(
                queue.lines.map { line in
                    JSON.Member(
                        line.stage.rawValue,
                        .members([
                            "pending": .int(line.pending), "processing": .int(line.processing),
                            "failed": .int(line.failed),
                            "completed_last_hour": .int(line.completedLastHour),
                        ]))
                }),
        ])
    }

    private var environment: JSON {
        .members([
            "version": .string(scene.version), "commit_sha": .text(scene.commit) ?? .null,
            "host": .string(Host.name), "vercel_env": .text(scene.environment.value("VERCEL_ENV")),
        ])
    }

    /// The memory in mebibytes, and the part in use in percent; null when it cannot be read.
    public var memory: JSON {
        guard let memory = try? MachineMemory(proc: scene.proc) else { return .null }
        return .members([
            "used_mb": .int((memory.total - memory.available) >> 20),
            "total_mb": .int(memory.total >> 20),
            "percent": .double(Figure.rounded(memory.usedPercent)),
        ])
    }

    /// Leases have no upper bound, so the pool has no maximum.
    private var resources: JSON {
        let leases = (try? view.figures.get())?.queue.processing
        return .members([
            "memory": memory,
            "pool": .members(["leases": leases.map { .int($0) } ?? .null, "max": .null]),
        ])
    }
}
