// GapQuery: the question on the command line of state-gaps, and the form of the answer.
import Checkpoint
import CheckpointReports
import Filter
import Records

struct GapQuery {
    let stage: Stage?
    let byExtension: Bool
    let list: String?
    let first: Day?
    /// Calls that began at this time or later are left out.
    let end: Timestamp

    init(_ options: Options<ToolOptions>) {
        stage = options.stage
        byExtension = options.by == .extension
        list = options.against
        let now = Timestamp.now
        first = options.days.map { now.day.adding(days: -$0) }
        end = now.adding(seconds: -options.settle)
    }

    /// A row for programs.
    func object(_ row: Gaps.Row) -> JSON {
        .members([
            "day": .string(row.day), "extension": byExtension ? .string(row.extension) : nil,
            "calls": .int(row.calls), "completed": .int(row.completed),
            "missing": .int(row.missing), "gap": .bool(row.isGap),
        ])
    }

    /// The rows for people.
    func table(_ rows: [Gaps.Row]) -> Table {
        let columns: [(name: String, side: Table.Side, text: (Gaps.Row) -> String)] = [
            ("day", .left, { $0.day }),
            ("extension", .left, { $0.extension.isEmpty ? "-" : $0.extension }),
            ("listed", .right, { "\($0.listed)" }),
            ("calls", .right, { "\($0.calls)" }),
            (
                stage == nil || stage == .upload ? "uploaded" : "completed", .right,
                { "\($0.completed)" }
            ),
            ("missing", .right, { "\($0.missing)" }),
            ("", .left, { $0.isGap ? "gap" : "" }),
        ]
        let shown = columns.filter {
            ($0.name != "extension" || byExtension) && ($0.name != "listed" || list != nil)
        }
        var table = Table(columns: shown.map { ($0.name, $0.side) })
        for row in rows { table.add(shown.map { $0.text(row) }) }
        return table
    }
}
