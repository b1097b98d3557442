// MigrationTool: brings a checkpoint to the made-up version, as a newer program would at its start.
//
// The crash campaign kills it. The argument is the checkpoint.
import Checkpoint
import CheckpointSupport

_ = try Checkpoint(CommandLine.arguments[1], busyTimeout: .seconds(30), schema: .madeUp)
