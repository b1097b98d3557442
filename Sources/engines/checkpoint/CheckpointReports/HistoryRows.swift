// HistoryRows: the rows of a recording in each table, as events of its history.
import Checkpoint
import Records

extension History {
    /// The rows of a statement whose only parameter is the call's number or id.
    private func rows<Row>(
        _ sql: String, of call: some SQLValue,
        _ read: (borrowing Statement) throws(Failure) -> Row
    ) throws(Failure) -> [Row] {
        let question = try Statement(checkpoint.database, sql)
        try question.bind(call)
        return try question.all(read)
    }

    /// The texts of the first columns.
    private func texts(
        _ sql: String, of call: some SQLValue, columns: Int32
    ) throws(Failure) -> [[String?]] {
        try rows(sql, of: call) { row throws(Failure) in
            var texts: [String?] = []
            for column in 0..<columns { texts.append(try row.string(column)) }
            return texts
        }
    }

    mutating func readLease() throws(Failure) -> Lease? {
        let living = try Claims.living(checkpoint)
        let leases = try rows(
            """
            SELECT m.stage, l.since, m.until, r.id, r.host, m.number FROM leases AS l
            JOIN claims AS m ON m.number = l.claim JOIN runs AS r ON r.number = m.run
            WHERE l.call = ?1
            """, of: call.number
        ) { row throws(Failure) in
            Lease(
                stage: try row.text(0), since: try row.text(1), until: try row.text(2),
                run: try row.text(3), host: try row.string(4),
                isAlive: living.contains(try row.integer(5)))
        }
        guard let lease = leases.first else { return nil }
        runs.insert(lease.run)
        add(
            lease.since, "leased", lease.stage,
            [
                "until": .string(lease.until), "run": .string(lease.run),
                "host": .text(lease.host), "lives": .bool(lease.isAlive),
            ])
        return lease
    }

    mutating func readErrors() throws(Failure) {
        for row in try texts(
            "SELECT time, stage, kind, message, run FROM errors WHERE call_id = ?1",
            of: call.id, columns: 5)
        {
            let isLease = row[2] == "lease"
            if let run = row[4] { runs.insert(run) }
            add(
                row[0], isLease ? "lease_lost" : "error", row[1],
                [
                    "kind": isLease ? nil : .text(row[2]), "message": .text(row[3]),
                    "run": .text(row[4]),
                ])
        }
    }

    mutating func readLedger() throws(Failure) {
        let rows = try rows(
            """
            SELECT l.at, l.stage, l.engine, l.model, r.id, l.seconds, l.wall, l.cost
            FROM ledger AS l LEFT JOIN runs AS r ON r.number = l.run WHERE l.call = ?1
            """, of: call.number
        ) { row throws(Failure) in
            let run = try row.string(4)
            let facts: KeyValuePairs<String, JSON?> = [
                "engine": .text(try row.string(2)), "model": .text(try row.string(3)),
                "seconds": .number(try row.number(5)), "wall": .number(try row.number(6)),
                "cost": .number(try row.number(7)), "run": .text(run),
            ]
            return (at: try row.text(0), stage: try row.text(1), run: run, facts: facts)
        }
        for row in rows {
            if let run = row.run { runs.insert(run) }
            add(row.at, "ledger", row.stage, row.facts)
        }
    }

    mutating func readHolds() throws(Failure) {
        for row in try texts(
            "SELECT since, reason, released_at, release_reason FROM holds WHERE call = ?1",
            of: call.number, columns: 4)
        {
            add(row[0], "held", nil, ["reason": .text(row[1])])
            if let released = row[2] { add(released, "released", nil, ["reason": .text(row[3])]) }
        }
    }

    mutating func readAudit() throws(Failure) {
        for row in try texts(
            """
            SELECT a.time, a.stage, a.action, a.detail, a.hash, r.id, a.number,
              json_valid(a.detail)
            FROM audit AS a LEFT JOIN runs AS r ON r.number = a.run WHERE a.call_id = ?1
            """, of: call.id, columns: 8)
        {
            if let run = row[5] { runs.insert(run) }
            let detail = row[3].map { row[7] == "1" ? JSON.raw(Array($0.utf8)) : .string($0) }
            add(
                row[0], "audit", row[1],
                [
                    "action": .text(row[2]), "number": row[6].flatMap { Int($0) }.map(JSON.int),
                    "detail": detail, "hash": .text(row[4]),
                ])
        }
    }

    mutating func readRuns() throws(Failure) {
        for run in runs.sorted() {
            guard let listed = try RunList(checkpoint).run(run) else { continue }
            add(
                listed.startedAt, "run_begun", nil,
                ["run": .string(run), "name": .text(listed.name), "host": .text(listed.host)])
            if listed.state == .lost {
                add(
                    listed.notedAt ?? listed.startedAt, "run_lost", nil,
                    ["run": .string(run), "max_memory": .whole(listed.maxMemory)])
            }
            guard let finished = listed.finishedAt else { continue }
            add(
                finished, "run_ended", nil,
                [
                    "run": .string(run), "exit_status": .whole(listed.exitStatus),
                    "max_memory": .whole(listed.maxMemory),
                ])
        }
    }
}
