// FilesTests: what lies below the data directory, and how it gets there.
import Crypto
import Foundation
import Records
import TestSupport
import Testing

@testable import Files
import System

@Suite("The data directory")
struct DataDirectoryTests {
    let place = TemporaryDirectory()
    let data: DataDirectory

    init() throws {
        data = try DataDirectory(place.path)
    }

    @Test(
        "no path leads out of it",
        arguments: [
            "", "/etc/passwd", "..", "../x", "a/../../x", "a/..", "./a", "a//b", "a/", "a\u{0}b",
            "a\nb",
        ])
    func staysInside(path: String) {
        let failure = #expect(throws: Failure.self) { try data.absolutePath(of: path) }
        #expect(failure?.scope == .item)
        #expect(failure?.kind == .input)
    }

    @Test("a file is written whole, in directories made for it, and nothing else stays")
    func writes() throws {
        try data.write(Array("one".utf8), to: "2024/01/15/a.json")
        try data.write(Array("two!".utf8), to: "2024/01/15/a.json")
        #expect(try place.text("2024/01/15/a.json") == "two!")
        #expect(try place.names("2024/01/15") == ["a.json"])
        #expect(try data.size(of: "2024/01/15/a.json") == 4)
        #expect(try data.size(of: "2024/01/16/a.json") == nil)
        #expect(try data.size(of: "2024") == nil)
    }

    @Test("writers of one file take turns")
    func writersTakeTurns() async throws {
        await withTaskGroup(of: Void.self) { group in
            for letter in "abcdefgh" {
                group.addTask {
                    for _ in 0..<20 {
                        try? data.write(
                            Array(String(repeating: letter, count: 5000).utf8), to: "shared")
                    }
                }
            }
        }
        let text = try place.text("shared")
        #expect(text.count == 5000)
        #expect(Set(text).count == 1)
        #expect(try place.names() == ["shared"])
    }

    @Test("hashes are over the whole file")
    func hashes() throws {
        let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try data.write(bytes, to: "big")
        let sums = try data.digests(of: "big")
        #expect(sums.sha256 == Digest.sha256(bytes))
        #expect(sums.md5 == Digest.md5(bytes))
        #expect(sums.bytes == bytes.count)
        let audio = AudioFile(path: "big", bytes: 700_000, sha256: "", type: "audio/wav")
        #expect(try data.holds(audio))
        var other = audio
        other.bytes += 1
        #expect(try !data.holds(other))
    }

    @Test("links and copies replace what has the name")
    func linksAndCopies() throws {
        try data.write(Array("source".utf8), to: "elsewhere")
        let source = try data.absolutePath(of: "elsewhere")
        try data.copy(source, to: "audio/copy", modified: 5_000_000_000)
        try data.copy(source, to: "audio/copy", modified: -1_500_000_000)
        try data.link(source, at: "audio/link")
        try data.link(source, at: "audio/link")
        #expect(try place.text("audio/copy") == "source")
        #expect(try data.file(at: "audio/copy")?.modified.milliseconds == -1500)
        #expect(try place.text("audio/link") == "source")
        #expect(try data.size(of: "audio/link") == 6)
        #expect(try place.names("audio") == ["copy", "link"])
    }

    @Test(
        "a full or closed disk stops the line",
        arguments: [ENOSPC, EDQUOT, EROFS, EACCES, EIO])
    func stops(code: Int32) {
        let failure = Failure.storage("write a", SystemError(code: code))
        #expect(failure.scope == .stop)
        #expect(failure.kind == .storage)
    }

    @Test("a missing file concerns its record only")
    func missing() {
        let failure = #expect(throws: Failure.self) { try data.sha256(of: "none") }
        #expect(failure?.scope == .temporary)
    }
}

@Suite("Parts of files")
struct PartFileTests {
    let place = TemporaryDirectory()
    let data: DataDirectory

    init() throws {
        data = try DataDirectory(place.path)
    }

    @Test("a part becomes the file, with the hashes of its bytes")
    func finishes() throws {
        let part = try data.part(of: "audio/a.mp3")
        try part.begin(.init(source: "s", etag: "\"1\"", total: 6))
        try part.append(Array("abc".utf8))
        try part.append(Array("def".utf8))
        let sums = try part.sums()
        #expect(
            sums
                == .init(
                    bytes: 6, sha256: Digest.sha256(Array("abcdef".utf8)),
                    md5: Digest.md5(Array("abcdef".utf8))))
        try part.finish(as: "audio/a.mp3")
        #expect(try place.text("audio/a.mp3") == "abcdef")
        #expect(try place.names("audio") == ["a.mp3"])
    }

    @Test("two never write one part")
    func isLocked() throws {
        let part = try data.part(of: "a")
        let failure = #expect(throws: Failure.self) { try data.part(of: "a") }
        #expect(failure?.scope == .temporary)
        try part.append([1])
    }

    @Test("a part outlives its process, with its identity and hashes")
    func resumes() throws {
        let identity = PartFile.Identity(source: "s", etag: "\"1\"", total: 9, contentType: "x/y")
        do {
            let part = try data.part(of: "a")
            try part.begin(identity)
            try part.append(Array("abc".utf8))
        }
        let part = try data.part(of: "a")
        #expect(part.length == 3)
        #expect(part.identity == identity)
        try part.append(Array("def".utf8))
        #expect(try part.sums().sha256 == Digest.sha256(Array("abcdef".utf8)))
        try part.truncate()
        #expect(part.length == 0)
        #expect(part.identity == nil)
        #expect(try part.sums().sha256 == Digest.sha256([]))
    }

    @Test("bytes from before a reboot are not trusted")
    func forgetsAfterReboot() throws {
        do {
            let part = try data.part(of: "a")
            try part.begin(.init(source: "s"))
            try part.append([1, 2, 3])
        }
        let note = try place.text("a.part.json").replacing(Boot.id, with: "another-boot")
        try data.write(Array(note.utf8), to: "a.part.json")
        #expect(try data.part(of: "a").identity == nil)
    }

    @Test("a part without bytes leaves nothing behind")
    func leavesNothing() throws {
        do {
            let part = try data.part(of: "a")
            try part.begin(.init(source: "s"))
        }
        #expect(try place.names() == [])
    }
}
