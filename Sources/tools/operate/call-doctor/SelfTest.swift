// SelfTest: the tools on a checkpoint of their own, from a new record to its erasure.
import Checks
import Records

/// Seven checks, each of which goes on where the one before ended.
@MainActor
struct SelfTest {
    private let visit: Visit
    private let record =
        #"{"id":"dir:selftest","source":"dir","start":"2024-01-15T14:03:11Z"}"# + "\n"

    init(_ visit: Visit) {
        self.visit = visit
    }

    /// One check: its name, the tool that does it, its words, and a text that its output has to have.
    private struct Step {
        let name: String
        let tool: String
        let words: [String]
        var hasInput = false
        let wanted: String
    }

    private func steps(_ place: TrialPlace) -> [Step] {
        let backups = "\(place.path)/backups"
        return [
            Step(
                name: "a checkpoint is made, and a record is new", tool: "state-todo",
                words: ["upload"], hasInput: true, wanted: "dir:selftest"),
            Step(
                name: "a mark is written down", tool: "state-mark", words: ["fetch"],
                hasInput: true, wanted: "dir:selftest"),
            Step(
                name: "the record is stored as it was", tool: "state-show",
                words: ["dir:selftest"], wanted: #""start":"2024-01-15T14:03:11Z""#),
            Step(
                name: "the counts are right", tool: "state-summary", words: ["--format", "json"],
                wanted: #""stage":"fetch","pending":0,"queued":0,"processing":0,"completed":1"#),
            Step(
                name: "the checkpoint is sound", tool: "state-check", words: ["--format", "json"],
                wanted: #""fine":true"#),
            Step(
                name: "a backup is made and verified", tool: "state-backup", words: [backups],
                wanted: ""),
            Step(
                name: "the backup can be restored", tool: "state-restore",
                words: ["--drill", backups], wanted: ""),
        ]
    }

    /// The results; after a fault the rest is skipped.
    func results() async -> [CheckResult] {
        let place: TrialPlace
        do throws(Failure) {
            place = try TrialPlace()
        } catch {
            return [CheckResult("selftest", failed: error)]
        }
        let settings = [
            "CALLPIPE_STATE": "\(place.path)/state.db", "CALLPIPE_DATA": "\(place.path)/data",
            "CALLPIPE_LOG": "", "DATABASE_URL": "",
        ]
        var results: [CheckResult] = []
        for step in steps(place) {
            let name = "selftest: \(step.name)"
            if results.worst == .fail {
                results.append(CheckResult(name, .skip, "an earlier check failed"))
                continue
            }
            do throws(Failure) {
                let output = try await place.run(
                    step.tool, step.words, input: step.hasInput ? record : "", settings: settings)
                results.append(
                    step.wanted.isEmpty || output.contains(step.wanted)
                        ? CheckResult(name, .pass, "\(step.tool) does it")
                        : CheckResult(
                            name, .fail, "\(step.tool) says something else",
                            remedy: "install all tools of one version: make install"))
            } catch {
                results.append(CheckResult(name, failed: error))
            }
        }
        return results
    }
}
