// CheckpointDiagnosis: the checkpoint opens, has the version of these tools, and is sound.
internal import Checkpoint
internal import CheckpointCheck
internal import CheckpointReports
public import Checks
public import Health
internal import Records
internal import System

/// The checks of the checkpoint that read all of it.
public struct CheckpointDiagnosis: Sendable {
    private let scene: Scene

    /// Prepares to check.
    public init(_ scene: Scene) { self.scene = scene }

    /// It opens, its pages are sound, and its invariants hold.
    public var results: [CheckResult] {
        if let missing { return [missing] }
        do {
            let checkpoint = try open()
            let check = Check(checkpoint)
            let findings = try check.integrity(quick: true) + check.invariants(quick: true)
            let wrong = findings.filter { !$0.isFine }
            return [
                CheckResult("checkpoint", .pass, "it opens, and has the version of these tools"),
                wrong.isEmpty
                    ? CheckResult("integrity", .pass, "\(findings.count) findings are fine")
                    : CheckResult(
                        "integrity", .fail,
                        wrong.map { "\($0.what): \($0.found)" }.joined(separator: "; "),
                        remedy: "run state-check --repair; else restore a backup"),
            ]
        } catch {
            return [CheckpointDiagnosis.result("checkpoint", error)]
        }
    }

    /// Each line of the audit chain follows from the one before.
    public var audit: CheckResult {
        if missing != nil { return CheckResult("audit chain", .skip, "there is no checkpoint yet") }
        do {
            let verdict = try AuditChain(try open()).verify()
            guard let fault = verdict.fault else {
                return CheckResult("audit chain", .pass, "\(verdict.head.number) lines hold")
            }
            return CheckResult(
                "audit chain", .fail, "line \(fault.number): \(fault.reason)",
                remedy: "keep a copy of the checkpoint, and see state-audit --verify")
        } catch {
            return CheckpointDiagnosis.result("audit chain", error)
        }
    }

    /// The result where there is no file, as before the first run; `nil` where there is one.
    private var missing: CheckResult? {
        guard let path = try? Checkpoint.path(scene.state, scene.environment),
            !FileSystem.exists(path)
        else { return nil }
        return CheckResult(
            "checkpoint", .warn, "there is no checkpoint at \(path) yet",
            remedy: "the first run makes it; if there was one, name it with --state")
    }

    private func open() throws(Failure) -> Checkpoint {
        try Checkpoint(
            reading: scene.state, scene.environment, busyTimeout: max(scene.busyTimeout, 30))
    }

    private static func result(_ name: String, _ error: any Error) -> CheckResult {
        CheckResult(
            name,
            failed: error as? Failure ?? Failure(.stop, .internal, "read the checkpoint: \(error)"))
    }
}
