// UploadsTests: the copies of a record's files, read as types and written back.
import Records
import Testing

@Suite struct UploadsTests {
    private func record(_ members: String) throws -> Record {
        try Record(#"{"id":"rc:1",\#(members),"x":1e2}"#.utf8)
    }

    @Test("each destination has its folder and its files in the order of the line")
    func read() throws {
        let record = try record(
            #""uploads":{"s3":{"audio":{"key":"a/b.mp3","bytes":3,"md5":"m"}},"old":null,"#
                + #""drive":{"transcript":{"id":"t"},"folder":{"id":"d","path":"2026/10/03","#
                + #""above":["y","m"]},"audio":{"id":"a","bytes":3,"sha256":"s"}}}"#)
        let uploads = try record.uploads()
        #expect(uploads.map(\.destination) == ["s3", "drive"])
        #expect(uploads[0]["audio"] == UploadedFile(key: "a/b.mp3", bytes: 3, md5: "m"))
        #expect(uploads[1].parts.map(\.kind) == ["transcript", "audio"])
        #expect(uploads[1].folder?.ids == ["y", "m", "d"])
        #expect(uploads[1]["transcript"]?.isStored == false)
        #expect(uploads[1]["audio"]?.isStored == true)
        #expect(try record.upload(to: "drive") == uploads[1])
        #expect(try record.upload(to: "old") == nil)
        #expect(try self.record(#""uploads":null"#).uploads().isEmpty)
        #expect(try self.record(#""y":1"#).uploads().isEmpty)
    }

    @Test("a file holds bytes by size and the stronger hash that is told")
    func holds() {
        let both = UploadedFile(bytes: 3, sha256: "s", md5: "m")
        #expect(both.holds(bytes: 3, sha256: "s", md5: "other"))
        #expect(!both.holds(bytes: 3, sha256: "other", md5: "m"))
        #expect(!both.holds(bytes: 4, sha256: "s", md5: "m"))
        let weak = UploadedFile(bytes: 3, md5: "m")
        #expect(weak.holds(bytes: 3, sha256: "s", md5: "m"))
        #expect(!weak.holds(bytes: 3, sha256: "s"))
        #expect(!UploadedFile(bytes: 3).holds(bytes: 3, sha256: "s", md5: "m"))
        #expect(!UploadedFile(id: "a").holds(bytes: 0, sha256: "s", md5: "m"))
    }

    @Test(
        "a member of another form is named, and the others are read",
        arguments: [
            (#"{"drive":{"audio":"a","transcript":{"id":"t"}}}"#, ["audio"], ["transcript"]),
            (#"{"drive":{"audio":{"id":5},"folder":{"id":"f"}}}"#, ["audio", "folder"], []),
            (#"{"drive":[1]}"#, ["drive"], []),
        ] as [(String, [String], [String])])
    func unreadable(_ uploads: String, _ unreadable: [String], _ read: [String]) throws {
        let record = try record(#""uploads":\#(uploads)"#)
        let upload = try #require(try record.uploads().first)
        #expect(upload.unreadable == unreadable)
        #expect(upload.parts.map(\.kind) == read)
        let failure = #expect(throws: Failure.self) { try record.upload(to: "drive") }
        #expect(failure?.scope == .item && failure?.kind == .input)
        #expect(failure?.message.contains("\"uploads.drive\"") == true)
    }

    @Test("members of an upload that are not written stay byte for byte")
    func write() throws {
        var record = try record(
            #""uploads":{"s3":{"k":1.50},"drive":{"captions":{ "id":"c" },"audio":{"id":"a"}}}"#)
        var upload = try #require(try record.upload(to: "drive"))
        upload.folder = UploadFolder(ids: ["y", "f"], path: "2026")
        upload["captions"] = nil
        upload["audio"]?.bytes = 3
        try record.set(upload)
        #expect(
            String(decoding: record.bytes, as: UTF8.self)
                == #"{"id":"rc:1","uploads":{"s3":{"k":1.50},"drive":{"captions":{ "id":"c" },"#
                + #""audio":{"id":"a","bytes":3},"folder":{"id":"f","path":"2026","#
                + #""above":["y"]}}},"x":1e2}"#)
        var new = try self.record(#""y":1"#)
        var drive = Upload(to: "drive")
        drive["audio"] = UploadedFile(id: "a", bytes: 3, sha256: "s", md5: "m", link: "l")
        try new.set(drive)
        #expect(try new.upload(to: "drive") == drive)
        var broken = try self.record(#""uploads":{"drive":7}"#)
        #expect(throws: Failure.self) { try broken.set(drive) }
    }

    @Test("a deletion stands in the place of the upload, with the ids from before")
    func deletions() throws {
        var record = try record(
            #""uploads":{"drive":{"audio":{"id":"a"}},"s3":{}},"#
                + #""deleted":{"drive":{"ids":["old","a"],"trash":true,"at":"2026-01-01T00:00:00Z"}}"#
        )
        try record.replaceUpload(
            with: Deletion(from: "drive", ids: ["a", "t"], at: "2026-02-02T00:00:00Z"))
        #expect(try record.uploads().map(\.destination) == ["s3"])
        #expect(
            try record.deletions()
                == [
                    Deletion(
                        from: "drive", ids: ["old", "a", "t"], isInTrash: true,
                        at: "2026-02-02T00:00:00Z")
                ])
        let other = try self.record(#""deleted":{"drive":{"ids":"a"}}"#)
        #expect(throws: Failure.self) { try other.deletions() }
    }
}
