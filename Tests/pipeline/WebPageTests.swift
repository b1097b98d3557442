// WebPageTests: the pages for people: who comes in, what they show, and what no other page can do.
import Foundation
import Testing

@Suite struct WebPageTests {
    private static let own = ["HTTP_HOST": "calls.example", "HTTP_ORIGIN": "http://calls.example"]

    /// The variables of a browser that has come in with a token.
    private func cookie(_ web: WebPlace, _ token: String) -> [String: String] {
        ["HTTP_COOKIE": "a=b; callpipe=\(web.tokens[token] ?? "")"]
    }

    private func send(
        _ web: WebPlace, _ path: String, _ form: String, _ more: [String: String]
    ) throws -> WebAnswer {
        let type = ["CONTENT_TYPE": "application/x-www-form-urlencoded"]
        return try web.ask("POST", path, token: nil, body: form, type.merging(more) { $1 })
    }

    @Test("a token in the form begins a session, which no other page and no script can use")
    func login() throws {
        let web = try WebPlace()
        for path in ["/admin/operations", "/admin/calls", "/admin/calls/rc:1"] {
            let answer = try web.ask("GET", path, token: nil)
            #expect(answer.status == 303 && answer.headers["Location"] == "/admin/login")
            #expect(answer.body.isEmpty)
            for token in ["old", "gone"] {
                #expect(try web.ask("GET", path, token: nil, cookie(web, token)).status == 303)
            }
        }
        let token = try #require(web.tokens["read"])
        let come = try send(web, "/admin/login", "token=\(token)", Self.own)
        #expect(come.status == 303)
        #expect(
            come.headers["Set-Cookie"] == "callpipe=\(token); Path=/; HttpOnly; SameSite=Strict")
        let secure = try send(
            web, "/admin/login", "token=\(token)",
            [
                "HTTP_HOST": "calls.example", "HTTP_ORIGIN": "https://calls.example",
                "HTTPS": "on",
            ])
        #expect(secure.headers["Set-Cookie"]?.hasPrefix("__Host-callpipe=") == true)
        #expect(secure.headers["Set-Cookie"]?.hasSuffix("; Secure") == true)
        let wrong = try send(web, "/admin/login", "token=cp_x", Self.own)
        #expect(wrong.status == 401 && wrong.headers["Set-Cookie"] == nil)
        for foreign in [
            ["HTTP_HOST": "calls.example", "HTTP_ORIGIN": "http://evil.example"],
            ["HTTP_HOST": "calls.example", "HTTP_ORIGIN": "null"], [:],
            ["HTTP_SEC_FETCH_SITE": "cross-site"],
        ] {
            #expect(try send(web, "/admin/login", "token=\(token)", foreign).status == 403)
            #expect(try send(web, "/admin/logout", "", foreign).status == 403)
        }
        let left = try send(web, "/admin/logout", "", Self.own)
        #expect(left.headers["Set-Cookie"]?.contains("Max-Age=0") == true)
    }

    @Test("the pages show the archive, have no script, and only the style that they may have")
    func pages() throws {
        let web = try WebPlace()
        _ = try web.place.run(
            #"""
            echo '{"id":"rc:5","source":"x","start":"2024-01-20T10:00:00Z","from":{"name":"<script>alert(1)</script>\"'"'"'&"}}' |
                state-todo fetch
            """#)
        for (path, texts) in [
            ("/admin/operations", ["Needs a look", "Completed by fetch", "<svg", "recordings"]),
            (
                "/admin/calls",
                ["&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;", "11 Jan 2024, 10:00"]
            ),
            ("/admin/calls?search=reservation", ["<mark>reservation</mark>", "?t=1.5"]),
            (
                "/admin/calls/rc:1?t=1.5",
                ["stream#t=1.5", "A reservation for two", "customer", "Story"]
            ),
            ("/admin/calls/rc:3", ["It is not downloaded yet."]),
        ] {
            let page = try web.ask("GET", path, token: nil, cookie(web, "read"))
            #expect(page.status == 200, "\(path)")
            for text in texts { #expect(page.text.contains(text), "\(path): \(text)") }
            #expect(!page.text.contains("<script") && !page.text.contains(" style=\""))
            let policy = try #require(page.headers["Content-Security-Policy"])
            #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
            let style = try #require(
                page.text.components(separatedBy: "<style>").last?.components(
                    separatedBy: "</style>"
                ).first)
            let hash = try web.place.run(
                "printf %s \"$(cat)\" | openssl dgst -sha256 -binary | base64", input: style)
            #expect(policy.contains("'sha256-\(hash.output.dropLast())'"))
            #expect(!page.text.contains(web.place.path) || path == "/admin/operations")
        }
        let fault = try web.ask("GET", "/admin/calls?search=%22", token: nil, cookie(web, "read"))
        #expect(fault.status == 400 && fault.text.contains("role=\"alert\""))
        let none = try web.ask("GET", "/admin/calls/rc:9", token: nil, cookie(web, "read"))
        #expect(none.status == 404 && none.text.contains("no such recording"))
        let still = try web.ask("GET", "/admin/operations", token: nil, cookie(web, "read"))
        #expect(still.headers["Refresh"] == nil)
        let again = try web.ask(
            "GET", "/admin/operations?refresh=30", token: nil, cookie(web, "read"))
        #expect(again.headers["Refresh"] == "30" && again.text.contains("Stop"))
    }

    @Test("the button has a call transcribed again, from the own page and session alone")
    func button() throws {
        let web = try WebPlace()
        let path = "/admin/calls/rc:2"
        let seen = try web.ask("GET", path, token: nil, cookie(web, "read"))
        #expect(!seen.text.contains("name=\"form\""))
        let page = try web.ask("GET", path, token: nil, cookie(web, "operate"))
        let value = try #require(
            page.text.components(separatedBy: "name=\"form\" value=\"").last?.prefix(64))
        let session = Self.own.merging(cookie(web, "operate")) { $1 }
        let foreign = ["HTTP_HOST": "calls.example", "HTTP_ORIGIN": "http://evil.example"]
        for (form, variables) in [
            ("", session), ("form=x", session), ("form=\(value.reversed())", session),
            ("form=\(value)", foreign.merging(cookie(web, "operate")) { $1 }),
            ("form=\(value)", cookie(web, "operate")),
            ("form=\(value)", Self.own.merging(cookie(web, "admin")) { $1 }),
            ("form=\(value)", Self.own.merging(cookie(web, "read")) { $1 }),
        ] {
            #expect(try send(web, "\(path)/requeue", form, variables).status == 403)
        }
        #expect(try send(web, "\(path)/requeue", "form=\(value)", Self.own).status == 303)
        #expect(try web.place.run("state-audit --format json | grep -c asked").output == "0\n")
        let done = try send(web, "\(path)/requeue", "form=\(value)", session)
        #expect(done.status == 303 && done.headers["Location"]?.hasPrefix("/admin/calls/") == true)
        #expect(try web.place.run("state-audit --format json | grep -c asked").output == "1\n")
        // The cookie opens what a page shows, and changes nothing by itself.
        let sound = "/api/call-recordings/rc:1/stream"
        #expect(try web.ask("GET", sound, token: nil, cookie(web, "read")).status == 200)
        let put = try web.ask(
            "PUT", "/api/call-recordings/rc:1", token: nil,
            body: #"{"transcriptionStatus":"queued"}"#, session)
        #expect(put.status == 401)
    }
}
