// Showing: the audit chain for people and for programs.
import Checkpoint
import CheckpointReports
import Filter
import Records

/// The lines of some records, or all.
func list(_ chain: AuditChain, _ ids: [String], _ report: Report) throws {
    var table = Table([
        "number": .right, "time": .left, "action": .left, "id": .left, "detail": .left,
    ])
    func show(_ line: AuditChain.Line) throws {
        try report.check()
        guard report.isForPeople else { return try report.write(line.json) }
        table.add(
            String(line.number), line.time, line.action, line.id ?? "", line.detail ?? "")
    }
    if ids.isEmpty { try chain.forEach(show) }
    for id in ids { try chain.forEach(of: id, show) }
    if report.isForPeople { try report.write(table) }
}

/// The head, to be anchored elsewhere.
func show(_ head: AuditChain.Head, _ report: Report) throws {
    guard report.isForPeople else { return try report.write(head.json) }
    try report.write(["\(head.number)  \(head.time ?? "-")  \(head.hash)"])
}

/// Checks the whole chain and writes the result; a fault goes to standard error as well.
func verify(_ chain: AuditChain, _ expected: String?, _ report: Report) throws {
    let verdict = try chain.verify(expecting: expected)
    let head = verdict.head
    if let fault = verdict.fault {
        report.fail(
            Failure(
                .item, .integrity, "verify the audit chain: line \(fault.number): \(fault.reason)",
                remedy: "compare with the newest backup that verifies"))
    } else if !verdict.isExpectedThere {
        report.fail(
            Failure(
                .item, .integrity,
                "verify the audit chain: the expected hash is of none of its \(head.number) lines",
                remedy: "the chain was cut off or written anew after that head was taken"))
    }
    let isWhole = verdict.fault == nil && verdict.isExpectedThere
    guard report.isForPeople else {
        return try report.write(
            .members([
                "whole": .bool(isWhole), "lines": .int(Int(head.number)),
                "head": .string(head.hash),
                "broken_at": verdict.fault.map { .int(Int($0.number)) },
                "reason": .text(verdict.fault?.reason),
                "expected": expected.map { _ in .bool(verdict.isExpectedThere) },
            ]))
    }
    try report.write([
        isWhole
            ? "\(head.number) lines, each follows from the one before; head \(head.hash)"
            : "the first \(head.number) lines hold"
    ])
}
