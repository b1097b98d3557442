// ToolOptions: the options of state-show.
import Checkpoint
import CheckpointReports
import Filter
import Records

struct ToolOptions: OptionTable {
    let stage = Option.choice(
        "stage", "STAGE", "recordings that have STAGE, or errors of STAGE", of: Stage.self)
    let status = Option.choice(
        "status", "STATUS", "recordings with STATUS in STAGE, or in any stage", of: Status.self)
    let since = Option.moment(
        "since", "calls, runs, batches or errors from a date, or a span ago such as 7d")
    let until = Option.moment("until", "the same, up to a date, or before a time", endingDay: true)
    let batch = Option.text("batch", "NAME", "recordings, runs or errors of batch NAME")
    let source = Option.text("source", "SOURCE", "recordings of a source such as ringcentral")
    let name = Option.text(
        "name", "TEXT", "recordings with TEXT in the name or path that their source gave")
    let latest = Option.integer(
        "latest", "N", "the N newest, the newest first", in: 1...Int.max)
    let fields = Option.value(
        "fields", "NAMES", "write these only, such as id,audio.path,upload.status",
        needs: "names of fields"
    ) { names -> Fields? in
        do throws(Fields.Unknown) {
            return try Fields(names)
        } catch {
            throw UsageError(error.reason)
        }
    }
    let manifest = Option.flag("manifest", "write the stored files of each, with checksums")
    let why = Option.flag("why", "tell the history of each ID, and the next step")
    let runs = Option.flag("runs", "list the runs, the newest first")
    let batches = Option.flag("batches", "list the batches, the newest first")
    let errors = Option.flag("errors", "list the recorded errors, the newest first")
    let isActive = Option.flag("active", "list only active runs, or unfinished batches")
    let limit = Option.limit
    let format = Option.format
    let state = Option.state
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] {
        [
            stage, status, since, until, batch, source, name, latest, fields, manifest, why, runs,
            batches, errors, isActive, limit, format, state, busyTimeout,
        ]
    }
}
