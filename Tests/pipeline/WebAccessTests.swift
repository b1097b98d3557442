// WebAccessTests: who is let in to what, and what is said when something is wrong.
import Foundation
import Testing

@Suite struct WebAccessTests {
    /// Each route with its method, the least scope, and the status that a request with it gets.
    private static let routes: [(method: String, path: String, scope: String, status: Int)] = [
        ("GET", "/health", "", 200), ("GET", "/api/openapi.json", "", 200),
        ("GET", "/api/health", "read", 200), ("GET", "/api/status", "read", 200),
        ("GET", "/api/metrics/system", "read", 200), ("GET", "/api/metrics/jobs", "read", 200),
        ("GET", "/api/metrics/errors", "read", 200), ("GET", "/metrics", "read", 200),
        ("GET", "/api/call-recordings", "read", 200), ("GET", "/api/v1/recordings", "read", 200),
        ("GET", "/api/call-recordings/rc:1", "read", 200),
        ("GET", "/api/v1/recordings/rc:1", "read", 200),
        ("GET", "/api/call-recordings/rc:1/stream", "read", 200),
        ("GET", "/api/v1/recordings/rc:1/stream", "read", 200),
        ("PUT", "/api/call-recordings/rc:1", "operate", 200),
        ("PUT", "/api/v1/recordings/rc:1", "operate", 200),
        ("POST", "/api/call-recordings/rc:1/transcribe", "operate", 202),
        ("POST", "/api/v1/recordings/rc:1/transcribe", "operate", 202),
        ("POST", "/api/call-recordings/sync", "admin", 409),
    ]

