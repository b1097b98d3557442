// Release: the checklist before and after a release, made of the other checks.
import Checks
import Diagnosis
import Filter
import Health
import Records

extension Visit {
    /// The points of the checklist of system 003, and of the one of system 004.
    func releaseChecklist() async throws -> [CheckResult] {
        let health = HealthReport(scene)
        func check(_ name: String) -> CheckResult {
            health.checks.first { $0.name == name }
                ?? CheckResult(name, .unknown, "there is no such check")
        }
        var points: [(String, CheckResult)] = []
        points.append(("the checkpoint has this version", checkpointPoint()))
        points.append(("the tools work on this machine", whole(try await results(of: .tests))))
        points.append(("the schedule runs", check("last_run")))
        points.append(
            ("the services take the credentials", whole(try await results(of: .services))))
        points.append(
            ("the engine hears speech", whole(try await results(of: .engine(options.engine)))))
        points.append(("the endpoints answer", whole(try await results(of: .net))))
        points.append(("the settings are all read", whole(try await results(of: .config))))
        points.append(("failures are told", check("failures")))
        points.append(("there is a backup, and it can be restored", await drill()))
        return points.enumerated().map { index, point in
            var result = point.1
            result = CheckResult(
                "release \(index + 1): \(point.0)", result.verdict, result.output,
                figure: result.figure, remedy: result.remedy)
            return result
        }
    }

    private func checkpointPoint() -> CheckResult {
        CheckpointDiagnosis(scene).results[0]
    }

    /// One result of many: the worst, with the words of those that need a look.
    private func whole(_ results: [CheckResult]) -> CheckResult {
        let wrong = results.filter(\.verdict.needsLook)
        if results.allSatisfy({ $0.verdict == .skip }) {
            return CheckResult("", .skip, results.first?.output ?? "nothing was checked")
        }
        return CheckResult(
            "", results.worst,
            wrong.isEmpty
                ? "\(results.count) checks are well"
                : wrong.map { "\($0.name): \($0.output)" }.joined(separator: "; "),
            remedy: wrong.first?.remedy ?? "")
    }

    /// Restores the newest backup into a scratch place.
    private func drill() async -> CheckResult {
        do throws(Failure) {
            let place = try TrialPlace()
            let backups = options.environment.value("CALLPIPE_BACKUPS") ?? "backups"
            _ = try await place.run("state-restore", ["--drill", backups], atMost: 3600)
            return CheckResult("", .pass, "the newest backup was restored into a scratch place")
        } catch {
            return CheckResult("", failed: error)
        }
    }
}
