// UploaderTests: what is on the Drive after accidents, on ours and on its side.
import Crypto
import Files
import Foundation
import HTTP
import Records
import Testing

@testable import GoogleDrive

@Suite struct UploaderTests {
    private let fake: FakeDrive

    init() throws {
        fake = try FakeDrive()
    }

    private func upload(_ record: Record, isForced: Bool = false) async throws -> Record {
        var record = record
        try await fake.uploader(isForced: isForced).upload(&record)
        return record
    }

    /// Uploads and expects a failure; the record is as the failure left it.
    private func failure(_ record: inout Record) async throws -> Failure? {
        let uploader = try fake.uploader()
        do {
            try await uploader.upload(&record)
            return nil
        } catch {
            return error
        }
    }

    @Test("two records of a day share its folders, in one run and in the next")
    func folders() async throws {
        let reserver = try fake.reserver()
        var first = try fake.record("1")
        var second = try fake.record("2")
        try await reserver.reserve(&first)
        try await reserver.reserve(&second)
        let later = try await fake.reserved("3")
        let folder = try first.driveUpload()?.folder
        #expect(folder?.ids.count == 3)
        #expect(try second.driveUpload()?.folder == folder)
        #expect(try later.driveUpload()?.folder == folder)
        // An upload begins with what is reserved, and makes no folder twice.
        for record in [first, later] { _ = try await upload(record) }
        let files = try await fake.files()
        #expect(files["03"]?.map(\.id) == folder.map { [$0.id] })
        #expect(try await fake.count("folders") == 3)
    }

    @Test("the Drive shows the name and the path that the recording had in its folder")
    func originalName() async throws {
        let path = "2026/in/rg-600-+15551234-20261003-100000-1.wav"
        let long = String(repeating: "a/", count: 60) + "b.wav"
        for (id, path) in [("1", path), ("2", long)] {
            var record = try fake.record(id)
            record.set(
                "recording",
                to: Recording(
                    id: id, name: path.split(separator: "/").last.map(String.init), path: path))
            try await fake.reserver().reserve(&record)
            _ = try await upload(record)
        }
        _ = try await upload(fake.reserved("3"))
        let files = try await fake.metadata()
        let first = try #require(files["1.mp3"])
        #expect(first.originalFilename == "rg-600-+15551234-20261003-100000-1.wav")
        #expect(first.appProperties?["path"] == path)
        #expect(files["2.mp3"]?.originalFilename == "b.wav")
        #expect(files["2.mp3"]?.appProperties?["path"] == nil)
        #expect(files["3.mp3"]?.originalFilename == "3.mp3")
    }

    @Test("the folders are the same when the notes are lost")
    func lostNotes() async throws {
        let book = fake.data.path + "/.drive-folders.ndjson"
        let early = try await fake.reserved("1")
        try FileManager.default.removeItem(atPath: book)
        let late = try await fake.reserved("2")
        #expect(try early.driveUpload()?.folder != late.driveUpload()?.folder)
        let first = try await upload(early)
        let second = try await upload(late)
        #expect(try first.driveUpload()?.folder == second.driveUpload()?.folder)
        try FileManager.default.removeItem(atPath: book)
        let third = try await upload(fake.reserved("3"))
        #expect(try third.driveUpload()?.folder == first.driveUpload()?.folder)
        #expect(try await fake.files()["03"]?.count == 1)
    }

