// DeleterTests: what is taken off the Drive, and what is left alone.
import Files
import Foundation
import HTTP
import Records
import Testing

@testable import GoogleDrive

@Suite struct DeleterTests {
    private let fake: FakeDrive

    init() throws {
        fake = try FakeDrive()
    }

    private func uploaded(_ name: String, bytes: Int = 1000) async throws -> Record {
        var record = try await fake.reserved(name, bytes: bytes)
        try await fake.uploader().upload(&record)
        return record
    }

    private func deleted(
        _ record: Record, by way: Deleter.Way = .delete, isForced: Bool = false
    ) async throws -> Record {
        var record = record
        let deleter = try Deleter(
            try fake.drive(), data: fake.data, by: way,
            advice: DeletionAdvice(unseen: "unseen", onlyTrash: "onlyTrash"), isForced: isForced)
        try await deleter.delete(&record)
        return record
    }

    private func failure(_ record: Record) async -> Failure? {
        await #expect(throws: Failure.self) { try await deleted(record) }
    }

    private func gone(_ record: Record) -> String {
        String(decoding: record.raw("deleted") ?? [], as: UTF8.self)
    }

    @Test("a record's files are gone, those of others and the folders stay")
    func deletes() async throws {
        let first = try await uploaded("1")
        _ = try await uploaded("2")
        let record = try await deleted(first)
        #expect(!record.has("uploads"))
        let copy = try #require(try first.driveUpload())
        let ids = [copy[.audio]?.id, copy[.transcript]?.id].compactMap { $0 }
        #expect(ids.count == 2)
        let list = ids.map { #""\#($0)""# }.joined(separator: ",")
        #expect(gone(record).hasPrefix(#"{"drive":{"ids":[\#(list)],"at":""#))
        let files = try await fake.files()
        #expect(files["1.mp3"] == nil)
        #expect(files["2.mp3"]?.count == 1)
        #expect(files["03"]?.count == 1)
        // Again: from the result nothing is asked, from the old record there is nothing left.
        let requests = try await fake.count("deletes")
        #expect(try await deleted(record) == record)
        _ = try await deleted(first)
        #expect(try await fake.count("deletes") == requests)
    }

    @Test("what others say in uploads and deleted stays")
    func others() async throws {
        var record = try await uploaded("1")
        try record.set("uploads", "s3", .raw(Array(#"{"k":1.50}"#.utf8)))
        record.set("deleted", .raw(Array(#"{"s3":{"ids":["x"]},"drive":{"ids":["1old"]}}"#.utf8)))
        let after = try await deleted(record)
        #expect(after.raw("uploads").map(Array.init) == Array(#"{"s3":{"k":1.50}}"#.utf8))
        #expect(gone(after).hasPrefix(#"{"s3":{"ids":["x"]},"drive":{"ids":["1old","1"#))
    }

    @Test("in the trash a file is there still, until it is deleted")
    func trash() async throws {
        let stored = try await uploaded("1")
        let trashed = try await deleted(stored, by: .trash)
        #expect(gone(trashed).contains(#""trash":true"#))
        #expect(try await fake.files()["1.mp3"] == nil)
        #expect(try await fake.count("deletes") == 0)
        let updates = try await fake.count("updates")
        _ = try await deleted(stored, by: .trash)
        #expect(try await fake.count("updates") == updates)
        #expect(try await !gone(deleted(stored)).contains("trash"))
        #expect(try await fake.count("deletes") == 1)
    }

    @Test("a file that an upload left without a mark is deleted too, by the id in the notes")
    func replaced() async throws {
        let reserved = try await fake.reserved("1")
        let id = try #require(try reserved.driveUpload()?[.audio]?.id)
        try await fake.uploader().uploadOnce(reserved)
        try await fake.byHand(.delete, "/\(id)")
        try await fake.uploader().uploadOnce(reserved)
        #expect(try await fake.files()["1.mp3"]?.count == 1)
        let record = try await deleted(reserved)
        #expect(try await fake.files()["1.mp3"] == nil)
        #expect(gone(record).contains(id))
        #expect(try fake.uploadsUnderWay().isEmpty)
    }

    @Test("an upload under way is ended")
    func session() async throws {
        let reserved = try await fake.reserved("1", bytes: 20_000_000)
        try await fake.fault(
            #""method":"PUT","path":"^/upload/","nth":\#(Array(2...40))"#, #""500""#)
        await #expect(throws: Failure.self) { try await fake.uploader().uploadOnce(reserved) }
        try await fake.heal()
        #expect(try fake.uploadsUnderWay().count == 1)
        _ = try await deleted(reserved)
        #expect(try fake.uploadsUnderWay().isEmpty)
        #expect(try await fake.count("uploads") == 0)
    }

    @Test("a file that is not ours, and a folder, are left alone")
    func foreign() async throws {
        var record = try await uploaded("1")
        var copy = try #require(try record.driveUpload())
        let other = try await uploaded("2")
        copy[.audio]?.id = try #require(try other.driveUpload()?[.audio]?.id)
        try record.set(copy)
        #expect(await failure(record)?.kind == .integrity)
        #expect(try await fake.files()["2.mp3"]?.count == 1)
        let folder = try #require(copy.folder?.id)
        copy[.audio]?.id = folder
        try record.set(copy)
        let failure = await #expect(throws: Failure.self) {
            try await deleted(record, isForced: true)
        }
        #expect(failure?.scope == .item)
        #expect(try await fake.files()["03"]?.count == 1)
        copy[.audio]?.id = try #require(try other.driveUpload()?[.audio]?.id)
        try record.set(copy)
        _ = try await deleted(record, isForced: true)
        #expect(try await fake.files()["2.mp3"] == nil)
    }

    @Test("an account that sees no folder does not take a file for gone")
    func blind() async throws {
        var record = try await uploaded("1")
        let id = try #require(try record.driveUpload()?[.audio]?.id)
        try await fake.byHand(.delete, "/\(id)")
        // The folder of the day is there: the file is gone.
        _ = try await deleted(record)
        var copy = try #require(try record.driveUpload())
        copy.folder = UploadFolder(ids: try await fake.drive().generateIDs(2), path: "2026/10")
        try record.set(copy)
        let failure = await failure(record)
        #expect(failure?.scope == .item && failure?.kind == .notFound)
        #expect(failure?.remedy == "unseen")
        #expect(try await !deleted(record, isForced: true).has("uploads"))
    }

    @Test("a passing fault is outlived", arguments: [#""500""#, #""drop_reply""#, #""reset""#])
    func passing(_ action: String) async throws {
        let record = try await uploaded("1")
        try await fake.fault(#""method":"DELETE","nth":1"#, action)
        #expect(try await !deleted(record).has("uploads"))
        #expect(try await fake.files()["1.mp3"] == nil)
    }

    @Test("a right that is missing stops the line and names the way out")
    func permission() async throws {
        let record = try await uploaded("1")
        try await fake.fault(
            #""method":"DELETE","every":1"#,
            #"{"kind":"forbid","reason":"insufficientFilePermissions"}"#)
        let failure = await failure(record)
        #expect(failure?.scope == .stop && failure?.kind == .permission)
        #expect(failure?.remedy == "onlyTrash")
        #expect(try await fake.files()["1.mp3"]?.count == 1)
    }

    @Test("an id that is none is not believed, and asks nothing")
    func identifier() async throws {
        let record = try Record(
            Array(#"{"id":"rc:1","uploads":{"drive":{"x":{"id":"../about"}}}}"#.utf8))
        #expect(await failure(record)?.kind == .input)
    }
}

extension Uploader {
    /// Uploads as a run does that ends before the record's mark.
    fileprivate func uploadOnce(_ record: Record) async throws(Failure) {
        var record = record
        try await upload(&record)
    }
}
