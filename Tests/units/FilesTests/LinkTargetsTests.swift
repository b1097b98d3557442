// LinkTargetsTests: links that are read a directory at a time.
import Foundation
import Records
import TestSupport
import Testing

@testable import Files

@Suite struct LinkTargetsTests {
    private let directory = TemporaryDirectory()
    private var place: String { directory["data"] }

    @Test func targetsAreThoseOfTheirDirectory() throws {
        let data = try DataDirectory(place)
        for day in ["a/1", "a/2", "b/1"] { try data.link("/from/\(day)", at: "\(day)/x.wav") }
        try data.write([1], to: "a/1/file.wav")
        var targets = LinkTargets(below: data)
        #expect(try targets.target(of: "a/1/x.wav") == "/from/a/1")
        #expect(try targets.target(of: "a/1/file.wav") == nil)
        #expect(try targets.target(of: "a/1/missing.wav") == nil)
        #expect(try targets.target(of: "a/2/x.wav") == "/from/a/2")
        #expect(try targets.target(of: "c/1/x.wav") == nil)
        #expect(try targets.target(of: "b/1/x.wav") == "/from/b/1")
    }

    @Test func aDirectoryThatWasMadeAnewIsSeenOnceTheOldOneIsForgotten() throws {
        let data = try DataDirectory(place)
        try data.link("/old", at: "a/x.wav")
        var targets = LinkTargets(below: data)
        #expect(try targets.target(of: "a/x.wav") == "/old")
        try FileManager.default.removeItem(atPath: "\(place)/a")
        #expect(try targets.target(of: "a/x.wav") == nil)
        try data.link("/new", at: "a/x.wav")
        targets.forget()
        #expect(try targets.target(of: "a/x.wav") == "/new")
    }

    @Test(arguments: ["../x", "a/../x", "/x", "a//x", "a/.", ".", "..", "", "a/\u{1}", "a/"])
    func noPathLeavesTheDataDirectory(path: String) throws {
        var targets = LinkTargets(below: try DataDirectory(place))
        #expect(throws: Failure.self) { try targets.target(of: path) }
    }

    @Test(arguments: ["...", "a/..b", ".a", "a/...x/.b"])
    func pointsInNamesAreAllowed(path: String) throws {
        let data = try DataDirectory(place)
        #expect(try data.absolutePath(of: path) == "\(place)/\(path)")
    }
}
