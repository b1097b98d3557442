// Groups: the part of state-summary that counts calls, or tells their measures, by group.
import Checkpoint
import CheckpointFigures
import CheckpointReports
import Filter
import Records

extension Options<ToolOptions> {
    /// The groups of the command line; `nil` without any.
    ///
    /// - Throws: `UsageError` for a key that is none, and for options that mean nothing with groups.
    var grouping: Grouping? {
        get throws(UsageError) {
            guard self.by != nil || self.measures else { return nil }
            let place = self.by == nil ? "with --measures" : "with --by"
            try refuse(
                [table.alerts, table.alertDays, table.alertAge, table.alertList], place)
            do throws(Grouping.Unknown) {
                return try Grouping(self.by ?? "", ofMeasures: self.measures)
            } catch {
                throw UsageError(error.reason)
            }
        }
    }
}

extension Report {
    /// The groups with their figures.
    func write(
        _ grouping: Grouping, of checkpoint: Checkpoint, _ options: Options<ToolOptions>
    ) throws {
        let since = options.last.map { Timestamp.now.adding(seconds: -$0) }
        if grouping.isBySpending { return try write(Spending(in: checkpoint, since: since)) }
        let figures = grouping.figureNames.map { name in
            Column(name, name.replacing("_", with: " "), .right)
        }
        try write(
            grouping.groups(of: checkpoint, since: since),
            as: grouping.names.map { Column($0) } + figures)
    }
}
