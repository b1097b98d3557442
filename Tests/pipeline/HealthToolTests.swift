// HealthToolTests: call-health, call-status and call-metrics as programs.
import Foundation
import Testing

@Suite struct HealthToolTests {
    private func scene() throws -> Workplace {
        let place = try Workplace()
        let made = try place.run(
            #"""
            for n in 1 2 3; do echo '{"id":"rc:'$n'","source":"ringcentral"}'; done >calls
            state-run --name daily -- bash -c '
                state-todo fetch <calls | jq -c ".audio = {path: \"a/1.mp3\", bytes: 1}" |
                    state-mark fetch >/dev/null'
            """#)
        #expect(made.status == 0, "\(made.errors)")
        return place
    }

    @Test("one object a line, and the status of a monitoring plugin")
    func health() throws {
        let place = try scene()
        let outcome = try place.run("call-health --check database,queue,leases,critical")
        #expect(outcome.status == 0 && outcome.records.count == 1, "\(outcome.output)")
        #expect(outcome.records[0]["status"] as? String == "healthy")
        #expect(outcome.output.split(separator: "\n").count == 1)
        let backup = try place.run("call-health --check backup --format plugin")
        #expect(backup.status == 1)
        #expect(backup.output.hasPrefix("CALLPIPE WARNING - backup: "))
        #expect(try place.run("call-health --check nothing").status == 64)
        #expect(try place.run("call-health --every 5s").status == 64)
        for words in [
            "--format xml", "--min-days 3", "--check cpu --service drive",
            "--check cpu --max-age 1h", "--for 1s", "--check tls=", "--check tls=:443",
            "--check tls=example.com:", "--check tls=example.com:70000", "--check tls=-x",
        ] {
            #expect(try place.run("call-health \(words)").status == 64, "\(words)")
        }
        let missing = try place.run("call-health --state none.db; ls none.db")
        #expect(missing.output.contains(#""status":"unhealthy""#) && missing.status == 2)
        #expect(try place.run("call-health --state none.db --check queue").status == 3)
    }

    @Test("an account that was never listed whole is told, once the runs are old enough")
    func neverListed() throws {
        let place = try scene()
        func overdue() throws -> (status: Int32, text: String) {
            let outcome = try place.run("call-health --check list_overdue")
            return (outcome.status, outcome.output)
        }
        _ = try place.run(
            "sqlite3 state.db \"UPDATE runs SET started_at = '2026-01-01T00:00:00.000Z'\"")
        #expect(try overdue().status == 0)
        place["RINGCENTRAL_CLIENT_ID"] = "id"
        let never = try overdue()
        #expect(never.status == 2)
        #expect(never.text.contains("ringcentral was never listed whole"), "\(never.text)")
        _ = try place.run("state-listed --until $(date -u +%FT%TZ) ringcentral")
        #expect(try overdue().status == 0)
        _ = try place.run("sqlite3 state.db 'DELETE FROM listings'")
        _ = try place.run(
            "sqlite3 state.db \"UPDATE runs SET started_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')\""
        )
        #expect(try overdue().status == 0)
    }

    @Test("a locked checkpoint is told after its time, and the rest is done")
    func locked() throws {
        let place = try scene()
        let outcome = try place.run(
            """
            mkfifo hold
            sqlite3 state.db >said 2>&1 <hold & holder=$!
            exec 9>hold
            echo 'PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; SELECT "held";' >&9
            until grep -q held said; do kill -0 $holder || exit 9; done
            call-health --busy-timeout 0; echo $?
            echo .quit >&9; wait $holder
            """)
        #expect(outcome.records.first?["status"] as? String == "unhealthy", "\(outcome.errors)")
        let checks = outcome.records.first?["checks"] as? [String: [String: Any]]
        #expect((checks?["database"]?["output"] as? String)?.contains("held it") == true)
        #expect(checks?["memory"]?["status"] as? String != "unknown")
        #expect(outcome.output.hasSuffix("}\n2\n"))
    }

    @Test("watching repeats the object until its time is over, or a signal comes")
    func watch() throws {
        let place = try scene()
        let outcome = try place.run("call-status --watch --every 1s --for 1s")
        #expect(outcome.records.count >= 1 && outcome.records.count <= 3)
        let signalled = try place.run(
            """
            call-health --watch --every 1000s >out & until [ -s out ]; do :; done
            kill -TERM $!; wait $!; echo $?
            """)
        #expect(signalled.output == "143\n", "\(signalled.errors)")
    }

    @Test("stage times and the last success come from the runs of the schedule")
    func metrics() throws {
        let place = try scene()
        let outcome = try place.run("call-metrics jobs")
        let jobs = try #require(outcome.records.first)
        let fetch = (jobs["stages"] as? [String: [String: Any]])?["fetch"]
        #expect(fetch?["completed"] as? Int == 3)
        #expect((fetch?["seconds"] as? [String: Any])?["count"] as? Int == 3)
        let daily = (jobs["tasks"] as? [String: [String: Any]])?["daily"]
        #expect(daily?["last_exit_status"] as? Int == 0 && daily?["last_success"] is String)
        let status = try #require(place.run("call-status").records.first)
        let performance = status["performance"] as? [String: Any]
        #expect(performance?["avg_response_time_ms"] is Int)
        for group in ["system", "errors"] {
            #expect(try place.run("call-metrics \(group)").status == 0)
        }
        #expect(try place.run("call-metrics").status == 64)
        #expect(try place.run("call-metrics jobs --compat-names").status == 64)
        #expect(try place.run("call-metrics jobs --prometheus x.prom").status == 64)
    }

    @Test("the file of metrics is replaced whole, and stays as it was on a full disk")
    func file() throws {
        let place = try scene()
        let outcome = try place.run(
            """
            umask 077; call-metrics --prometheus m.prom && stat -c %a m.prom; ls m.prom*
            cp m.prom before
            (ulimit -f 0; trap '' XFSZ; call-metrics --prometheus m.prom); echo $?
            cmp m.prom before && ls m.prom*
            call-metrics --prometheus none/m.prom; echo $?
            call-metrics --prometheus down.prom --state none.db; echo $?
            grep '^callpipe_up' down.prom
            """)
        #expect(
            outcome.output == "644\nm.prom\n74\nm.prom\n74\n1\ncallpipe_up 0\n",
            "\(outcome.output) \(outcome.errors)")
        #expect(outcome.errors.contains("unable to write none/m.prom: "))
    }

    @Test("the use of a rate limit is told by its group")
    func budgets() throws {
        let place = try scene()
        _ = try place.startRingCentral()
        _ = try place.run("rc-list --days 1")
        let outcome = try place.run("call-metrics system; call-metrics --prometheus -")
        let budgets = try #require(outcome.records.first?["rate_budgets"] as? [[String: Any]])
        let heavy = try #require(budgets.first { $0["group"] as? String == "heavy" })
        #expect((heavy["used"] as? Int ?? 0) >= 1 && heavy["limit"] as? Int == 10)
        #expect(outcome.output.contains("callpipe_rate_budget_limit_requests{group=\"heavy\""))
    }
}
