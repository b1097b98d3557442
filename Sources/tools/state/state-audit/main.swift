// state-audit: show the audit chain of the checkpoint, and prove that nobody changed it.
//
// nothing  ->  {"number","time","action","id","stage","detail","hash"}, a line each
import Checkpoint
import CheckpointReports
import Filter
import Records

let tool = Tool(
    "state-audit", "show the audit chain, and prove that nobody changed it",
    operands: "[ID ...]",
    examples: ["state-audit --head >>/mnt/elsewhere/heads", "state-audit --verify --expect HASH"],
    options: [
        .state,
        .flag("verify", "compute every hash anew; 1 where the chain is broken"),
        .value("expect", "HASH", "verify, and want HASH to be in the chain"),
        .flag("head", "print the last line's number, time and hash"),
        .format, .busyTimeout,
    ])

tool.report { options, report in
    let expected = options.string("expect")
    guard expected.map({ $0.utf8.count == 64 && $0.allSatisfy(\.isHexDigit) }) != false else {
        throw UsageError("option --expect needs a hash of 64 hexadecimal digits")
    }
    let chain = AuditChain(
        try Checkpoint(
            reading: options.statePath, options.environment, patience: options.busyTimeout()))
    if options.flag("verify") || expected != nil {
        try verify(chain, expected, report)
    } else if options.flag("head") {
        try show(chain.head(), report)
    } else {
        try list(chain, options.operands, report)
    }
}
