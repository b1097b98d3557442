// ErrorsTests: errors by severity and category, and the requests that programs make.
import Foundation
import TestSupport
import Testing

@Suite struct ErrorsTests {
    private func marked() throws -> Workplace {
        let place = try Workplace()
        let made = try place.run(
            """
            fail() { echo '{"id":"'$1'","error":{"stage":"fetch","class":"'$2'","kind":"'$3'","message":"m","at":"'$4'"}}'; }
            now=$(date -u +%FT%T.000Z)
            { fail rc:1 item gone $now; fail rc:2 temporary network $now
              fail rc:3 temporary network $now; fail rc:4 item audio 2024-01-15T00:00:00.000Z
            } | state-mark fetch >/dev/null
            state-run --name daily -- sh -c 'exit 77'
            """)
        #expect(made.status == 77)
        return place
    }

    @Test("Errors are counted by severity and category, and listed, the newest first")
    func counts() throws {
        let place = try marked()
        let counts = try place.run("state-errors --by severity,category")
        #expect(
            counts.output == """
                {"severity":"LOW","category":"NETWORK","count":2}
                {"severity":"CRITICAL","category":"AUTHENTICATION","count":1}
                {"severity":"HIGH","category":"API","count":1}

                """)
        let critical = try place.run("state-errors --recent-critical").records
        #expect(critical.count == 1)
        #expect(
            critical.first?["message"] as? String
                == "unable to end run daily: exit status 77, the credentials or a permission were refused"
        )
        #expect(critical.first?["id"] == nil && critical.first?["run"] is String)
        let old = try place.run("state-errors --since 2024-01-15 --until 2024-01-15").records
        #expect(old.map { $0["id"] as? String } == ["rc:4"])
        let high = try place.run("state-errors --severity high,critical --category api").records
        #expect(high.map { $0["id"] as? String } == ["rc:1"])
        #expect(try place.run("state-errors --limit 2").records.count == 2)
        let table = try place.run("state-errors --format table --last 1h").output
        #expect(table.contains("CRITICAL  AUTHENTICATION"))
    }

    @Test(
        "Options that mean nothing, and words that are unknown, are refused",
        arguments: [
            "--keep", "--by nothing", "--by severity,severity", "--severity severe",
            "--http f --severity LOW", "--recent-critical --by stage", "--since 7d --last 1h",
            "--since 2024-01-16 --until 2024-01-15", "--by severity --limit 3",
        ])
    func usage(_ options: String) throws {
        let outcome = try Workplace().run("touch f; state-errors \(options)")
        #expect(outcome.status == 64, "\(outcome.errors)")
    }

    @Test("The requests of a pipe share one file, which is counted and kept once")
    func requests() throws {
        let place = try Workplace()
        _ = try place.startRingCentral("--heavy-limit", "1000")
        place["CALLPIPE_HTTP_LOG"] = "http.log"
        let listed = try place.run(
            "rc-list --days 30 | sed -n 1,3p | CALLPIPE_HTTP_LOG= rc-fetch --http-log http.log")
        #expect(listed.status == 0, "\(listed.errors)")
        let lines = try place.run("cat http.log").records
        #expect(Set(lines.compactMap { $0["tool"] as? String }) == ["rc-list", "rc-fetch"])
        let fetched = lines.filter { $0["tool"] as? String == "rc-fetch" }
            .compactMap { $0["path"] as? String }.filter { $0.hasSuffix("/content") }
        #expect(fetched.count == 3)
        #expect(fetched.allSatisfy { $0.contains("/recording/{id}/") })
        let text = try place.run("cat http.log").output
        #expect(!text.contains("fake-") && !text.contains("Bearer"))
        let counts = try place.run("state-errors --http http.log --by tool,status").records
        #expect(counts.compactMap { $0["count"] as? Int }.reduce(0, +) == lines.count)
        #expect(counts.allSatisfy { $0["failed"] as? Int == 0 })
        _ = try place.run("echo '{}' >>http.log; echo '{\"id\":\"rc:1\"}' | state-todo fetch")
        for added in [lines.count, 0] {
            let kept = try place.run("state-errors --http http.log --keep")
            #expect(kept.status == 1)
            #expect(kept.errors.contains("read line \(lines.count + 1) of http.log"))
            #expect(kept.errors.contains("\(added) requests are new"))
        }
        let rows = try place.run(
            "sqlite3 state.db 'SELECT count(*), min(status_code) FROM api_logs'")
        #expect(rows.output == "\(lines.count)|200\n")
    }

    @Test(
        "A line with a figure that no request has is left out, and the others count",
        arguments: [
            #""time":"bad","ms":5,"bytes":1"#,
            #""time":"2026-11-29T12:00:00.000Z","ms":1e300,"bytes":1"#,
            #""time":"2026-11-29T12:00:00.000Z","ms":-1,"bytes":1"#,
            #""time":"2026-11-29T12:00:00.000Z","ms":5,"bytes":9223372036854775807"#,
        ])
    func impossibleRequests(_ members: String) throws {
        let place = try Workplace()
        let rest = #","tool":"t","process":1,"sequence":1,"method":"GET","host":"h","path":"/""#
        let good = #""time":"2026-11-29T12:00:00.000Z","ms":5,"bytes":1"#
        let log = [good, members, good].map { "{\($0)\(rest)}\n" }.joined()
        try log.write(toFile: place.path + "/http.log", atomically: true, encoding: .utf8)
        let outcome = try place.run("state-errors --http http.log --since 2026-11-01 --by host")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("read line 2 of http.log"), "\(outcome.errors)")
        #expect(outcome.records.first?["count"] as? Int == 2)
        #expect(outcome.records.first?["bytes"] as? Int == 2)
    }
}
