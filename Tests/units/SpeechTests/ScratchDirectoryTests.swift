// ScratchDirectoryTests: what the dead leave, and what the living keep.
import Files
import Foundation
import Records
import TestSupport
import Testing

@testable import Speech

struct ScratchDirectoryTests {
    private let base = TemporaryDirectory()
    private var place: String { base["callpipe-scratch-\(geteuid())"] }

    private func names() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []).sorted()
    }

    @Test("the first of a process removes what is of no process, and nothing else")
    func cleans() throws {
        try FileManager.default.createDirectory(
            atPath: "\(place)/1-dead/sub", withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        unsafe chmod(place, 0o700)
        try Data("sound".utf8).write(to: URL(filePath: "\(place)/1-dead/sub/0.wav"))
        try Data().write(to: URL(filePath: "\(place)/1-dead.lock"))
        try Data().write(to: URL(filePath: "\(place)/2-dead.lock"))
        try FileManager.default.createSymbolicLink(
            atPath: "\(place)/3-link", withDestinationPath: "/usr")
        try FileManager.default.createDirectory(
            atPath: "\(place)/4-alive", withIntermediateDirectories: false)
        let alive = try FileLock.take("\(place)/4-alive.lock")
        let scratch = try ScratchDirectory(in: base.path)
        let own = String(scratch.path.dropFirst(place.utf8.count + 1))
        #expect(Set(names()) == [own, own + ".lock", "4-alive", "4-alive.lock"])
        #expect(FileManager.default.fileExists(atPath: "/usr/bin"))
        _ = consume alive
        _ = consume scratch
        #expect(names() == ["4-alive", "4-alive.lock"])
    }

    @Test("a place that is somebody else's, or open to all, is not used")
    func refuses() throws {
        try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: "/usr")
        let failure = #expect(throws: Failure.self) { _ = try ScratchDirectory(in: base.path).path }
        #expect(failure?.scope == .stop && failure?.kind == .storage)
        try FileManager.default.removeItem(atPath: place)
        unsafe mkdir(place, 0o700)
        unsafe chmod(place, 0o755)
        #expect(throws: Failure.self) { _ = try ScratchDirectory(in: base.path).path }
    }
}
