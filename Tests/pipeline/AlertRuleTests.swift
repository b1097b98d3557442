// AlertRuleTests: rules that are wrong, checkpoints that cannot be used, and what operators do.
import Foundation
import TestSupport
import Testing

@Suite struct AlertRuleTests {
    private func workplace(_ rules: String) throws -> Workplace {
        let place = try Workplace()
        try rules.write(toFile: place.path + "/rules", atomically: true, encoding: .utf8)
        _ = try place.run("echo '{\"id\":\"rc:1\"}' | state-todo fetch >/dev/null")
        return place
    }

    private static let fires = #"{"id":"fires","condition":{"sql":"SELECT 1"}}"#

    @Test(
        "A line that is no rule is refused by its name, and the others are evaluated",
        arguments: [
            (#"{"id":"bad","condition":{"sql":"SELECT 1","command":["true"]}}"#, "rule bad"),
            (#"{"id":"bad","condition":{"sql":"SELECT 1"},"level":"loud"}"#, "rule bad"),
            (#"{"id":"bad","condition":{"of":"health","field":"status"}}"#, "rule bad"),
            (#"{"id":"bad","condition":{"sql":"SELECT 1"},"for":"soon"}"#, "rule bad"),
            (#"{"id":"bad"}"#, "it has no \"condition\""), (#"{"id":"bad","#, "a rule"),
            (#"{"id":"a b","condition":{"sql":"SELECT 1"}}"#, "its id is not made of"),
            (#"[1]"#, "it is no JSON object"),
            (#"{"condition":{"sql":"SELECT 1"}}"#, "it has no \"id\""),
            (
                #"{"id":"bad","condition":{"sql":"SELECT 1","above":1,"below":2}}"#,
                "more than one of"
            ),
            (
                #"{"id":"bad","condition":{"sql":"SELECT 1"},"respond_within":1e300}"#,
                "its \"respond_within\" is not a time"
            ),
            (#"{"id":"bad","condition":{"sql":"SELECT 1","abov":5}}"#, "the member \"abov\""),
            (#"{"id":"bad","condition":{"sql":"SELECT 1"},"cooldwon":"1h"}"#, "\"cooldwon\""),
            (
                #"{"id":"bad","condition":{"sql":"SELECT 1"},"channels":["maill"]}"#,
                "its \"channels\" needs some of log, mail"
            ),
        ])
    func refused(_ line: String, _ words: String) throws {
        let place = try workplace("# ours\n\n\(line)\n\(AlertRuleTests.fires)\n")
        let outcome = try place.run("call-alert --no-built-in --rules rules")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("in line 3 of rules"), "\(outcome.errors)")
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
        #expect(
            Set(outcome.records.compactMap { $0["rule"] as? String }) == ["fires", "rules-refused"])
    }

    @Test(
        "SQL that writes, never ends or is wrong is an alert of its own, and changes nothing",
        arguments: [
            "DELETE FROM calls", "SELECT 1; DELETE FROM calls", "PRAGMA query_only = OFF",
            "ATTACH '/tmp/callpipe-never.db' AS x", "SELECT * FROM nothing", "SELEC",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
            "SELECT load_extension('x')", "VALUES (writefile('/tmp/callpipe-never', 'x'))",
            "SELECT ?1", "SELECT length(hex(zeroblob(400000000)))", "SELECT 'nan'",
            "UPDATE calls SET record = '' RETURNING 1",
        ])
    func badSQL(_ sql: String) throws {
        let rule = #"{"id":"bad","condition":{"sql":"\#(sql)","above":0}}"#
        let place = try workplace("\(rule)\n\(AlertRuleTests.fires)\n")
        let before = try place.run("sqlite3 state.db 'SELECT * FROM calls'").output
        let outcome = try place.run("call-alert --no-built-in --rules rules --timeout 1s")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("unable to evaluate bad"), "\(outcome.errors)")
        #expect(
            Set(outcome.records.compactMap { $0["rule"] as? String }) == [
                "fires", "unevaluated.bad",
            ])
        #expect(try place.run("sqlite3 state.db 'SELECT * FROM calls'").output == before)
        #expect(!before.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: "/tmp/callpipe-never"))
        #expect(!FileManager.default.fileExists(atPath: "/tmp/callpipe-never.db"))
    }

    @Test("The run has an end: the urgent rules are asked first, and those that were not are told")
    func runTimeout() throws {
        let place = try workplace(
            """
            {"id":"slow","level":"info","condition":{"command":["sleep","60"]}}
            {"id":"late","level":"info","condition":{"command":["false"]}}
            {"id":"urgent","priority":"P0","condition":{"command":["false"]}}
            {"id":"field","condition":{"of":"status","field":"status","is":"operational"}}
            \(AlertRuleTests.fires)
            """)
        let run = "call-alert --no-built-in --rules rules"
        let outcome = try place.run("\(run) --run-timeout 1s")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("unable to evaluate late: could not ask it: the questions"))
        #expect(
            Set(outcome.records.compactMap { $0["rule"] as? String }).subtracting(["field"])
                == ["urgent", "fires", "unevaluated.slow", "unevaluated.run-timeout"])
        _ = try place.run("grep -v slow rules >faster; mv faster rules")
        let states = try place.run(run).records.map { "\($0["rule"] ?? "") \($0["state"] ?? "")" }
        #expect(states.contains("unevaluated.run-timeout resolved"))
        #expect(states.contains("late firing"))
    }

    @Test("A value that has no end in sight is cut before it reaches the checkpoint")
    func longValue() throws {
        let place = try workplace(
            #"{"id":"long","condition":{"sql":"SELECT hex(zeroblob(1000000))"}}"#)
        let outcome = try place.run("call-alert --no-built-in --rules rules")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            try place.run("sqlite3 state.db 'SELECT rule, length(value) FROM alerts'").output
                == "long|4096\n")
    }

    @Test("A word of the setting that names no channel is told by the other channels, and ends")
    func unknownChannel() throws {
        let place = try workplace("")
        let services = try place.start("alert_services.py", [])
        place["SLACK_WEBHOOK_URL"] = services.ready["slack"] as? String
        func run(_ setting: String, _ options: String = "--no-built-in") throws -> Outcome {
            try place.run("CALLPIPE_ALERT_TO='\(setting)' call-alert \(options)")
        }
        let wrong = try run("mial:secret slack:")
        #expect(wrong.status == 1)
        #expect(wrong.errors.contains("unable to use CALLPIPE_ALERT_TO: a word of it"))
        #expect(!wrong.errors.contains("secret"))
        #expect(wrong.records.map { $0["rule"] as? String } == ["channel.unknown"])
        #expect(try services.count("slack") == 1)
        #expect(try run("slack:").records.map { $0["state"] as? String } == ["resolved"])
        #expect(try services.count("slack") == 2)
        #expect(try run("mial: slack:", "--test").status == 1)
        #expect(try services.count("slack") == 3)
        #expect(try place.run("call-alert --to mial:").status == 64)
    }

    @Test("An alert stays while its rule cannot be evaluated, and that is told and ends")
    func unknown() throws {
        let rule = #"{"id":"r","condition":{"command":["./question"]}}"#
        let place = try workplace(rule)
        func run(_ answer: String) throws -> [String] {
            _ = try place.run("printf '#!/bin/sh\\n\(answer)\\n' >question; chmod +x question")
            return try place.run("call-alert --no-built-in --rules rules --timeout 1s").records
                .map { "\($0["rule"] ?? "") \($0["state"] ?? "")" }
        }
        #expect(try run("exit 1") == ["r firing"])
        #expect(try run("exit 127") == ["unevaluated.r firing"])
        #expect(try run("kill -9 $$") == [])
        #expect(try run("sleep 9") == [])
        #expect(try run("exit 3") == ["unevaluated.r resolved"])
        #expect(try run("exit 0") == ["r resolved"])
    }

    @Test("Fields of call-health, call-status and state-summary are compared, each run once")
    func fields() throws {
        let place = try workplace(
            """
            {"id":"a","condition":{"of":"health","field":"queue.pending","at_least":1},"message":"{value} of {checks.database.status}"}
            {"id":"b","condition":{"of":"status","field":"services.database","is":["outage","degraded"]}}
            {"id":"c","condition":{"of":"summary","field":"alerts.failures","above":0}}
            {"id":"d","condition":{"of":"summary","field":"stages.fetch.pending","below":5}}
            {"id":"e","condition":{"of":"health","field":"no.such.field","above":1}}
            """)
        let rows = try place.run("call-alert --no-built-in --rules rules -n").records
        #expect(
            rows.map { "\($0["rule"] ?? "") \($0["outcome"] ?? "")" }
                == ["a fires", "b well", "c well", "d fires", "e unknown"])
        #expect(rows.first?["message"] as? String == "1 of pass")
        #expect(
            try place.run("sqlite3 state.db 'SELECT count(*) FROM alerts'").output == "0\n")
    }

    @Test("The built-in rules are rules, and each of them can be evaluated")
    func builtIn() throws {
        let place = try workplace("")
        place["ALERT_MONTHLY_BUDGET"] = "100"
        let rows = try place.run("call-alert -n").records
        #expect(rows.count == 21)
        #expect(rows.allSatisfy { $0["outcome"] as? String != "unknown" }, "\(rows)")
        let printed = try place.run("call-alert --print-rules >mine; call-alert --rules mine -n")
        #expect(printed.records.count == 21 && printed.status == 0)
        let off = try place.run(
            "echo '{\"id\":\"gaps\",\"enabled\":false}' >off; call-alert --rules off -n")
        #expect(off.records.count == 20 && off.status == 0)
    }

    @Test("A key that nobody changed for 90 days is told, and its change ends that")
    func keyAge() throws {
        let place = try workplace("")
        let ask = "call-alert -n | jq -r 'select(.rule == \"key-age\") | .outcome'"
        _ = try place.run(
            "echo RINGCENTRAL_CLIENT_SECRET=x >.env; chmod 600 .env; touch -d '-91 days' .env")
        #expect(try place.run(ask).output == "fires\n")
        #expect(try place.run("touch .env; \(ask)").output == "well\n")
        // The settings may have another name, and a unit knows their directory only.
        _ = try place.run("mkdir keys; mv .env keys/settings; touch -d '-91 days' keys/settings")
        #expect(try place.run(ask).output == "well\n")
        #expect(try place.run("CALLPIPE_KEYS=keys \(ask)").output == "fires\n")
        let named = ask.replacing("-n", with: "-n --env-file keys/settings")
        #expect(try place.run(named).output == "fires\n")
    }

    @Test("An archive that dies is told in time: no run, no list, no download, then the purge")
    func dyingArchive() throws {
        let place = try Workplace()
        func run(_ time: String, _ script: String = "") throws -> Set<String> {
            // The machine of the tests is busy, and that is not what is asked.
            _ = try place.run(
                """
                for rule in cpu-usage memory-usage disk-usage; do
                    echo '{"id":"'$rule'","enabled":false}'
                done >off
                """)
            let now = "export CALLPIPE_NOW=2026-12-\(time):00Z"
            let outcome = try place.run("\(now)\n\(script)\ncall-alert --rules off")
            #expect(outcome.status == 0, "\(outcome.errors)")
            return Set(outcome.records.map { "\($0["rule"] ?? "") \($0["state"] ?? "")" })
        }
        let call =
            #"{"id":"rc:1","source":"ringcentral","start":"2026-11-30T10:00:00Z","#
            + #""recording":{"id":"1","expires":"2026-12-25"}}"#
        let begin = """
            echo '\(call)' | state-run --name daily -- state-todo fetch >/dev/null
            state-listed --until 2026-12-01T00:00:00Z ringcentral
            # The clock of each program begins anew, and a backup has to be later than the first run.
            CALLPIPE_NOW=2026-12-01T00:00:05Z state-backup backups >/dev/null
            """
        #expect(try run("01T00:00", begin).isEmpty)
        #expect(try run("02T00:10").subtracting(["backup-age firing"]) == ["stalled firing"])
        #expect(
            try run("03T00:10").subtracting(["backup-age firing"])
                == ["list-overdue firing", "last-run firing"])
        #expect(try run("04T00:10").subtracting(["backup-age firing"]).isEmpty)
        #expect(try run("12T00:10") == ["purge-soon firing"])
        #expect(try run("24T00:10") == ["purge-now firing"])
        let mend = """
            echo '\(call.dropLast()),"audio":{"path":"a.wav","bytes":1}}' |
                state-run --name daily -- state-mark fetch >/dev/null
            state-listed --until 2026-12-24T00:10:00Z ringcentral
            """
        #expect(
            try run("24T00:20", mend)
                == [
                    "list-overdue resolved", "last-run resolved", "stalled resolved",
                    "purge-soon resolved", "purge-now resolved",
                ])
        #expect(
            try place.run("call-alert --list --active").records.compactMap {
                ($0["labels"] as? [String: String])?["alertname"]
            } == ["backup-age"])
    }

    @Test("The erasure of a recording empties the alerts that name it, and no others")
    func erased() throws {
        let place = try workplace(
            #"{"id":"named","condition":{"sql":"SELECT id FROM calls"},"message":"see {id}"}"#
                + "\n\(AlertRuleTests.fires)")
        #expect(try place.run("call-alert --no-built-in --rules rules").status == 0)
        let outcome = try place.run(
            """
            state-erase --reason test rc:1 >/dev/null && sqlite3 state.db \
                "SELECT rule, message, value FROM alerts ORDER BY rule"
            """)
        #expect(outcome.output == "fires|fires: 1|1\nnamed|erased|\n", "\(outcome.errors)")
    }

    @Test("A check of a service that failed long ago says nothing of now")
    func oldCheck() throws {
        let place = try workplace("")
        let ask = "call-alert -n | jq -r 'select(.rule == \"api-degradation\") | .outcome'"
        func note(_ time: String) throws -> String {
            try place.run(
                """
                sqlite3 state.db "INSERT OR REPLACE INTO checks
                    VALUES ('drive', 'fail', '\(time)', NULL, 'x', NULL)"
                CALLPIPE_NOW=2026-12-02T00:00:00Z \(ask)
                """
            ).output
        }
        #expect(try note("2026-12-01T12:00:00.000Z") == "fires\n")
        #expect(try note("2026-11-30T12:00:00.000Z") == "well\n")
    }

    @Test("A day without a recording is told, when it was listed and that weekday had always some")
    func quietDay() throws {
        let place = try workplace("")
        let now = "CALLPIPE_NOW=2026-11-30T09:00:00Z"
        let ask = """
            \(now) call-alert -n |
                jq -r 'select(.rule == "quiet-day") | [.outcome, .message] | join(" ")'
            """
        func call(_ day: String, _ count: Int) throws {
            _ = try place.run(
                """
                for n in $(seq \(count)); do
                    echo '{"id":"rc:\(day)-'$n'","source":"x","start":"2026-11-\(day)T12:00:00Z"}'
                done | state-todo fetch >/dev/null
                """)
        }
        for day in ["07", "14", "21"] { try call(day, 5) }
        #expect(try place.run(ask).output == "well \n")
        for day in ["08", "15"] { try call(day, 5) }
        try call("22", 4)
        #expect(try place.run(ask).output == "well \n")
        try call("22", 6)
        #expect(
            try place.run(ask).output.hasPrefix("fires there is no recording of 2026-11-29 (UTC)"))
        // A day that was not listed is the alert list-overdue.
        _ = try place.run("\(now) state-listed --until 2026-11-29T23:00:00Z x")
        #expect(try place.run(ask).output == "well \n")
        _ = try place.run("\(now) state-listed --until 2026-11-30T00:00:00Z x")
        #expect(try place.run(ask).output.hasPrefix("fires"))
        try call("29", 1)
        #expect(try place.run(ask).output == "well \n")
    }

    @Test(
        "A checkpoint that is absent, empty, newer or no database is told, once in half an hour",
        arguments: [
            "rm state.db*", ": >state.db", "sqlite3 state.db 'PRAGMA user_version = 99'",
            "echo x >state.db",
        ])
    func noCheckpoint(_ break: String) throws {
        let place = try workplace("")
        let services = try place.start("alert_services.py", [])
        place["SLACK_WEBHOOK_URL"] = services.ready["slack"] as? String
        _ = try place.run(`break`)
        for (minutes, sent) in [("00", 1), ("05", 1), ("31", 2)] {
            let outcome = try place.run(
                "CALLPIPE_NOW=2026-12-01T00:\(minutes):00Z call-alert --to slack:")
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("checkpoint"), "\(outcome.errors)")
            #expect(try services.count("slack") == sent)
        }
    }

    @Test("A checkpoint that another process has locked is told")
    func locked() throws {
        let place = try workplace(AlertRuleTests.fires)
        let outcome = try place.run(
            """
            mkfifo begun ended
            python3 -c 'import sqlite3
            c = sqlite3.connect("state.db", isolation_level=None)
            c.execute("BEGIN IMMEDIATE")
            open("begun", "w").close()
            open("ended").close()' &
            read -r _ <begun
            call-alert --no-built-in --rules rules --busy-timeout 0
            status=$?
            : >ended
            wait
            exit $status
            """)
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(outcome.errors.contains("unable to lock checkpoint"))
        #expect(outcome.records.map { $0["rule"] as? String } == ["fires"])
    }

    @Test("Acknowledged is not repeated, silenced is not told, and both end")
    func byHand() throws {
        let place = try workplace(AlertRuleTests.fires)
        let services = try place.start("alert_services.py", [])
        place["SLACK_WEBHOOK_URL"] = services.ready["slack"] as? String
        func run(_ time: String, _ words: String) throws -> Outcome {
            try place.run("CALLPIPE_NOW=2026-12-01T\(time):00Z call-alert \(words)")
        }
        let round = "--no-built-in --rules rules --to slack:"
        let wrong = try run("00:00", "--silence fired --until 2h --rules rules")
        #expect(wrong.status == 1 && wrong.errors.contains("no rule has this id"))
        #expect(
            try run("00:00", "--silence fires --until 2h --note upgrade --rules rules").status == 0)
        _ = try run("00:05", round)
        #expect(try services.count("slack") == 0)
        #expect(
            try run("00:06", "--list --active").records.first.map {
                ($0["labels"] as? [String: String])?["alertname"]
            } == "fires")
        #expect(try run("00:06", "--list --active --format table").output == "fires: fires: 1\n")
        _ = try run("02:05", round)
        #expect(try services.count("slack") == 1)
        #expect(try run("02:06", "--acknowledge fires --note 'I do it'").status == 0)
        _ = try run("09:00", round)
        #expect(try services.count("slack") == 1)
        _ = try place.run("echo '{\"id\":\"fires\",\"condition\":{\"command\":[\"true\"]}}' >rules")
        _ = try run("09:05", round)
        #expect(try services.count("slack") == 2)
        let late = try run("09:06", "--acknowledge 1")
        #expect(late.status == 1 && late.errors.contains("it is not open"))
    }

    @Test("An incident is told in the words of the handbook, and again every 15 minutes")
    func incident() throws {
        let place = try workplace(AlertRuleTests.fires)
        let services = try place.start("alert_services.py", [])
        place["SLACK_WEBHOOK_URL"] = services.ready["slack"] as? String
        for minutes in ["00", "10", "15", "25", "30"] {
            _ = try place.run(
                "CALLPIPE_NOW=2026-12-01T00:\(minutes):00Z call-alert --no-built-in --rules rules"
                    + " --to slack: --template incident")
        }
        #expect(try services.count("slack") == 3)
        let text = try place.run("curl -fsS \(services.url)/_control/received").output
        #expect(text.contains("Status: under investigation"))
        #expect(text.contains("Next update: in 15 min"))
    }

    @Test("The dead man's switch is pinged after a good run, and only then")
    func ping() throws {
        let place = try workplace(AlertRuleTests.fires)
        let services = try place.start("alert_services.py", [])
        place["CALLPIPE_PING_URL"] = services.ready["ping"] as? String
        #expect(try place.run("call-alert --no-built-in --rules rules --ping").status == 0)
        #expect(try services.count("ping") == 1)
        _ = try place.run("echo x >>rules")
        #expect(try place.run("call-alert --no-built-in --rules rules --ping").status == 1)
        #expect(try services.count("ping") == 1)
        place["CALLPIPE_PING_URL"] = services.url + "/00000000-0000-0000-0000-000000000000"
        let unknown = try place.run("call-alert --no-built-in --ping")
        #expect(unknown.errors.contains("it answered OK (not found)"))
        #expect(!unknown.errors.contains("00000000-"))
    }

    @Test(
        "Command lines that mean nothing are refused",
        arguments: [
            "--to nothing:", "--to slack", "--to slack:https://hooks.slack.com/services/x",
            "--to slack: --to slack:", "--list --test", "--active", "--silence gaps",
            "--until 2h", "--note x", "--test", "--list --rules x", "--repeat 1m",
        ])
    func usage(_ options: String) throws {
        let place = try Workplace()
        place["SLACK_WEBHOOK_URL"] = "https://127.0.0.1/x"
        let outcome = try place.run("call-alert \(options)")
        #expect(outcome.status == 64, "\(outcome.errors)")
        #expect(!outcome.errors.contains("hooks.slack.com"))
    }
}
