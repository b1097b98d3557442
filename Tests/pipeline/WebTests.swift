// WebTests: callpipe.cgi as a web server starts it: lists, one recording, audio and changes.
import Foundation
import Testing

@Suite struct WebTests {
    @Test("the lists have the members that the clients of the replaced systems read")
    func lists() throws {
        let web = try WebPlace()
        let portal = try web.ask("GET", "/api/call-recordings?limit=2")
        #expect(portal.status == 200 && portal.list.map { $0["id"] as? Int } == [1, 3])
        #expect(portal.headers["Link"] == "</api/call-recordings?limit=2&after=3>; rel=\"next\"")
        let rest = try web.ask("GET", "/api/call-recordings?limit=2&after=3")
        #expect(rest.list.count == 1 && rest.headers["Link"] == nil)
        #expect(rest.list[0]["transcription"] as? String == "A reservation for two")
        #expect(rest.list[0]["caller_number"] as? String == WebPlace.phone)
        for (status, numbers) in [("completed", [2]), ("pending", [1, 3]), ("queued", [])] {
            let found = try web.ask("GET", "/api/call-recordings?transcriptionStatus=\(status)")
            #expect(found.list.map { $0["id"] as? Int } == numbers, "\(status)")
        }
        let storage = try web.ask("GET", "/api/v1/recordings/?search_text=reservation&limit=10")
        #expect(storage.list.map { $0["id"] as? String } == ["rc:1"])
        let hits = storage.list[0]["hits"] as? [[String: Any]]
        #expect(hits?.first?["offset"] as? Double == 1.5)
        #expect(
            try web.ask("GET", "/api/v1/recordings?since=2024-01-12&until=2024-01-13").list.count
                == 1)
        #expect(try web.ask("GET", "/api/v1/recordings?offset=2").list.count == 1)
        #expect(try web.ask("GET", "/api/v1/recordings?source=other").list.isEmpty)
    }

    @Test("one recording is found by its number and by its id, and is kept while it is the same")
    func recording() throws {
        let web = try WebPlace()
        let byID = try web.ask("GET", "/api/v1/recordings/rc:1")
        #expect(byID.object["has_transcript"] as? Bool == true)
        #expect((byID.object["record"] as? [String: Any])?["id"] as? String == "rc:1")
        let number = byID.object["number"] as? Int ?? 0
        #expect(try web.ask("GET", "/api/v1/recordings/\(number)").body == byID.body)
        #expect(try web.ask("GET", "/api/v1/recordings/rc%3A1").body == byID.body)
        let tag = try #require(byID.headers["ETag"])
        let again = try web.ask("GET", "/api/v1/recordings/rc:1", ["HTTP_IF_NONE_MATCH": tag])
        #expect(again.status == 304 && again.body.isEmpty && again.headers["ETag"] == tag)
        let head = try web.ask("HEAD", "/api/v1/recordings/rc:1")
        #expect(head.body.isEmpty && head.headers["Content-Length"] == "\(byID.body.count)")
        for name in ["rc:9", "9", "99999999999999999999", "-1", "'", "1%20OR%201=1"] {
            #expect(try web.ask("GET", "/api/v1/recordings/\(name)").status == 404, "\(name)")
        }
    }

    @Test("audio comes whole, in part, or not at all")
    func audio() throws {
        let web = try WebPlace()
        let address = "/api/call-recordings/rc:1/stream"
        let whole = try web.ask("GET", address)
        let file = try Data(contentsOf: URL(filePath: "\(web.place.path)/data/a/1.mp3"))
        #expect(whole.body == file && whole.headers["Content-Type"] == "audio/mpeg")
        let part = try web.ask("GET", address, ["HTTP_RANGE": "bytes=10-19"])
        #expect(part.status == 206 && part.body == file[10..<20])
        #expect(part.headers["Content-Range"] == "bytes 10-19/100000")
        let beyond = try web.ask("GET", address, ["HTTP_RANGE": "bytes=100000-"])
        #expect(beyond.status == 416 && beyond.headers["Content-Range"] == "bytes */100000")
        let two = try web.ask("GET", address, ["HTTP_RANGE": "bytes=0-1,5-6"])
        #expect(two.status == 200 && two.body.count == 100_000)
        let head = try web.ask("HEAD", address, ["HTTP_RANGE": "bytes=10-19"])
        #expect(head.status == 200 && head.headers["Content-Length"] == "100000")
        #expect(head.body.isEmpty)
        let other = try web.ask(
            "GET", address, ["HTTP_RANGE": "bytes=10-19", "HTTP_IF_RANGE": "\"other\""])
        #expect(other.status == 200)
        #expect(try web.ask("GET", "/api/call-recordings/rc:3/stream").status == 404)
        try FileManager.default.removeItem(atPath: "\(web.place.path)/data/a/1.mp3")
        #expect(try web.ask("GET", address).status == 410)
        // The server sends the file: only its real path is named.
        let second = "/api/v1/recordings/rc:2/stream"
        let real = URL(filePath: "\(web.place.path)/data/a/2.mp3").resolvingSymlinksInPath().path
        let sent = try web.ask("GET", second, ["CALLPIPE_WEB_AUDIO": "x-sendfile"])
        #expect(sent.headers["X-Sendfile"] == real && sent.body.isEmpty)
        let accel = try web.ask("GET", second, ["CALLPIPE_WEB_AUDIO": "x-accel-redirect"])
        #expect(accel.headers["X-Accel-Redirect"] == "/callpipe-data/a/2.mp3")
    }

    @Test("a recording that names or links another file gives none of it")
    func outside() throws {
        let web = try WebPlace()
        _ = try web.place.run("ln -s /etc/passwd data/a/3.mp3")
        for path in ["a/3.mp3", "../state.db", "/etc/passwd", "a/../../state.db", "a", "."] {
            _ = try web.place.run(
                #"""
                printf '{"id":"rc:4","source":"x","audio":{"path":"%s","bytes":1,"sha256":"","type":"audio/mpeg"}}\n' '\#(path)' |
                    state-mark fetch
                """#)
            for sender in ["own", "x-sendfile", "x-accel-redirect"] {
                let answer = try web.ask(
                    "GET", "/api/v1/recordings/rc:4/stream", ["CALLPIPE_WEB_AUDIO": sender])
                #expect(answer.status == 410 && !answer.text.contains("root:"), "\(path) \(sender)")
                #expect(answer.headers["X-Sendfile"] == nil)
            }
        }
    }

    @Test("a status is set, the next run works on it, and the audit chain tells who asked")
    func changes() throws {
        let web = try WebPlace()
        func put(_ id: String, _ body: String) throws -> WebAnswer {
            try web.ask("PUT", "/api/call-recordings/\(id)", token: "operate", body: body)
        }
        let queued = try put("rc:2", #"{"transcriptionStatus":"queued"}"#)
        #expect(queued.status == 200)
        #expect(queued.object["transcription_status"] as? String == "queued")
        let next = try web.place.run("state-next transcribe")
        #expect(next.records.map { $0["id"] as? String } == ["rc:2"])
        #expect(try put("rc:3", #"{"transcriptionStatus":"queued"}"#).status == 409)
        #expect(try put("rc:9", #"{"transcriptionStatus":"queued"}"#).status == 404)
        let done = "/api/v1/recordings/rc:1/transcribe"
        let kept = try web.ask("POST", done, token: "operate", body: #"{"force":false}"#)
        #expect(kept.status == 200)
        #expect(kept.object["transcription_status"] as? String == "completed")
        let redone = try web.ask("POST", done, token: "operate", body: #"{"force":true}"#)
        #expect(redone.status == 202)
        #expect(redone.object["transcription_status"] as? String == "queued")
        let audit = try web.place.run(
            "state-audit --format json | jq -c 'select(.action == \"asked\") | [.id, .detail.by]'")
        #expect(audit.output == "[\"rc:2\",\"operate\"]\n[\"rc:1\",\"operate\"]\n")
        #expect(try web.place.run("state-audit --verify").status == 0)
        _ = try web.place.run(#"echo '{"id":"rc:2","source":"ringcentral"}' | state-mark upload"#)
        #expect(try put("rc:2", #"{"transcriptionStatus":"pending"}"#).status == 409)
        #expect(try put("rc:2", #"{"transcriptionStatus":"pending","force":true}"#).status == 200)
        for (body, status) in [
            ("", 422), ("{}", 422), ("[]", 400), ("{", 400), (#"{"transcriptionStatus":1}"#, 422),
            (#"{"transcriptionStatus":"completed"}"#, 422), (#"{"x":1}"#, 422),
            (#"{"transcriptionStatus":"queued","force":"yes"}"#, 422),
            (#"{"transcriptionStatus":"queued","transcriptionStatus":"queued"}"#, 422),
            (#"{"transcriptionStatus":"queued"} x"#, 400),
        ] {
            #expect(try put("rc:2", body).status == status, "\(body)")
        }
        let form = try web.ask(
            "PUT", "/api/call-recordings/rc:2", token: "operate", body: "{}",
            ["CONTENT_TYPE": "application/x-www-form-urlencoded"])
        #expect(form.status == 415)
    }

    @Test("a sync notes what is new in the folder that is set up, and in no other")
    func sync() throws {
        let web = try WebPlace()
        let address = "/api/call-recordings/sync"
        #expect(try web.ask("POST", address, token: "admin").status == 409)
        let folder = "\(web.place.path)/recordings"
        _ = try web.place.run(
            "mkdir recordings; head -c 4000 /dev/urandom >recordings/a.wav; touch -d '1 hour ago' recordings/a.wav"
        )
        web.settings = [
            "RECORDINGS": folder, "CALLPIPE_SYNC": "\(Workplace.root)/pipelines/sync.sh",
        ]
        #expect(try web.ask("POST", "\(address)?recordingsPath=/etc", token: "admin").status == 403)
        let first = try web.ask("POST", "\(address)?recordingsPath=\(folder)", token: "admin")
        #expect(
            first.status == 200 && first.object["created"] as? Int == 1,
            "\(first.text) \(first.log)")
        #expect(try web.ask("POST", address, token: "admin").object["created"] as? Int == 0)
    }
}
