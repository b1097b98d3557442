// Query: the options of state-show as a selection.
import Checkpoint
import CheckpointReports
import Filter
import Records

extension Selection {
    /// Takes the options.
    init(_ options: Options<ToolOptions>) {
        self.init()
        stage = options.stage
        status = options.status
        since = options.since
        until = options.until
        batch = options.batch
        source = options.source
        name = options.name
        latest = options.latest
    }

    /// The form in which recordings are written.
    static func form(_ options: Options<ToolOptions>) -> Showing.Form {
        options.manifest ? .manifest : options.fields.map(Showing.Form.fields) ?? .record
    }
}
