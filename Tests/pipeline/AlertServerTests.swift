// AlertServerTests: alerts at real servers: SMTP with TLS, and Alertmanager.
import Foundation
import TestSupport
import Testing

/// A real Alertmanager on a port of its own.
private final class AlertmanagerServer {
    let url: String
    private let process = Process()
    private let errors = Pipe()

    init(in directory: String) throws {
        try """
        route: {receiver: none, group_wait: 1s, group_interval: 1s}
        receivers: [{name: none}]
        """.write(toFile: directory + "/am.yml", atomically: true, encoding: .utf8)
        process.executableURL = URL(filePath: "/usr/bin/prometheus-alertmanager")
        process.arguments = [
            "--config.file=\(directory)/am.yml", "--storage.path=\(directory)/am",
            "--web.listen-address=127.0.0.1:0", "--cluster.listen-address=", "--log.format=json",
        ]
        process.standardError = errors
        try process.run()
        // It logs the address when it listens.
        var text = ""
        var address: String?
        while address == nil {
            let more = errors.fileHandleForReading.availableData
            guard !more.isEmpty else { throw CocoaError(.executableLoad) }
            text += String(decoding: more, as: UTF8.self)
            address =
                text.split(separator: "\n").compactMap { line in
                    line.contains("Listening on")
                        ? line.firstMatch(of: #/127\.0\.0\.1:[0-9]+/#).map { String($0.0) } : nil
                }.first
        }
        url = "http://\(address ?? "")"
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }
}

@Suite struct AlertServerTests {
    private func watched() throws -> Workplace {
        let place = try Workplace()
        _ = try place.run(
            """
            echo '{"id":"rc:1"}' | state-todo fetch >/dev/null
            sqlite3 state.db 'CREATE TABLE t(v); INSERT INTO t VALUES (1)'
            echo '{"id":"rows","name":"Zeilen größer","condition":{"sql":"SELECT count(*) FROM t","above":0}}' >rules
            """)
        return place
    }

    @Test(
        "Alertmanager has the alert while it fires, told again by each run, and loses it at its end"
    )
    func alertmanager() throws {
        let place = try watched()
        let server = try AlertmanagerServer(in: place.path)
        let run = "call-alert --no-built-in --rules rules --to alertmanager:\(server.url)"
        #expect(try place.run(run).status == 0)
        func active() throws -> [[String: Any]] {
            let text = try place.run("curl -fsS '\(server.url)/api/v2/alerts?active=true'").output
            return try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]] ?? []
        }
        let alert = try #require(try active().first)
        let labels = try #require(alert["labels"] as? [String: String])
        #expect(labels["alertname"] == "rows" && labels["severity"] == "warning")
        let end = try #require(alert["endsAt"] as? String)
        #expect(try place.run(run).status == 0)
        let again = try #require(try active().first)
        #expect(try active().count == 1)
        #expect(try #require(again["endsAt"] as? String) > end)
        #expect(
            try place.run("sqlite3 state.db 'SELECT count(*) FROM alert_messages'").output == "1\n")
        _ = try place.run("sqlite3 state.db 'DELETE FROM t'")
        #expect(try place.run(run).status == 0)
        #expect(try active().isEmpty)
    }

    @Test("Mail goes by SMTP with TLS only, from and to the right people, once")
    func mail() throws {
        let place = try watched()
        let server = try place.start("mail_server.py", [place.path + "/mail"])
        let ports = server.ready.compactMapValues { $0 as? Int }
        place["CURL_CA_BUNDLE"] = server.ready["certificate"] as? String
        place["ALERT_EMAIL_TO"] = "ops@example.com,boss@example.com"
        place["ALERT_EMAIL_FROM"] = "callpipe@example.com"
        place["SMTP_URL"] = "smtp://localhost:\(try #require(ports["starttls"]))"
        let run = "call-alert --no-built-in --rules rules --to mail:"
        for _ in 0..<2 { #expect(try place.run(run).status == 0) }
        let envelope = try place.run("cat mail/*.json").records
        #expect(envelope.count == 1)
        #expect(envelope[0]["to"] as? [String] == ["ops@example.com", "boss@example.com"])
        #expect(envelope[0]["tls"] as? Bool == true)
        let text = try place.run("cat mail/1.eml").output
        #expect(text.contains("\nSubject: =?utf-8?B?"))
        #expect(text.contains("\nAuto-Submitted: auto-generated"))
        #expect(text.contains("Zeilen gr=C3=B6=C3=9Fer"))
        _ = try place.run("sqlite3 state.db 'DELETE FROM t'")
        place["SMTP_URL"] = "smtps://localhost:\(try #require(ports["smtps"]))"
        place["SMTP_USER"] = "callpipe"
        place["SMTP_PASSWORD"] = "right"
        #expect(try place.run(run).status == 0)
        let root =
            "printf '%s\\n' mail/1.eml mail/2.eml | xargs grep -h '^References:' | sort -u | wc -l"
        #expect(try place.run(root).output.trimmingCharacters(in: .whitespacesAndNewlines) == "1")
    }

    @Test(
        "A mail server without TLS, with another certificate or another password gets nothing",
        arguments: [
            ("smtp://localhost:PLAIN", "right", "it offers no TLS"),
            ("smtp://127.0.0.1:STARTTLS", "right", "unable to trust the mail server"),
            ("smtps://localhost:SMTPS", "wrong", "it answered 535"),
        ])
    func unsafe(_ address: String, _ password: String, _ words: String) throws {
        let place = try watched()
        let server = try place.start("mail_server.py", [place.path + "/mail"])
        var url = address
        for name in ["plain", "starttls", "smtps"] {
            url = url.replacing(name.uppercased(), with: "\(server.ready[name] ?? "")")
        }
        place["CURL_CA_BUNDLE"] = server.ready["certificate"] as? String
        place["SMTP_URL"] = url
        if url.hasPrefix("smtps") { place["SMTP_USER"] = "callpipe" }
        place["SMTP_PASSWORD"] = password
        place["ALERT_EMAIL"] = "ops@example.com"
        let outcome = try place.run("call-alert --no-built-in --rules rules --to mail:")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
        #expect(!outcome.errors.contains("wrong"))
        #expect(try place.run("ls mail/*.eml").output == "")
    }

    @Test(
        "A recipient that is refused for now is tried again, one that is refused for good is not",
        arguments: [("later@example.com", "open"), ("never@example.com", "refused")])
    func recipients(_ address: String, _ status: String) throws {
        let place = try watched()
        let server = try place.start("mail_server.py", [place.path + "/mail"])
        place["CURL_CA_BUNDLE"] = server.ready["certificate"] as? String
        place["SMTP_URL"] = "smtps://localhost:\(server.ready["smtps"] ?? "")"
        place["ALERT_EMAIL"] = address
        #expect(try place.run("call-alert --no-built-in --rules rules --to mail:").status == 1)
        #expect(
            try place.run("sqlite3 state.db 'SELECT DISTINCT status FROM alert_messages'").output
                == "\(status)\n")
        place["ALERT_EMAIL"] = "a@b>\r\nRCPT TO:<evil@example.com"
        let injected = try place.run("call-alert --test --to mail:")
        #expect(injected.errors.contains("it is not a mail address"))
        #expect(!injected.errors.contains("evil"))
    }
}
