// Visit: one run of the doctor: each group of checks, and the notes for call-health.
import Checkpoint
import CheckpointFigures
import Checks
import Diagnosis
import Filter
import HTTP
import Health
import Records
import System

/// One run of the doctor.
@MainActor
final class Visit {
    let options: Options<ToolOptions>
    let scene: Scene
    /// The last results of services, for call-health.
    private var notes: [CheckNote] = []
    /// Groups that were checked already, since a checklist asks for them again.
    private var done: [(group: Group, results: [CheckResult])] = []

    init(_ options: Options<ToolOptions>) {
        self.options = options
        var scene = Scene(options.environment, state: options.state, data: options.data)
        scene.busyTimeout = options.busyTimeout ?? 30
        self.scene = scene
    }

    var minDays: Int { options.minDays ?? 14 }

    /// Makes the checks of a group, once in a run.
    func results(of group: Group) async throws -> [CheckResult] {
        if let known = done.first(where: { $0.group == group }) { return known.results }
        let results = try await check(group)
        done.append((group, results))
        return results
    }

    private func check(_ group: Group) async throws -> [CheckResult] {
        switch group {
        case .config: return try configuration()
        case .security:
            return try secretFiles().permissions + [CheckpointDiagnosis(scene).audit]
        case .credentials:
            return try secretFiles().ages(limit: options.maxAge ?? 7_776_000)
                + [secretFiles().tokenEnd(days: minDays)]
        case .machine:
            let checks = HealthChecks(scene, CheckpointView(scene))
            return [HealthCheck.disk, .memory, .cpu, .backup].map(checks.result)
        case .checkpoint: return CheckpointDiagnosis(scene).results
        case .services: return await services()
        case .net: return await network()
        case .engine(let name): return await engine(name)
        case .source(let folder): return await source(folder)
        case .certificate(let host): return await certificate(of: host)
        case .tests: return await SelfTest(self).results()
        case .release: return try await releaseChecklist()
        }
    }

    private func secretFiles() throws(Failure) -> SecretFiles {
        SecretFiles(options.environment, settingsFile: options.envFile ?? ".env")
    }

    /// Remembers the result of a service.
    func note(_ name: String, _ result: CheckResult, latency: Double?) {
        notes.append(
            CheckNote(
                name, status: result.verdict.rawValue, latency: latency, detail: result.output,
                remedy: result.remedy))
    }

    /// Writes the results of services into the checkpoint, where there is one that is not empty.
    func keepNotes() throws {
        let path = try Checkpoint.path(options.state, options.environment)
        // Tables in a file that lost its content would hide the loss.
        guard !notes.isEmpty, let size = try? FileStatus.ifPresent(path)?.size, size > 0 else {
            return
        }
        let checkpoint = try Checkpoint(
            options.state, options.environment, busyTimeout: options.busyTimeout)
        try CheckNotes.keep(notes, in: checkpoint)
    }
}
