// KnownFilesTests: the memory of files, whole, damaged, shared and lost.
import Foundation
import TestSupport
import Testing

@testable import RecordingFolder

@Suite struct KnownFilesTests {
    private let place = TemporaryDirectory()

    private func file(_ path: String, _ number: Int = 1) -> KnownFile {
        KnownFile(
            path: Array(path.utf8), bytes: number * 1000, nanoseconds: -number * 1_000_000_007,
            inode: UInt64.max - UInt64(number), sha256: Array(repeating: UInt8(number), count: 32),
            isByContent: number % 2 == 0)
    }

    private func open(isReadOnly: Bool = false) -> KnownFiles {
        KnownFiles(of: "/folder", in: place.path, isReadOnly: isReadOnly)
    }

    /// Lets a walk come by files, each of which is remembered, and says which were known.
    private func walk(_ files: [KnownFile], isWhole: Bool = true) -> [Bool] {
        var known = open()
        let found = files.map { file in
            let before = known.find(file.path)
            known.remember(file, isNews: before != file)
            return before == file
        }
        known.finish(isWhole: isWhole)
        #expect(known.fault == nil)
        return found
    }

    private var contents: [URL] {
        let folder = URL(filePath: place["known-files"])
        let found = try? FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        return found ?? []
    }

    @Test func whatWasSeenIsKnown() {
        let files = ["2023/a.wav", "2023.wav", "b", "b.wav", "\u{E4}/x.wav"].map {
            file($0, $0.count)
        }
        #expect(walk(files) == [false, false, false, false, false])
        #expect(walk(files) == [true, true, true, true, true])
        #expect(contents.count == 1)
    }

    @Test func whatIsGoneIsForgottenAndWhatIsNewIsAdded() {
        _ = walk([file("a"), file("b"), file("c")])
        #expect(walk([file("b"), file("b2"), file("c")]) == [true, false, true])
        #expect(walk([file("a"), file("b"), file("b2"), file("c")]) == [false, true, true, true])
    }

    @Test func whatChangesIsNoticed() {
        _ = walk([file("a"), file("b")])
        #expect(walk([file("a", 2), file("b")]) == [false, true])
        #expect(walk([file("a", 2), file("b")]) == [true, true])
    }

    @Test func aWalkThatEndsEarlyForgetsNothing() {
        let files = (0..<50).map { file("x\(100 + $0)") }
        _ = walk(files)
        #expect(walk([file("x050"), files[0]], isWhole: false) == [false, true])
        #expect(walk([file("x050")] + files).allSatisfy { $0 })
    }

    @Test func aFolderWithoutAnyFileIsADiskThatIsNotThere() {
        _ = walk([file("a"), file("b")])
        _ = walk([])
        #expect(walk([file("a"), file("b")]) == [true, true])
    }

    @Test func theLastFilesGoWhenTheWalkWasWhole() {
        _ = walk([file("a"), file("b")])
        _ = walk([file("a")])
        #expect(walk([file("a"), file("b")]) == [true, false])
    }

    @Test func damageCostsNoMoreThanReadingAgain() throws {
        let files = (0..<2000).map { file("folder/recording-\(1000 + $0).wav", $0 % 200) }
        _ = walk(files)
        let memory = try #require(contents.first)
        let whole = try Data(contentsOf: memory)
        for place in stride(from: 0, to: whole.count, by: whole.count / 40) {
            var damaged = whole
            damaged[place] ^= 0x10
            try damaged.write(to: memory)
            var known = open(isReadOnly: true)
            for file in files {
                // What is wrong is not known; it is never taken for something else.
                let found = known.find(file.path)
                #expect(found == nil || found == file)
            }
        }
        for length in stride(from: 0, to: whole.count, by: whole.count / 20) {
            try whole.prefix(length).write(to: memory)
            _ = walk(files)
            #expect(walk(files).allSatisfy { $0 })
        }
    }

    @Test func aReaderThatOnlyReadsWritesNothing() {
        var known = open(isReadOnly: true)
        _ = known.find(Array("a".utf8))
        known.remember(file("a"), isNews: true)
        known.finish(isWhole: true)
        #expect(contents.isEmpty)
    }

    @Test func twoRunsAtOnceDoNotDisturbEachOther() {
        let files = (0..<500).map { file("x\(1000 + $0)", $0 % 100) }
        _ = walk(files)
        var one = open()
        var other = open()
        for (index, old) in files.enumerated() {
            let isChanged = index % 50 == 7
            #expect(one.find(old.path) == old)
            one.remember(
                isChanged ? file(String(decoding: old.path, as: UTF8.self), 101) : old,
                isNews: isChanged)
            if index == 250 { other.finish(isWhole: false) }
            if index < 250 {
                #expect(other.find(old.path) == old)
                other.remember(file(String(decoding: old.path, as: UTF8.self), 102), isNews: true)
            }
        }
        one.finish(isWhole: true)
        #expect(one.fault == nil && other.fault == nil)
        // The last one leaves what it knows: nine in ten as they were.
        #expect(walk(files).filter { $0 }.count == 490)
        #expect(contents.count == 1)
    }

    @Test func whatAKilledRunLeftIsTakenAway() throws {
        _ = walk([file("a")])
        let memory = try #require(contents.first)
        let left = URL(filePath: memory.path + ".4711-1.tmp")
        try Data("half".utf8).write(to: left)
        #expect(walk([file("a")]) == [true])
        #expect(contents == [memory])
    }

    @Test func theOrderIsThatOfAWalk() {
        let walked = ["a/b", "a/c/d", "a/c.wav", "a-b", "a.wav", "ab", "b"]
        for (earlier, later) in zip(walked, walked.dropFirst()) {
            #expect(KnownFile.precedes(Array(earlier.utf8), Array(later.utf8)), "\(earlier)")
            #expect(!KnownFile.precedes(Array(later.utf8), Array(earlier.utf8)), "\(later)")
        }
    }

    @Test func whatIsKnownIsSavedOnTheWay() throws {
        var known = open()
        for name in ["a", "b", "c"] {
            #expect(known.find(Array(name.utf8)) == nil)
            known.remember(file(name), isNews: true, reading: 3 << 30)
        }
        // Nothing was finished, as after a kill.
        var after = open(isReadOnly: true)
        #expect(after.find(Array("a".utf8)) == file("a"))
        #expect(after.find(Array("b".utf8)) == file("b"))
        known.finish(isWhole: true)
        #expect(walk([file("a"), file("b"), file("c")]) == [true, true, true])
    }
}
