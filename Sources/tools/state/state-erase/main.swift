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
    let (isResumed, isAsked) = (options.resumes, options.showsRecords)
    if isResumed == !options.operands.isEmpty {
        throw UsageError("name recordings, - for records on standard input, or --resume")
    }
    if reason.isEmpty, !isResumed, !isAsked { throw UsageError("say why with --reason") }
    let checkpoint = try Checkpoint.existing(
        options.state, options.environment, busyTimeout: options.busyTimeout)
    let erasure = try Erasure(
        checkpoint, data: DataDirectory(options.data), because: reason)
    if isAsked {
        return try report.forEach(options.operands, rejects: options.rejects) { id, _ in
            try report.write(records: erasure.record(of: id) + [0x0A])
        }
    }
    var certified = 0
    func certify(atLeast count: Int) throws {
        guard erasure.pending >= count else { return }
        // A certificate is kept as it is, by people too.
        try erasure.certify { certificate in
            try report.write(certificate.json)
            certified += 1
        }
        try report.flush()
    }
    if isResumed { try erasure.resume() }
    try report.forEach(options.operands, rejects: options.rejects) { id, record in
        try erasure.erase(id, as: record)
        try certify(atLeast: 256)
    }
    try certify(atLeast: 0)
    try checkpoint.end(status: report.hasFailed ? 1 : 0, counts: ["erased": certified])
}
