// Listing: the holds that stand, for people and for programs.
import Checkpoint
import CheckpointRetention
import Filter
import Records

/// Prints what is held, and since when and why.
func list(_ options: Options<ToolOptions>, _ report: Report) throws {
    let holds = try Holds(
        Checkpoint(
            reading: options.state, options.environment, busyTimeout: options.busyTimeout))
    guard report.isForPeople else { return try holds.forEach { try report.write($0.json) } }
    var table = Table(["id": .left, "since": .left, "reason": .left])
    try holds.forEach { table.add($0.id, $0.since, $0.reason) }
    try report.write(table)
}
