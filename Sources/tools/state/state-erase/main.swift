// state-erase: take every copy of recordings away that callpipe made, and certify it.
//
// ids, or records from drive-delete  ->  {"id","erased_at","erased","audit"}, a certificate each
import Checkpoint
import CheckpointRetention
import Files
import Filter
import Records

let tool = Tool(
    "state-erase", "erase recordings for good, and certify it",
    operands: "ID ... | -",
    examples: [
        "state-erase rc:401234567008 --reason \"request 17\"",
        "state-erase --records rc:401234567008 | drive-delete | state-erase --reason \"request 17\" -",
    ],
    options: ToolOptions())

tool.report { options, report in
    let reason = options.reason ?? ""
    let isResumed = options.resumes
    try options.checkUsage()
    let checkpoint = try Checkpoint.existing(
        options.state, options.environment, busyTimeout: options.busyTimeout,
        isTrial: options.isDryRun)
    let erasure = try Erasure(
        checkpoint, data: DataDirectory(options.data, isMade: !options.isDryRun), because: reason,
        remedy: remedy)
    if options.showsRecords {
        return try report.forEach(options.operands, rejects: options.rejects) { id, _ in
            try report.write(records: erasure.record(of: id) + [0x0A])
        }
    }
    let ids = isResumed ? try erasure.interrupted() : options.operands
    if options.isDryRun {
        return try report.forEach(ids) { id, record in
            try report.write(
                isResumed ? .members(["id": .string(id)]) : erasure.plan(id, as: record))
        }
    }
    let certificates = Certificates(of: erasure, report)
    try report.forEach(ids, rejects: options.rejects) { id, record in
        try erasure.erase(id, as: record)
        try certificates.write(atLeast: 256)
    }
    try certificates.write()
    try checkpoint.end(status: report.hasFailed ? 1 : 0, counts: ["erased": certificates.count])
}
