// state-run: run a command as one run of the checkpoint.
//
// COMMAND  ->  its own process group, and a row in runs with how it went
import Checkpoint
import Filter
import Records

let tool = Tool(
    "state-run", "run a command as one run of the checkpoint, in a process group of its own",
    operands: "-- COMMAND [ARGUMENT...]",
    examples: ["state-run --name nightly -- pipelines/daily.sh"],
    options: ToolOptions())

tool.command { options in
    guard !options.operands.isEmpty else { throw UsageError("name a command after --") }
    if options.isDryRun {
        options.observer(.note("would run: \(options.operands.joined(separator: " "))"))
        return 0
    }
    // Opened for each thing to write, and never while the command runs, which may be for days.
    let open = {
        try Checkpoint(options.state, options.environment, busyTimeout: options.busyTimeout)
    }
    let run = try CommandRun(
        in: open(), named: options.name, batch: options.batch)
    var settings = ["CALLPIPE_RUN": run.id]
    if let path = options.state { settings["CALLPIPE_STATE"] = path }
    // The command matters more than what is written down of it.
    func note(_ work: (Checkpoint) throws -> Void) {
        do { try work(open()) } catch { options.observer(.note("the run lacks a note: \(error)")) }
    }

    let command: Command
    do throws(CannotRun) {
        command = try Command(options.operands, settings)
    } catch {
        note { try run.ended(error.status, memory: 0, in: $0) }
        throw error
    }
    note { try run.runs(as: command.group, in: $0) }
    let status = command.wait()
    note { try run.ended(status, memory: Command.memory, in: $0) }
    return command.answer(status)
}
