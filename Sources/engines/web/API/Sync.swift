// Sync: the job that notes what is new in the folder of recordings.
import CGI
import Checkpoint
import CheckpointPages
import Records
import System

extension Exchange {
    /// The longest time for a job in seconds; web servers wait a minute.
    private static let longest = 50

    /// `POST /api/call-recordings/sync`: runs the job `sync` and tells the number of new recordings.
    ///
    /// Only the folder of the setting `RECORDINGS` is read: a client must not choose what this
    /// machine lists.
    func sync() throws -> Response {
        guard let folder = api.environment.value("RECORDINGS") else {
            throw Problem(
                .conflict, "No folder of recordings is set up; the setting RECORDINGS names it.")
        }
        if let asked = request.query["recordingsPath"], asked != folder {
            throw Problem(.forbidden, "The recordings come from another folder.")
        }
        let checkpoint = try Checkpoint.existing(
            api.environment.value("CALLPIPE_STATE"), api.environment, busyTimeout: API.writing)
        try checkpoint.transaction {
            _ = try Audit(checkpoint).append(
                .asked, nil,
                detail: JSON.members([
                    "job": .string("sync"), "by": .string(client),
                ]).text)
        }
        try checkpoint.end(status: 0)
        let before = try RecordingPages.count(in: checkpoint)
        let script =
            api.environment.value("CALLPIPE_SYNC")
            ?? "\(OwnProgram.directory)/../../share/callpipe/pipelines/sync.sh"
        let program = Program(script, [folder], environment: nil)
        let end: ProgramResult.End
        do throws(ProgramError) {
            end = try program.run(limit: .seconds(Exchange.longest), Cancellation()).end
        } catch {
            throw Failure(.stop, .internal, "run \(script): it cannot be started")
        }
        // 1: some recordings were left out, and their errors are in the checkpoint.
        guard end == .exited(0) || end == .exited(1) else {
            throw Problem(.unavailable, "The job did not end well. Try again later.")
        }
        let created = try RecordingPages.count(in: checkpoint) - before
        return .json(.members(["status": .string("ok"), "created": .int(created)]))
    }
}
