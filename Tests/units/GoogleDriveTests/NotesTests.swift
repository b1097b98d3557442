// NotesTests: what outlives a crash: the ids of folders, the sessions of uploads.
import Files
import Foundation
import Records
import TestSupport
import Testing

@testable import GoogleDrive

@Suite struct NotesTests {
    private let place = TemporaryDirectory()
    private let data: DataDirectory

    init() throws {
        data = try DataDirectory(place["data"])
    }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
    }

    @Test("the id of a folder is remembered by path and target")
    func book() throws {
        let book = FolderBook(data, target: "t1")
        #expect(try book.id(of: "2026") == nil)
        try book.note("a", of: "2026")
        try book.note("b", of: "2026/10")
        try FolderBook(data, target: "t2").note("c", of: "2026")
        #expect(try FolderBook(data, target: "t1").id(of: "2026") == "a")
        #expect(try book.id(of: "2026/10") == "b")
        try book.note("d", of: "2026")
        #expect(try book.id(of: "2026") == "d")
        #expect(try FolderBook(data, target: "t2").id(of: "2026") == "c")
        #expect(try mode(data.path + "/.drive-folders.ndjson") == 0o600)
    }

    @Test("a book that is damaged stops the line instead of being begun anew")
    func damagedBook() throws {
        let book = FolderBook(data, target: "t")
        try Data("half a li".utf8).write(to: URL(filePath: data.path + "/.drive-folders.ndjson"))
        let failure = #expect(throws: Failure.self) { try book.id(of: "2026") }
        #expect(failure?.scope == .stop)
    }

    @Test("the folders of a path are told from the outermost on")
    func steps() {
        #expect(FolderTree.steps("2026/10/03") == ["2026", "2026/10", "2026/10/03"])
        #expect(FolderTree.steps("undated") == ["undated"])
    }

    @Test("a session goes on with the same bytes only, and not for ever")
    func session() throws {
        let notes = try UploadNotes(data)
        func file(_ sha: String) -> LocalFile {
            LocalFile(path: "/x", type: "audio/mpeg", bytes: 9, sha256: sha, md5: "m")
        }
        let session = UploadNotes.Session(
            address: "https://example.com/?upload_id=secret", bytes: 9, sha256: "s", began: 1000,
            isChange: false)
        try notes.keep(session, of: "id1")
        #expect(try notes.session(of: "id1", for: file("s"), now: 1001)?.address == session.address)
        #expect(try notes.session(of: "id2", for: file("s"), now: 1001) == nil)
        #expect(try mode(data.path + "/.drive-uploads") == 0o700)
        #expect(try mode(data.path + "/.drive-uploads/id1.session") == 0o600)
        #expect(try notes.session(of: "id1", for: file("other"), now: 1001) == nil)
        // The look with other bytes has removed it.
        #expect(try notes.session(of: "id1", for: file("s"), now: 1001) == nil)
        try notes.keep(session, of: "id1")
        #expect(try notes.session(of: "id1", for: file("s"), now: 1000 + 7 * 86_400) == nil)
    }

    @Test("an id that stands in for another is remembered")
    func replacement() throws {
        let notes = try UploadNotes(data)
        #expect(try notes.replacement(of: "a") == nil)
        try notes.note("b", for: "a")
        #expect(try UploadNotes(data).replacement(of: "a") == "b")
    }
}
