// HealthCheck: the checks of health by their names, and those of the machine.
internal import CheckpointFigures
public import Checks
internal import Machine
internal import Records
internal import System

/// A check of `call-health`, by its name.
public enum HealthCheck: String, Sendable, CaseIterable {
    case database, cpu, memory, disk, queue, stalled, failures
    case errorRate = "error_rate"
    case critical, leases, expiring
    case listOverdue = "list_overdue"
    case lastRun = "last_run"
    case backup
}

/// Makes checks; nothing is asked of a service.
public struct HealthChecks: Sendable {
    let scene: Scene
    let view: CheckpointView

    /// Prepares to check.
    public init(_ scene: Scene, _ view: CheckpointView) {
        self.scene = scene
        self.view = view
    }

    /// Makes one check.
    public func result(of check: HealthCheck) -> CheckResult {
        do throws(Failure) {
            switch check {
            case .cpu: return try processors()
            case .memory: return try memory()
            case .disk: return try disk()
            case .backup: return backup()
            case .database: return database()
            default:
                if case .success(let figures) = view.figures { return checked(check, figures) }
                return CheckResult(
                    check.rawValue, .unknown, "the checkpoint cannot be read",
                    remedy: "see the check database")
            }
        } catch {
            return CheckResult(check.rawValue, unknown: error)
        }
    }

    private func processors() throws(Failure) -> CheckResult {
        let load = try MachineLoad(proc: scene.proc)
        return CheckResult(
            "cpu", Figure(load.percent, "%", limit: HealthLimits.processors),
            "in the last minute \(Figure.short(load.lastMinute)) processes wanted one of "
                + "\(load.processors) processors",
            remedy: "see what works with top; use --jobs 1, or a smaller model with WHISPER_MODEL")
    }

    private func memory() throws(Failure) -> CheckResult {
        let memory = try MachineMemory(proc: scene.proc)
        let limits = HealthLimits.memory
        return CheckResult(
            "memory", Figure(memory.usedPercent, "%", limit: limits.warn, critical: limits.fail),
            "\(ByteCount(memory.available)) of \(ByteCount(memory.total)) are available",
            remedy: "use a smaller model with WHISPER_MODEL, or a lower --jobs")
    }

    /// The fullest of the file systems of data and checkpoint.
    private func disk() throws(Failure) -> CheckResult {
        let state = (try? scene.statePath) ?? "state.db"
        var fullest: (place: String, room: FileSystemRoom)?
        for path in [scene.data, state] {
            let place = HealthChecks.nearestPlace(path)
            do throws(SystemError) {
                let room = try FileSystemRoom(at: place)
                if fullest.map({ $0.room.usedPercent < room.usedPercent }) ?? true {
                    fullest = (place, room)
                }
            } catch {
                throw Failure(
                    .temporary, .storage, "look at the file system of \(place): \(error.reason)")
            }
        }
        guard let (place, room) = fullest else {
            throw Failure(.temporary, .internal, "look at a file system: none is named")
        }
        let limits = HealthLimits.disk
        var result = CheckResult(
            "disk", Figure(room.usedPercent, "%", limit: limits.warn, critical: limits.fail),
            "\(ByteCount(room.available)) of \(ByteCount(room.total)) are free at \(place)",
            remedy: "run state-prune --audio --older-than 7d, or enlarge the file system")
        if let floor = scene.environment.value("CALLPIPE_MIN_FREE").flatMap({ ByteCount($0) }),
            room.available < floor.bytes
        {
            result.verdict = .fail
            result.output += ", less than CALLPIPE_MIN_FREE asks for: no work goes on"
            result.remedy = "make room, for example by state-prune"
        }
        return result
    }

    /// The path, or the nearest directory above it that is there.
    private static func nearestPlace(_ path: String) -> String {
        var path = path
        while !FileSystem.exists(path) {
            guard let slash = path.lastIndex(of: "/") else { return "." }
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
        return path
    }

    private func backup() -> CheckResult {
        let remedy = "run make backup, and look why the nightly state-backup did not run"
        guard let last = LastBackup(scene.environment) else {
            return CheckResult(
                "backup", .warn, "there is no latest.success of state-backup", remedy: remedy)
        }
        guard let time = Timestamp(last.time) else {
            return CheckResult(
                "backup", .unknown, "the time in latest.success is no RFC 3339 time",
                remedy: remedy)
        }
        // A file that is gone is made anew by the next job, which knows of nothing.
        if let first = (try? view.figures.get())?.firstRun, first > time {
            return CheckResult(
                "backup", .fail,
                "the checkpoint began at \(first.text), after its last backup of \(last.time): the"
                    + " file of before is gone, and this one was made anew",
                remedy: "keep this file aside, run state-restore, then fold it in with state-merge")
        }
        let limit = scene.maxAge / 3600
        return CheckResult(
            "backup",
            Figure(view.now.hours(since: time), "h", limit: limit, critical: limit * 3),
            "the last backup is of \(last.time)", remedy: remedy)
    }

    private func database() -> CheckResult {
        let limits = HealthLimits.latency
        switch view.figures {
        case .success:
            return CheckResult(
                "database",
                Figure(view.latency, "s", limit: limits.warn, critical: limits.fail),
                "the checkpoint answers",
                remedy: "run state-check --analyze, and see with it who holds the checkpoint")
        case .failure(let failure): return CheckResult("database", failed: failure)
        }
    }
}

extension Timestamp {
    /// The hours from another moment to this one.
    func hours(since earlier: Timestamp) -> Double { (seconds - earlier.seconds) / 3600 }
}