    @Test("every route lets in the tokens of its scope, and nobody else")
    func matrix() throws {
        let web = try WebPlace()
        let described = try web.ask("GET", "/api/openapi.json", token: nil).object["paths"]
        let paths = try #require(described as? [String: [String: Any]])
        let known = paths.flatMap { path, methods in
            methods.keys.map { "\($0.uppercased()) \(path)" }
        }
        let listed = Self.routes.map {
            "\($0.method) \($0.path.replacingOccurrences(of: "rc:1", with: "{id}"))"
        }
        #expect(Set(known) == Set(listed), "a route is missing in this test")
        let order = ["read", "operate", "admin"]
        for route in Self.routes {
            let body =
                route.method == "PUT"
                ? #"{"transcriptionStatus":"queued"}"#
                : route.path.hasSuffix("transcribe") ? #"{"force":true}"# : nil
            for method in route.method == "GET" ? ["GET", "HEAD"] : [route.method] {
                for token in [nil, "old", "gone", "Bearer x", "Basic eDp5"] + order {
                    let answer = try web.ask(method, route.path, token: token, body: body)
                    let isOpen = route.scope.isEmpty
                    let rank = order.firstIndex(of: token ?? "") ?? -1
                    let least = order.firstIndex(of: route.scope) ?? -1
                    let expected =
                        isOpen || rank >= least && rank >= 0 ? route.status : rank < 0 ? 401 : 403
                    #expect(answer.status == expected, "\(method) \(route.path) \(token ?? "none")")
                    if expected == 401 || expected == 403 {
                        #expect(
                            answer.headers["WWW-Authenticate"]?.hasPrefix("Bearer realm=") == true)
                        #expect(
                            !answer.text.contains("rc:1") && !answer.text.contains(WebPlace.phone))
                    }
                }
            }
        }
    }

    @Test("another method is told the ones that there are")
    func methods() throws {
        let web = try WebPlace()
        for (path, allowed) in [
            ("/health", "GET, HEAD"), ("/api/call-recordings/rc:1", "GET, HEAD, PUT"),
            ("/api/call-recordings/rc:1/transcribe", "POST"),
        ] {
            for method in ["DELETE", "BREW", "TRACE", "OPTIONS"] {
                let answer = try web.ask(method, path)
                #expect(answer.status == 405 && answer.headers["Allow"] == allowed)
            }
        }
    }

    @Test("a token joined from two headers, of another archive, or in the query lets nobody in")
    func oddTokens() throws {
        let (web, other) = (try WebPlace(), try WebPlace())
        let mine = try #require(web.tokens["read"])
        let address = "/api/v1/recordings"
        let foreign = try #require(other.tokens["read"])
        for header in [
            "Bearer \(mine), Bearer \(mine)", "Bearer \(foreign)", mine, "Bearer", "Bearer  ",
            "Bearer \(mine) x", "Token \(mine)", String(repeating: "A", count: 100_000),
        ] {
            #expect(try web.ask("GET", address, token: header).status == 401)
        }
        #expect(try web.ask("GET", "\(address)?token=\(mine)", token: nil).status == 401)
        #expect(try web.ask("GET", address, token: "bearer \(mine)").status == 200)
    }

    @Test("a checkpoint that cannot be asked is told without a path, and with a time to wait")
    func checkpoints() throws {
        let web = try WebPlace()
        let faults: [(name: String, script: String)] = [
            ("older", "sqlite3 state.db 'PRAGMA user_version=1'"),
            ("newer", "sqlite3 state.db 'PRAGMA user_version=99'"),
            ("damaged", "rm -f state.db-*; printf 'x%.0s' {1..9000} >state.db"),
            ("empty", "rm -f state.db-*; : >state.db"),
            ("absent", "rm -f state.db*"),
        ]
        for (name, script) in faults {
            _ = try web.place.run(script)
            for path in ["/api/v1/recordings", "/api/health", "/metrics"] {
                let answer = try web.ask("GET", path)
                #expect(answer.status == 503, "\(name) \(path)")
                #expect(answer.headers["Content-Type"] == "application/problem+json")
                #expect(Int(answer.headers["Retry-After"] ?? "") ?? 0 > 0)
                #expect(!answer.text.contains(web.place.path) && !answer.text.contains("state.db"))
                #expect(answer.log.contains("callpipe.cgi: unable to"))
            }
            let health = try web.ask("GET", "/health", token: nil)
            #expect(health.status == 503 && health.object["status"] as? String == "unhealthy")
            #expect(!health.text.contains("state.db"))
        }
        #expect(!FileManager.default.fileExists(atPath: "\(web.place.path)/state.db"))
    }

    @Test("a checkpoint that another program holds is told, and answers again afterwards")
    func locked() throws {
        let web = try WebPlace()
        let (holder, input, output) = (Process(), Pipe(), Pipe())
        holder.executableURL = URL(filePath: "/usr/bin/sqlite3")
        holder.arguments = ["\(web.place.path)/state.db"]
        holder.standardInput = input
        holder.standardOutput = output
        try holder.run()
        try input.fileHandleForWriting.write(
            contentsOf: Data(
                "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; SELECT 'held';\n".utf8))
        var said = Data()
        while !String(decoding: said, as: UTF8.self).contains("held") {
            said += try #require(try output.fileHandleForReading.read(upToCount: 1))
        }
        let answer = try web.ask("GET", "/api/v1/recordings")
        #expect(answer.status == 503 && answer.headers["Retry-After"] == "5", "\(answer.text)")
        #expect(answer.text.contains("holds the checkpoint"))
        try input.fileHandleForWriting.close()
        holder.waitUntilExit()
        #expect(try web.ask("GET", "/api/v1/recordings").status == 200)
    }

    @Test("bad addresses and parameters are told, and none of them is a fault of the program")
    func badInput() throws {
        let web = try WebPlace()
        for (address, status) in [
            ("/api/v1/recordings?limit=0", 400), ("/api/v1/recordings?limit=501", 400),
            ("/api/v1/recordings?limit=1&limit=2", 400), ("/api/v1/recordings?x=1", 400),
            ("/api/v1/recordings?limit=%31", 200), ("/api/v1/recordings?since=soon", 400),
            ("/api/v1/recordings?transcription_status=done", 400),
            ("/api/v1/recordings?search_text=%22", 400),
            ("/api/v1/recordings?search_text=%zz", 400),
            ("/api/v1/recordings?search_text=a%27%20OR%20%271", 200),
            ("/api/v1/recordings?search_text=x&after=1", 400),
            ("/api/v1/recordings?search_text=NEAR(", 400), ("/api/v1/recordings?after=99", 200),
            ("/api/../../etc/passwd", 400), ("/api/v1/recordings/..%2f..%2fetc%2fpasswd", 404),
            ("/api/v1/recordings/%2e%2e/stream", 400), ("/%", 400), ("/", 404), ("//", 404),
            ("/api/v1/recordings/rc:1/", 200), ("/health?x=1", 400), ("/etc/passwd", 404),
        ] {
            let answer = try web.ask("GET", address)
            #expect(answer.status == status, "\(address): \(answer.text)")
            #expect(answer.log.isEmpty && !answer.text.contains("root:"), "\(address)")
        }
        let short = try web.ask(
            "PUT", "/api/call-recordings/rc:1", token: "operate", body: "{}",
            ["CONTENT_LENGTH": "50"])
        #expect(short.status == 400)
    }

    @Test("a token is printed once, and its tool refuses what means nothing")
    func tool() throws {
        let web = try WebPlace()
        let place = web.place
        let list = try place.run("call-token list")
        #expect(
            list.records.map { $0["state"] as? String } == [
                "revoked", "expired", "valid", "valid", "valid",
            ])
        #expect(web.tokens.values.allSatisfy { !list.output.contains($0) })
        #expect(try place.run("call-token create --name read").status == 65)
        #expect(try place.run("call-token revoke --name none").status == 1)
        let trial = try place.run("call-token create --name trial --dry-run; call-token list")
        #expect(
            trial.status == 0 && !trial.output.contains("cp_") && !trial.output.contains("trial"))
        for words in [
            "", "create", "create --name 'a b'", "list --name x", "revoke --name x --scope read",
            "create --name x --scope root", "create --name x --format json", "list more",
        ] {
            #expect(try place.run("call-token \(words)").status == 64, "\(words)")
        }
        #expect(try place.run("call-token create --name x --state none.db; ls none.db").status != 0)
        #expect(try place.run("state-audit --verify").status == 0)
    }
}