    @Test("a folder whose making had no answer is made once")
    func folderWithoutAnswer() async throws {
        try await fake.fault(
            #""method":"POST","path":"^/drive/v3/files","nth":[1,2,3]"#, #""drop_reply""#)
        _ = try await upload(fake.reserved("1"))
        let files = try await fake.files()
        for name in ["2026", "10", "03"] { #expect(files[name]?.count == 1) }
    }

    @Test("a folder in the trash is not used any more")
    func trashedFolder() async throws {
        let first = try await upload(fake.reserved("1"))
        let folder = try #require(try first.driveUpload()?.folder?.id)
        try await fake.byHand(.patch, "/\(folder)", #"{"trashed":true}"#)
        let second = try await upload(fake.reserved("2"))
        #expect(try second.driveUpload()?.folder?.id != folder)
        #expect(try second.driveUpload()?.folder?.above == first.driveUpload()?.folder?.above)
    }

    @Test("folders that are deleted in the middle of a run are made again")
    func deletedFolder() async throws {
        let uploader = try fake.uploader()
        var first = try await fake.reserved("1")
        try await uploader.upload(&first)
        let year = try #require(try first.driveUpload()?.folder?.above?.first)
        try await fake.byHand(.delete, "/\(year)")
        var second = try await fake.reserved("2")
        try await uploader.upload(&second)
        let files = try await fake.files()
        #expect(files["2.mp3"]?.count == 1)
        for name in ["2026", "10", "03"] { #expect(files[name]?.count == 1) }
    }

    @Test("a large upload goes on where a crash left it", arguments: [1, 2])
    func resumes(_ chunk: Int) async throws {
        var record = try await fake.reserved("1", bytes: 20_000_000)
        try await fake.fault(
            #""method":"PUT","path":"^/upload/","nth":\#(Array((chunk + 1)...40))"#, #""500""#)
        let broken = try await failure(&record)
        #expect(broken?.scope == .temporary)
        try await fake.heal()
        let stored = try await upload(record)
        #expect(try stored.driveUpload()?[.audio]?.bytes == 20_000_000)
        #expect(try await fake.count("sessions") == 1)
        #expect(try await fake.count("chunks") == 3)
        #expect(try fake.uploadsUnderWay().isEmpty)
    }

    @Test("the bytes of a file that changed do not go on in the session of the old ones")
    func noSplice() async throws {
        var record = try await fake.reserved("1", bytes: 20_000_000)
        try await fake.fault(
            #""method":"PUT","path":"^/upload/","nth":\#(Array(2...40))"#, #""500""#)
        _ = try await failure(&record)
        try await fake.heal()
        let copy = try #require(try record.driveUpload())
        var changed = try fake.record("1", bytes: 19_000_000)
        try changed.set(copy)
        let stored = try await upload(changed)
        #expect(try stored.driveUpload()?[.audio]?.bytes == 19_000_000)
        #expect(try await fake.count("sessions") == 2)
    }

    @Test(
        "bytes that were spoilt on the way are replaced under the same id",
        arguments: [1000, 6_000_000])
    func spoilt(_ bytes: Int) async throws {
        var record = try await fake.reserved("1", bytes: bytes)
        try await fake.fault(
            #""path":"^/upload/","nth":\#(bytes > 5_242_880 ? 2 : 1)"#,
            #"{"kind":"wrong_length","delta":-5}"#)
        let spoilt = try await failure(&record)
        #expect(spoilt?.scope == .temporary && spoilt?.kind == .integrity)
        let stored = try await upload(record)
        #expect(try stored.driveUpload()?[.audio]?.id == record.driveUpload()?[.audio]?.id)
        let files = try await fake.files()
        #expect(files["1.mp3"]?.map(\.size) == [String(bytes)])
    }

    @Test("a file in the trash is restored, a deleted one gets one new id for ever")
    func removedFiles() async throws {
        let reserved = (try await fake.reserved("1"), try await fake.reserved("2"))
        let first = try await upload(reserved.0)
        _ = try await upload(reserved.1)
        let ids = (
            try #require(try reserved.0.driveUpload()?[.audio]?.id),
            try #require(try reserved.1.driveUpload()?[.audio]?.id)
        )
        try await fake.byHand(.patch, "/\(ids.0)", #"{"trashed":true}"#)
        try await fake.byHand(.delete, "/\(ids.1)")
        #expect(try await upload(reserved.0) == first)
        let second = try await upload(reserved.1)
        #expect(try second.driveUpload()?[.audio]?.id != ids.1)
        // The run ends before the record's mark, and the old record comes by again.
        #expect(try await upload(reserved.1) == second)
        // Nor does a second deletion lead to two files.
        let replaced = try #require(try second.driveUpload()?[.audio]?.id)
        try await fake.byHand(.delete, "/\(replaced)")
        let third = try await upload(reserved.1)
        #expect(try third.driveUpload()?[.audio]?.id != replaced)
        #expect(try await upload(reserved.1) == third)
        let files = try await fake.files()
        #expect(files["1.mp3"]?.count == 1)
        #expect(files["2.mp3"]?.count == 1)
        #expect(fake.notes.texts.contains { $0.contains("trash") })
    }

    @Test("a file that is not ours is left alone")
    func foreign() async throws {
        var record = try await fake.reserved("1")
        let id = try #require(try record.driveUpload()?[.audio]?.id)
        try await fake.byHand(
            .post, "",
            #"{"id":"\#(id)","name":"x","mimeType":"application/vnd.google-apps.folder"}"#)
        let failure = try await failure(&record)
        #expect(failure?.scope == .item && failure?.kind == .integrity)
        #expect(try await fake.files()["x"]?.count == 1)
    }

    @Test("a transcript that comes later, or changes, is uploaded then")
    func transcript() async throws {
        var record = try await upload(fake.reserved("1"))
        #expect(try record.driveUpload()?[.transcript]?.bytes == nil)
        record.set(
            "transcript",
            to: Transcript(
                path: "t/1.json", text: "", language: nil, engine: "x", model: nil,
                confidence: nil, segments: [], key: nil))
        for text in ["{}", #"{"text":"better"}"#] {
            try fake.data.write(Array(text.utf8), to: "t/1.json")
            record = try await upload(record)
            #expect(try record.driveUpload()?[.transcript]?.bytes == text.utf8.count)
        }
        let files = try await fake.files()
        #expect(files["1.json"]?.map(\.size) == ["17"])
        #expect(files["1.mp3"]?.count == 1)
        #expect(try await fake.count("creates") == 2)
    }

    @Test("a transcript whose file is not what was written is not uploaded")
    func changedTranscript() async throws {
        var record = try await upload(fake.reserved("1"))
        var transcript = Transcript(
            path: "t/1.json", text: "", language: nil, engine: "x", model: nil, confidence: nil,
            segments: [], key: nil)
        try fake.data.write(Array("{}".utf8), to: transcript.path)
        // The hash of "{}".
        let sha256 = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        transcript.files = .init(json: sha256, txt: "", vtt: "")
        record.set("transcript", to: transcript)
        let stored = try await upload(record)
        #expect(try stored.driveUpload()?[.transcript]?.sha256 == sha256)
        #expect(try await upload(stored) == stored)
        try fake.data.write(Array("[]".utf8), to: transcript.path)
        #expect(try await upload(stored) == stored, "what is stored is not read again")
        let failure = await #expect(throws: Failure.self) { try await upload(record) }
        #expect(failure?.kind == .integrity && failure?.message.contains("t/1.json") == true)
    }

    /// A record with a transcript whose files are on the disk.
    private func written(_ formats: [TranscriptFormat]) async throws -> Record {
        var record = try fake.record("1")
        var transcript = Transcript(
            path: "t/1.json", text: "", language: nil, engine: "x", model: nil, confidence: nil,
            segments: [], key: nil)
        var files = Transcript.Files(json: "")
        for format in formats {
            let bytes = Array("as \(format)".utf8)
            try fake.data.write(bytes, to: "t/1.\(format)")
            files[format] = Digest.sha256(bytes)
        }
        transcript.files = files
        record.set("transcript", to: transcript)
        return record
    }

    @Test("of a transcript's files those are uploaded that are chosen and that there are")
    func chosen() async throws {
        var record = try await written([.json, .txt, .vtt, .srt])
        try await fake.reserver([.txt, .srt, .md]).reserve(&record)
        let stored = try await upload(record)
        let upload = try #require(try stored.driveUpload())
        #expect(upload.parts.map(\.kind) == ["audio", "transcript", "txt", "srt", "md"])
        #expect(upload.parts.map(\.file.isStored) == [true, true, true, true, false])
        #expect(upload[.txt]?.sha256 == Digest.sha256(Array("as txt".utf8)))
        let files = try await fake.metadata()
        #expect(files["1.txt"]?.mimeType == "text/plain")
        #expect(files["1.srt"]?.mimeType == "application/x-subrip")
        #expect(files["1.vtt"] == nil && files["1.md"] == nil)
        // A killed run has the record without them, and makes no second file.
        #expect(try await self.upload(record) == stored)
        #expect(try await self.upload(stored) == stored)
        #expect(try await fake.count("creates") == 4)
        #expect(try await fake.files()["1.txt"]?.count == 1)
        // Other words go under the same ids.
        var changed = try await written([.json, .txt, .vtt, .srt])
        try fake.data.write(Array("[NAME]".utf8), to: "t/1.txt")
        var transcript = try #require(try changed.transcript())
        transcript.files?.txt = Digest.sha256(Array("[NAME]".utf8))
        changed.set("transcript", to: transcript)
        try changed.set(upload)
        let again = try await self.upload(changed)
        #expect(try again.driveUpload()?[.txt]?.id == upload[.txt]?.id)
        #expect(try await fake.files()["1.txt"]?.map(\.size) == ["6"])
        // A file that was changed by another hand is not uploaded.
        try fake.data.write(Array("[CARD]".utf8), to: "t/1.txt")
        transcript.files?.txt = Digest.sha256(Array("other".utf8))
        changed.set("transcript", to: transcript)
        let failure = try await failure(&changed)
        #expect(failure?.kind == .integrity && failure?.file == "transcript")
    }

    @Test("a recording that was uploaded before has no id for further files, and stays done")
    func uploadedBefore() async throws {
        var record = try await written([.json, .txt, .vtt])
        try await fake.reserver().reserve(&record)
        let stored = try await upload(record)
        #expect(try await upload(stored, isForced: true) == stored)
        #expect(try stored.driveUpload()?[.txt] == nil)
        #expect(try await fake.count("creates") == 2)
        #expect(try Reserver.isDue(stored, formats: [.txt]))
        #expect(try !Reserver.isDue(stored))
        // Who wants them there gives the record further ids.
        var more = stored
        try await fake.reserver([.txt]).reserve(&more)
        #expect(try await upload(more).driveUpload()?[.txt]?.isStored == true)
        #expect(try await fake.count("creates") == 3)
    }

    @Test("by force the Drive is asked about what the record says is there")
    func forced() async throws {
        let stored = try await upload(fake.reserved("1"))
        let id = try #require(try stored.driveUpload()?[.audio]?.id)
        #expect(try await upload(stored, isForced: true) == stored)
        #expect(try await fake.count("uploads") == 1)
        try await fake.byHand(.delete, "/\(id)")
        #expect(try await upload(stored) == stored)
        #expect(try await upload(stored, isForced: true).driveUpload()?[.audio]?.id != id)
        #expect(try await fake.files()["1.mp3"]?.count == 1)
    }

    @Test("a folder that cannot take files is told before any work")
    func probe() async throws {
        try await fake.drive().probe()
        func kind(_ folder: String) async throws -> Failure.Kind? {
            let failure = await #expect(throws: Failure.self) {
                try await fake.drive(folder: folder).probe()
            }
            #expect(failure?.scope == .stop)
            return failure?.kind
        }
        #expect(try await kind("1absent") == .configuration)
        let stored = try await upload(fake.reserved("1"))
        #expect(try await kind(try #require(stored.driveUpload()?[.audio]?.id)) == .configuration)
        let id = try #require(try await fake.drive().generateIDs(1).first)
        try await fake.byHand(
            .post, "",
            #"{"id":"\#(id)","name":"mine","mimeType":"application/vnd.google-apps.folder"}"#)
        #expect(try await kind(id) == .configuration)
        let day = try #require(try stored.driveUpload()?.folder?.id)
        try await fake.byHand(.patch, "/\(day)", #"{"trashed":true}"#)
        #expect(try await kind(day) == .configuration)
    }
}
