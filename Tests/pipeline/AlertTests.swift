// AlertTests: call-alert over time, with the services that it tells.
import Foundation
import TestSupport
import Testing

/// A place with the fakes of all services, a checkpoint, and a table whose rows rules ask for.
private final class Watch {
    let place: Workplace
    let services: Fake
    private var minutes = 0

    init(rules: [String] = [Watch.rule()]) throws {
        place = try Workplace()
        services = try place.start("alert_services.py", [])
        place["SLACK_WEBHOOK_URL"] = services.ready["slack"] as? String
        place["TEAMS_WEBHOOK_URL"] = services.ready["teams"] as? String
        place["PAGERDUTY_ROUTING_KEY"] = services.ready["pagerduty"] as? String
        place["SENDGRID_API_KEY"] = services.ready["sendgrid"] as? String
        place["ALERT_WEBHOOK_URL"] = services.ready["webhook"] as? String
        place["ALERT_WEBHOOK_SECRET"] = services.ready["webhook_secret"] as? String
        place["NTFY_TOPIC"] = services.ready["topic"] as? String
        place["CALLPIPE_PING_URL"] = services.ready["ping"] as? String
        for name in ["PAGERDUTY_URL", "SENDGRID_URL", "NTFY_URL"] { place[name] = services.url }
        place["ALERT_EMAIL"] = "ops@example.com"
        try write(rules)
        _ = try place.run(
            """
            echo '{"id":"rc:1"}' | state-todo fetch >/dev/null
            sqlite3 state.db 'CREATE TABLE t(v)'
            """)
    }

    /// A rule that fires while the table has rows.
    static func rule(_ more: String = "") -> String {
        #"{"id":"rows","name":"Rows","level":"critical","message":"there are {value} rows","#
            + #""remedy":"look","condition":{"sql":"SELECT count(*) FROM t","above":0}\#(more)}"#
    }

    func write(_ rules: [String]) throws {
        try (rules.joined(separator: "\n") + "\n").write(
            toFile: place.path + "/rules", atomically: true, encoding: .utf8)
    }

    /// Makes the rule true, or false.
    func fire(_ fires: Bool = true) throws {
        _ = try place.run(
            "sqlite3 state.db '\(fires ? "INSERT INTO t VALUES (1)" : "DELETE FROM t")'")
    }

    /// The clock so many minutes after the start.
    static func time(_ minutes: Int) -> String {
        let start = Date(timeIntervalSince1970: 1_796_083_200)
        return start.addingTimeInterval(Double(minutes) * 60).ISO8601Format()
    }

