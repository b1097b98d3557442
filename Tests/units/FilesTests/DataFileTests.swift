// DataFileTests: which files are a record's, and how they are taken away.
import Foundation
import Records
import TestSupport
import Testing

@testable import Files

struct DataFileTests {
    let place = TemporaryDirectory()
    let data: DataDirectory

    init() throws {
        data = try DataDirectory(place.path)
    }

    private func record(_ id: String, _ more: String = "") throws -> Record {
        let text = #"{"id":"\#(id)","start":"2024-01-15T14:03:11Z"\#(more)}"#
        return try Record(Array(text.utf8))
    }

    private func write(_ paths: String...) throws {
        for path in paths { try data.write(Array(path.utf8), to: path) }
    }

    @Test("a record's files are those it names and those of its name, of any suffix and in parts")
    func files() throws {
        let day = "2024/01/15"
        try write(
            "audio/\(day)/rc-1.mp3", "audio/\(day)/rc-1.part", "audio/\(day)/rc-1.part.json",
            "audio/\(day)/rc-1.mp3.link", "transcripts/\(day)/rc-1.json", "other/x.wav",
            "transcripts/\(day)/rc-1.srt", "transcripts/\(day)/rc-1.json.tmp", "t/1.json",
            "t/1.vtt",
            "redacted/\(day)/rc-1.json", "redacted/\(day)/rc-1.wav", "redacted/\(day)/rc-1.wav.tmp",
            "redacted/\(day)/rc-10.wav"
        )
        let mine = try data.files(
            of: record(
                "rc:1",
                #","audio":{"path":"other/x.wav"},"transcript":{"path":"t/1.json"},"n":{"path":1},"#
                    + #""evil":{"path":"../x"}"#))
        // A link belongs to a file that is being written, of a suffix that the record knows.
        #expect(
            mine.map(\.path).sorted() == [
                "audio/\(day)/rc-1.mp3", "audio/\(day)/rc-1.part", "audio/\(day)/rc-1.part.json",
                "other/x.wav", "redacted/\(day)/rc-1.json", "redacted/\(day)/rc-1.wav",
                "redacted/\(day)/rc-1.wav.tmp", "t/1.json", "t/1.vtt",
                "transcripts/\(day)/rc-1.json",
                "transcripts/\(day)/rc-1.json.tmp", "transcripts/\(day)/rc-1.srt",
            ])
        let more = try data.files(of: record("rc:1", #","audio":{"path":"a.mp3"}"#))
        #expect(more.contains { $0.path.hasSuffix(".mp3.link") })
        #expect(more.contains { $0.path.hasSuffix("redacted/\(day)/rc-1.wav.tmp") })
    }

    @Test("no id takes another's files for its own")
    func strangers() throws {
        let day = "2024/01/15"
        try write(
            "audio/\(day)/rc-1.x.mp3", "audio/\(day)/rc-1.mp3.mp3", "audio/\(day)/rc-10.mp3",
            "audio/\(day)/rc-1.part.mp3", "transcripts/\(day)/rc-1.x.json",
            "transcripts/\(day)/rc-1.part.json", "transcripts/\(day)/rc-1.x.txt",
            "audio/2024/01/16/rc-1.mp3")
        #expect(try data.files(of: record("rc:1")).isEmpty)
        #expect(try data.files(of: record("rc:1.x")).count == 3)
        #expect(try data.files(of: record("rc:1.part")).count == 2)
    }

    @Test("what is removed is what was looked at")
    func removes() throws {
        try write("a/1", "a/2", "b/3")
        let files = try ["a/1", "a/2", "b/3"].compactMap { try data.file(at: $0) }
        #expect(files.map(\.bytes) == [3, 3, 3])
        try data.write(Array("another".utf8), to: "a/2")
        #expect(try data.sha256(of: files[0])?.count == 64)
        #expect(try data.sha256(of: files[1]) == nil)
        #expect(try data.remove(files[0]))
        #expect(try !data.remove(files[0]))
        #expect(try !data.remove(files[1]))
        try data.sync(after: files)
        #expect(try place.names("a") == ["2"])
        #expect(try data.file(at: "a") == nil)
        #expect(try data.file(at: "absent/x") == nil)
    }

    @Test("a link goes, and what it names stays")
    func links() throws {
        try write("theirs/1")
        try data.link("\(place.path)/theirs/1", at: "audio/1.wav")
        let link = try #require(try data.file(at: "audio/1.wav"))
        #expect(link.isLink && link.bytes == 0)
        #expect(try data.sha256(of: link) == nil)
        #expect(try data.remove(link))
        #expect(try place.text("theirs/1") == "theirs/1")
    }

    @Test("a directory that may not be written is told", .enabled(if: getuid() != 0))
    func readOnly() throws {
        try write("a/1")
        let file = try #require(try data.file(at: "a/1"))
        _ = unsafe chmod("\(place.path)/a", 0o555)
        defer { _ = unsafe chmod("\(place.path)/a", 0o755) }
        let failure = #expect(throws: Failure.self) { try data.remove(file) }
        #expect(failure?.scope == .stop && failure?.kind == .storage)
    }
}
