// RecordTests: what is read off a record and put on it, and when nothing is to be done.
import Files
import Foundation
import Records
import TestSupport
import Testing

@testable import GoogleDrive

extension UploadAdvice {
    static let forTests = UploadAdvice(
        fetchFirst: "fetch", reserveFirst: "reserve", makeAgain: "again")
}

@Suite struct RecordTests {
    private let place = TemporaryDirectory()
    private let data: DataDirectory

    init() throws {
        data = try DataDirectory(place["data"])
    }

    private let sha = String(repeating: "a", count: 64)

    private func record(_ drive: String) throws -> Record {
        try Record(
            Array(
                (#"{"id":"rc:1","audio":{"path":"a.mp3","bytes":3,"sha256":"\#(sha)","#
                    + #""type":"audio/mpeg"},"uploads":{"s3":{"k":1.50},"drive":\#(drive)},"x":1e2}"#)
                    .utf8))
    }

    @Test("ids are added and what others wrote stays")
    func copy() throws {
        var record = try record("null")
        #expect(try record.driveUpload() == nil)
        #expect(try Reserver.isDue(record))
        var copy = Upload.emptyDrive
        copy.folder = UploadFolder(ids: ["y", "m", "d"], path: "2026/10/03")
        copy[.audio] = UploadedFile(id: "a1")
        copy[.transcript] = UploadedFile(id: "t1")
        try record.set(copy)
        #expect(try record.driveUpload() == copy)
        #expect(try !Reserver.isDue(record))
        let text = String(decoding: record.bytes, as: UTF8.self)
        #expect(text.contains(#""s3":{"k":1.50}"#))
        #expect(text.hasSuffix(#""x":1e2}"#))
        #expect(
            text.contains(
                #""drive":{"folder":{"id":"d","path":"2026/10/03","above":["y","m"]},"#
                    + #""audio":{"id":"a1"},"transcript":{"id":"t1"}}"#))
    }

    @Test(
        "an id that is none is not believed",
        arguments: ["../x", "a/b", "", "a b", "a\\nb", "é"])
    func identifiers(_ id: String) throws {
        let record = try record(#"{"audio":{"id":"\#(id)"}}"#)
        #expect(throws: Failure.self) { try record.driveUpload() }
    }

    @Test("what the Drive holds is not due, with or without the file")
    func due() async throws {
        let stored = #"{"audio":{"id":"a1","bytes":3,"sha256":"\#(sha)","md5":"m"}}"#
        #expect(try await Uploader.due(record(stored), in: data, .forTests).isEmpty)
        let other = #"{"audio":{"id":"a1","bytes":4,"sha256":"\#(sha)"}}"#
        #expect(try await Uploader.due(record(other), in: data, .forTests) == ["a.mp3"])
        #expect(
            try await Uploader.due(record(#"{"audio":{"id":"a1"}}"#), in: data, .forTests) == [
                "a.mp3"
            ])
    }

    @Test("a stored record passes without a request and unchanged")
    func passes() async throws {
        let drive = try Drive(Account(place.environment()), place.environment())
        let uploader = try Uploader(drive, data: data, advice: .forTests)
        var record = try record(#"{"audio":{"id":"a1","bytes":3,"sha256":"\#(sha)"}}"#)
        let before = record
        try await uploader.upload(&record)
        #expect(record == before)
        var reserved = try self.record(
            #"{"folder":{"id":"f","path":"2026"},"audio":{"id":"a"},"transcript":{"id":"t"}}"#)
        try await Reserver(drive, data: data).reserve(&reserved)
        #expect(try reserved.driveUpload()?[.audio]?.id == "a")
    }

    @Test("a record without audio, a missing file and a missing id are told apart")
    func failures() async throws {
        let uploader = try Uploader(
            Drive(Account(place.environment()), place.environment()), data: data,
            advice: .forTests)
        var bare = try Record(["id": .string("x:1")])
        let noAudio = await #expect(throws: Failure.self) { try await uploader.upload(&bare) }
        #expect(noAudio?.scope == .item && noAudio?.kind == .input)
        #expect(noAudio?.remedy == "fetch")
        var absent = try record(#"{"audio":{"id":"a1"}}"#)
        let noFile = await #expect(throws: Failure.self) { try await uploader.upload(&absent) }
        #expect(noFile?.scope == .temporary && noFile?.kind == .storage)
        #expect(noFile?.file == "audio" && noFile?.remedy == "again")
        try data.write(Array("abc".utf8), to: "a.mp3")
        var changed = try record("{}")
        let integrity = await #expect(throws: Failure.self) { try await uploader.upload(&changed) }
        #expect(integrity?.kind == .integrity && integrity?.file == "audio")
        let right = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        var unreserved = try Record(
            Array(
                String(decoding: changed.bytes, as: UTF8.self)
                    .replacing(sha, with: right).utf8))
        let noID = await #expect(throws: Failure.self) { try await uploader.upload(&unreserved) }
        #expect(noID?.scope == .stop && noID?.remedy == "reserve")
    }
}