    /// One run at so many minutes after the start.
    @discardableResult
    func run(at minutes: Int, _ options: String = "--to webhook:") throws -> Outcome {
        // The webhook's signature has a time, which its receiver compares with the clock.
        try services.control("clock", #"{"now":"\#(Watch.time(minutes))"}"#)
        return try place.run(
            "CALLPIPE_NOW=\(Watch.time(minutes)) call-alert --no-built-in --rules rules \(options)")
    }

    /// Tells a text at so many minutes after the start.
    func run(
        at minutes: Int, _ options: String, telling text: String, _ level: String
    ) throws -> Outcome {
        try services.control("clock", #"{"now":"\#(Watch.time(minutes))"}"#)
        return try place.run(
            "CALLPIPE_NOW=\(Watch.time(minutes)) call-alert \(options) --level \(level)"
                + " --tell '\(text)'")
    }

    /// The messages that a service has taken.
    func received(_ service: String) throws -> [[String: Any]] {
        let text = try place.run("curl -fsS \(services.url)/_control/received").records
        return text.filter { $0["service"] as? String == service }
    }

    /// The events that the webhook was told, in order.
    func told() throws -> [String] {
        try received("webhook").flatMap { message in
            let body = message["body"] as? [String: Any]
            let data = body?["data"] as? [String: Any]
            let alerts = data?["alerts"] as? [[String: Any]]
            return alerts?.map { "\($0["rule"] ?? "") \($0["event"] ?? "")" } ?? []
        }
    }

    func sql(_ question: String) throws -> String {
        try place.run("sqlite3 state.db \"\(question)\"").output
            .trimmingCharacters(in: .newlines)
    }
}

@Suite struct AlertTests {
    @Test("An alert fires once, is repeated after its time, and ends with its duration")
    func onceAndAgain() throws {
        let watch = try Watch()
        #expect(try watch.run(at: 0).output == "")
        try watch.fire()
        let first = try #require(try watch.run(at: 5).records.first)
        #expect(first["state"] as? String == "firing" && first["rule"] as? String == "rows")
        #expect(first["message"] as? String == "there are 1 rows")
        for minute in stride(from: 10, to: 245, by: 5) {
            #expect(try watch.run(at: minute).output == "")
        }
        #expect(try watch.told() == ["rows firing"])
        try watch.run(at: 245)
        #expect(try watch.told() == ["rows firing", "rows repeat"])
        try watch.fire(false)
        let last = try #require(try watch.run(at: 250).records.first)
        #expect(last["state"] as? String == "resolved")
        try watch.run(at: 255)
        #expect(try watch.told() == ["rows firing", "rows repeat", "rows resolved"])
        let body = try #require(try watch.received("webhook").last?["body"] as? [String: Any])
        let data = try #require(body["data"] as? [String: Any])
        #expect((data["text"] as? String)?.contains("RESOLVED Rows, after 4 h") == true)
        #expect(try watch.sql("SELECT count(*), min(state) FROM alerts") == "1|resolved")
    }

    @Test(
        "With \"for\" it fires only when it held at each run; a pause, or a clock set back, counts anew"
    )
    func holds() throws {
        let watch = try Watch(rules: [Watch.rule(#","for":"10m""#)])
        try watch.fire()
        for minute in [0, 5] { #expect(try watch.run(at: minute).output == "") }
        #expect(try watch.sql("SELECT state FROM alerts") == "pending")
        #expect(try watch.run(at: 10).records.count == 1)
        // It held for a moment only.
        try watch.fire(false)
        try watch.run(at: 15)
        try watch.fire()
        try watch.run(at: 100)
        try watch.fire(false)
        try watch.run(at: 105)
        #expect(try watch.sql("SELECT count(*) FROM alerts") == "1")
        try watch.fire()
        try watch.run(at: 110)
        // No run came for 20 minutes.
        #expect(try watch.run(at: 130).output == "")
        // The clock is set back by an hour.
        #expect(try watch.run(at: 70).output == "")
        #expect(try watch.run(at: 75).output == "")
        #expect(try watch.run(at: 80).records.count == 1)
    }

    @Test("With \"keep_firing_for\" a condition that comes and goes is one alert, which ends later")
    func keeps() throws {
        let watch = try Watch(rules: [Watch.rule(#","keep_firing_for":"3h""#)])
        try watch.fire()
        try watch.run(at: 0)
        try watch.fire(false)
        for minute in [60, 120] { #expect(try watch.run(at: minute).output == "") }
        try watch.fire()
        try watch.run(at: 125)
        try watch.fire(false)
        for minute in [200, 300] { #expect(try watch.run(at: minute).output == "") }
        #expect(try watch.sql("SELECT count(*), min(state) FROM alerts") == "1|firing")
        let last = try #require(try watch.run(at: 306).records.first)
        #expect(last["state"] as? String == "resolved")
        #expect(try watch.told() == ["rows firing", "rows resolved"])
    }

    @Test("An alert that comes and goes is told once in its cooldown, which is 5 minutes at least")
    func cooldown() throws {
        let watch = try Watch(rules: [Watch.rule(#","cooldown":"1s""#)])
        for minute in 0..<5 {
            try watch.fire()
            try watch.run(at: minute, "--interval 60 --to webhook:")
            try watch.fire(false)
            try watch.run(at: minute, "--interval 60 --to webhook:")
        }
        #expect(try watch.told() == ["rows firing", "rows resolved"])
        try watch.fire()
        try watch.run(at: 5)
        #expect(try watch.told() == ["rows firing", "rows resolved", "rows firing"])
    }

    @Test("An alert is told again after its repeat, also when its cooldown is longer")
    func shortRepeat() throws {
        let watch = try Watch(rules: [Watch.rule(#","repeat":"15m","cooldown":"2h""#)])
        try watch.fire()
        for minute in stride(from: 0, through: 30, by: 5) { try watch.run(at: minute) }
        #expect(try watch.told() == ["rows firing", "rows repeat", "rows repeat"])
    }

    @Test("Every service takes the firing and the end, in the form of its description")
    func services() throws {
        let watch = try Watch(rules: [Watch.rule(#","respond_within":"45m""#)])
        watch.place["APP_URL"] = "https://ops.example.com/"
        watch.place["VERCEL_ENV"] = "production"
        let all =
            "--to slack: --to teams: --to pagerduty: --to mail: --to webhook: --to ntfy: --to log:"
        watch.place["CALLPIPE_HTTP_LOG"] = watch.place.path + "/http.log"
        try watch.fire()
        let fired = try watch.run(at: 0, all)
        #expect(fired.status == 0, "\(fired.errors)")
        try watch.fire(false)
        #expect(try watch.run(at: 5, all).status == 0)
        for service in ["slack", "teams", "pagerduty", "sendgrid", "webhook", "ntfy"] {
            #expect(try watch.services.count(service) == 2, "\(service)")
        }
        let events = try watch.received("pagerduty").compactMap { $0["body"] as? [String: Any] }
        #expect(events.map { $0["event_action"] as? String } == ["trigger", "resolve"])
        #expect(Set(try watch.received("pagerduty").map { $0["key"] as? String }).count == 1)
        let slack = try #require(try watch.received("slack").first?["body"] as? [String: Any])
        let text = try #require(slack["text"] as? String)
        #expect(text.contains("FIRING critical P1: Rows\nthere are 1 rows"))
        #expect(text.contains("production") && text.contains("https://ops.example.com/"))
        #expect(text.contains("respond within 45 min") && text.contains("do: look"))
        // No secret is in the checkpoint, the log of requests or the messages.
        let dump = try watch.place.run("sqlite3 state.db .dump; cat http.log").output
        #expect(!dump.contains("secret") && !dump.contains("r0ut1ng"))
        #expect(dump.contains(#""host":"127.0.0.1","path":"/{id}""#))
    }

    @Test("A channel that fails is tried again by the next runs, and told of by another")
    func failingChannel() throws {
        let watch = try Watch()
        try watch.services.fault(
            #"{"match":{"path":"services"},"action":{"kind":"503"},"times":2}"#)
        try watch.fire()
        let both = "--to slack: --to webhook:"
        let failed = try watch.run(at: 0, both)
        #expect(failed.status == 1)
        #expect(failed.errors.contains("unable to tell Slack: it answered 503"))
        #expect(!failed.errors.contains("SECRET"))
        #expect(try watch.told() == ["rows firing", "channel.slack firing"])
        try watch.run(at: 5, both)
        #expect(try watch.received("slack").isEmpty)
        #expect(try watch.run(at: 15, both).status == 0)
        #expect(try watch.services.hasStruck())
        #expect(try watch.received("slack").count == 1)
        #expect(
            try watch.told() == ["rows firing", "channel.slack firing", "channel.slack resolved"])
    }

    @Test("A channel whose settings are missing is told of by another")
    func missingSettings() throws {
        let watch = try Watch()
        watch.place["SLACK_WEBHOOK_URL"] = nil
        try watch.fire()
        let outcome = try watch.run(at: 0, "--to slack: --to webhook:")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("set SLACK_WEBHOOK_URL"))
        #expect(try watch.told() == ["rows firing", "channel.slack firing"])
    }

    @Test("429 is heeded: the message waits as long as the service asks")
    func tooMany() throws {
        let watch = try Watch()
        try watch.services.fault(
            #"{"match":{"path":"hook"},"action":{"kind":"429","penalty":1200}}"#)
        try watch.fire()
        #expect(try watch.run(at: 0).status == 1)
        for minute in [5, 10, 15] { try watch.run(at: minute) }
        #expect(try watch.services.count("requests") == 1)
        try watch.run(at: 21)
        #expect(try watch.told() == ["rows firing"])
    }

    @Test("A message whose answer is lost comes again with the same id")
    func lostAnswer() throws {
        let watch = try Watch()
        try watch.services.fault(#"{"match":{"path":"hook"},"action":{"kind":"drop_reply"}}"#)
        try watch.fire()
        #expect(try watch.run(at: 0).status == 1)
        try watch.run(at: 5)
        let ids = try watch.received("webhook").map { $0["key"] as? String }
        #expect(ids.count == 2 && Set(ids).count == 1)
    }

    @Test("A message that is refused for good is not sent again, and redirects are not followed")
    func refused() throws {
        let watch = try Watch()
        try watch.services.fault(
            #"{"match":{"path":"services"},"action":{"kind":"status","status":400,"body":"no_text"}}"#
        )
        try watch.services.fault(
            #"{"match":{"path":"workflows"},"action":{"kind":"status","status":302,"headers":"#
                + #"{"Location":"\#(watch.services.url)/hook/secret"}}}"#)
        try watch.fire()
        let outcome = try watch.run(at: 0, "--to slack: --to teams:")
        #expect(outcome.errors.contains("it answered 400 no_text"))
        #expect(outcome.errors.contains("it answered 302"))
        #expect(try watch.received("webhook").isEmpty)
        try watch.run(at: 60, "--to slack: --to teams:")
        #expect(try watch.received("teams").count == 1)
        #expect(
            try watch.sql(
                "SELECT m.status, count(*) FROM alert_messages AS m JOIN alerts AS a ON a.number = m.alert"
                    + " WHERE a.rule = 'rows' GROUP BY 1 ORDER BY 1") == "refused|1\nsent|1")
    }

    @Test("A wrong address or key may be mended, so it is tried again, for P0 every 5 minutes")
    func mended() throws {
        let watch = try Watch(rules: [Watch.rule(#","priority":"P0""#)])
        try watch.services.fault(
            #"{"match":{"path":"services"},"action":{"kind":"status","status":403},"times":4}"#)
        try watch.fire()
        for minute in stride(from: 0, to: 20, by: 5) {
            let outcome = try watch.run(at: minute, "--to slack:")
            #expect(outcome.status == 1 && outcome.errors.contains("look at its settings"))
        }
        #expect(try watch.services.hasStruck())
        #expect(try watch.received("slack").isEmpty)
        #expect(try watch.run(at: 20, "--to slack:").status == 0)
        #expect(try watch.received("slack").count == 1)
    }

    @Test("An event that PagerDuty refuses holds up no other of its run")
    func oneRefused() throws {
        let watch = try Watch(rules: [
            Watch.rule(), Watch.rule().replacing(#""id":"rows""#, with: #""id":"more""#),
        ])
        try watch.services.fault(
            #"{"match":{"path":"enqueue"},"action":{"kind":"status","status":400},"times":1}"#)
        try watch.fire()
        #expect(try watch.run(at: 0, "--to pagerduty:").status == 1)
        #expect(try watch.services.count("pagerduty") == 1)
        #expect(
            try watch.sql("SELECT status, count(*) FROM alert_messages GROUP BY 1 ORDER BY 1")
                == "refused|1\nsent|1")
    }

    @Test("A text of the operator's reaches services that know alerts only, as loud as it is")
    func told() throws {
        let watch = try Watch()
        let all = "--to pagerduty: --to webhook: --to ntfy: --to slack:"
        #expect(try watch.run(at: 0, "\(all)", telling: "x.service failed", "critical").status == 0)
        let event = try #require(try watch.received("pagerduty").first?["body"] as? [String: Any])
        let payload = try #require(event["payload"] as? [String: Any])
        #expect(payload["severity"] as? String == "critical")
        #expect((payload["summary"] as? String)?.contains("x.service failed") == true)
        let note = try #require(try watch.received("ntfy").first?["body"] as? [String: Any])
        #expect(note["priority"] as? Int == 5)
        #expect(try watch.services.count("slack") == 1)
        #expect(try watch.services.count("webhook") == 1)
        #expect(try watch.place.run("call-alert --level critical --list").status == 64)
    }

    @Test("An alert that becomes more urgent is told at once, as another alert")
    func urgent() throws {
        let watch = try Watch(rules: [Watch.rule().replacing("critical", with: "warning")])
        try watch.fire()
        try watch.run(at: 0)
        try watch.run(at: 5)
        _ = try watch.place.run("call-alert --acknowledge rows")
        try watch.write([Watch.rule(#","priority":"P0""#)])
        let outcome = try watch.run(at: 10)
        #expect(
            outcome.records.map { "\($0["state"] ?? "") \($0["priority"] ?? "")" }
                == ["resolved P2", "firing P0"])
        #expect(try watch.told() == ["rows firing", "rows resolved", "rows firing"])
        #expect(try watch.run(at: 15).output == "")
        #expect(try watch.told().count == 3)
        let keys = try watch.received("webhook").flatMap { message in
            let data = (message["body"] as? [String: Any])?["data"] as? [String: Any]
            return (data?["alerts"] as? [[String: Any]] ?? []).compactMap { $0["key"] as? String }
        }
        #expect(Set(keys).count == 2)
    }

    @Test("A rule whose channels are not in use is told by the others, and that is an alert")
    func untold() throws {
        let watch = try Watch(rules: [Watch.rule(#","channels":["pagerduty"]"#)])
        try watch.fire()
        let outcome = try watch.run(at: 0)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("rows: its channels pagerduty are not in use"))
        #expect(Set(try watch.told()) == ["rows firing", "rules-untold firing"])
        try watch.write([Watch.rule(#","channels":["log"]"#)])
        #expect(try watch.run(at: 5).status == 0)
        #expect(Set(try watch.told().dropFirst(2)) == ["rules-untold resolved"])
    }

    @Test("A service that answers 200 and an error is not believed")
    func falseSuccess() throws {
        let watch = try Watch()
        try watch.services.fault(
            #"[{"match":{"path":"services"},"action":{"kind":"wrong_type"}},"#
                + #"{"match":{"path":"workflows"},"action":{"kind":"wrong_type","body":"#
                + #""Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429"}}]"#
        )
        try watch.fire()
        let outcome = try watch.run(at: 0, "--to slack: --to teams:")
        #expect(outcome.errors.contains("it answered 200 without its word ok"))
        #expect(outcome.errors.contains("unable to tell Teams: it answered 200"))
        try watch.run(at: 5, "--to slack: --to teams:")
        #expect(try watch.services.count("slack") == 1)
        #expect(try watch.services.count("teams") == 1)
    }

    @Test("A channel that hangs holds up no other")
    func hanging() throws {
        let watch = try Watch()
        watch.place["REQUEST_TIMEOUT"] = "1"
        try watch.services.fault(
            #"{"match":{"path":"services"},"action":{"kind":"slow","chunk":1,"delay":5}}"#)
        try watch.fire()
        let outcome = try watch.run(at: 0, "--to slack: --to webhook:")
        #expect(outcome.errors.contains("unable to tell Slack"))
        #expect(try watch.told() == ["rows firing", "channel.slack firing"])
    }

    @Test("Many at once make one alert and send one message")
    func atOnce() throws {
        let watch = try Watch()
        try watch.fire()
        try watch.services.control("clock", #"{"now":"\#(Watch.time(0))"}"#)
        let outcome = try watch.place.run(
            """
            for n in 1 2 3 4 5 6; do
                CALLPIPE_NOW=\(Watch.time(0)) call-alert --no-built-in --rules rules --to webhook: &
            done
            wait
            """)
        #expect(outcome.records.count == 1, "\(outcome.errors)")
        let told = try watch.told()
        let book = try watch.sql("SELECT * FROM alert_messages")
        #expect(told == ["rows firing"], "\(told) \(outcome.errors) \(book)")
    }

    @Test("A run that is killed while it sends loses no message")
    func killed() throws {
        let watch = try Watch()
        try watch.services.fault(
            #"{"match":{"path":"services"},"action":{"kind":"slow","chunk":1,"delay":30}}"#)
        try watch.fire()
        let now = Watch.time(0)
        let outcome = try watch.place.run(
            """
            CALLPIPE_NOW=\(now) call-alert --no-built-in --rules rules --to slack: >killed &
            until [ "$(curl -fsS \(watch.services.url)/_control/counts | jq .requests)" = 1 ]; do :; done
            kill -9 $!
            wait $!
            """)
        #expect(outcome.status == 137)
        #expect(
            try watch.sql("SELECT status, attempts, ended_at IS NULL FROM alert_messages")
                == "open|1|1")
        // The message belongs to the killed run for five minutes.
        try watch.run(at: 4, "--to slack:")
        #expect(try watch.services.count("slack") == 1)
        try watch.run(at: 6, "--to slack:")
        #expect(try watch.services.count("slack") == 2)
        #expect(try watch.sql("SELECT status, attempts FROM alert_messages") == "sent|2")
    }

    @Test("The end is told only where the beginning was")
    func endOnly() throws {
        let watch = try Watch()
        try watch.services.fault(
            #"{"match":{"path":"services"},"action":{"kind":"503"},"times":9}"#)
        try watch.fire()
        try watch.run(at: 0, "--to slack: --to webhook:")
        try watch.fire(false)
        try watch.services.fault("[]")
        try watch.run(at: 1, "--to slack: --to webhook:")
        #expect(try watch.told().contains("rows resolved"))
        #expect(
            try watch.sql(
                "SELECT count(*) FROM alert_messages AS m JOIN alerts AS a ON a.number = m.alert"
                    + " WHERE a.rule = 'rows' AND channel = 'slack' AND event = 'resolved'") == "0")
    }
}
