// FileSystemTests: names of files, their status, and the tests of text.
import Foundation
import TestSupport
import Testing

@testable import System

@Suite("Files and names")
struct FileSystemTests {
    private let place = TemporaryDirectory()
    private var directory: String { place["made"] }

    /// Runs the body with an empty directory.
    private func inDirectory(_ body: () throws -> Void) throws {
        try FileSystem.makeDirectory(directory, mode: 0o700)
        try body()
    }

    private func write(_ text: String, to name: String) throws {
        let file = try OwnedDescriptor(
            opening: "\(directory)/\(name)", O_WRONLY | O_CREAT | O_EXCL, mode: 0o640)
        try Descriptor.writeAll(file.number, Array(text.utf8))
    }

    @Test("a file tells its kind, size and owner, and a link is told from its target")
    func status() throws {
        try inDirectory {
            try write("hello", to: "a")
            try FileSystem.makeLink("\(directory)/link", to: "a")
            let file = try FileStatus(of: "\(directory)/a")
            #expect(file.kind == .file && file.size == 5 && file.owner == geteuid())
            #expect(file.permissions == 0o640 & ~mask())
            #expect(file.modified > 1_700_000_000 * 1_000_000_000)
            #expect(try FileStatus(of: "\(directory)/link") == file)
            let link = try FileStatus(of: "\(directory)/link", followingLinks: false)
            #expect(link.kind == .link && !link.isSameFile(as: file))
            #expect(try FileStatus(of: directory).kind == .directory)
            #expect(try FileStatus(of: "/dev/null").kind == .other)
            #expect(try FileStatus.ifPresent("\(directory)/b") == nil)
            #expect(try FileStatus.ifPresent("\(directory)/a/b") == nil)
            #expect(throws: SystemError(code: ENOENT)) { try FileStatus(of: "\(directory)/b") }
            #expect(try FileSystem.target(ofLink: "\(directory)/link") == "a")
            #expect(
                try FileSystem.realPath(of: "\(directory)/link")
                    == FileSystem.realPath(of: directory) + "/a")
        }
    }

    private func mask() -> UInt32 {
        let mask = umask(0)
        umask(mask)
        return mask
    }

    @Test("names are given, moved and taken away")
    func names() throws {
        try inDirectory {
            try write("one", to: "a")
            try FileSystem.link("\(directory)/a", as: "\(directory)/b")
            #expect(throws: SystemError(code: EEXIST)) {
                try FileSystem.link("\(directory)/a", as: "\(directory)/b")
            }
            try FileSystem.rename("\(directory)/a", to: "\(directory)/c")
            let names = try Directory.names(in: directory).map {
                String(decoding: $0, as: UTF8.self)
            }
            #expect(names.sorted() == ["b", "c"])
            try FileSystem.remove("\(directory)/b")
            #expect(!FileSystem.exists("\(directory)/b") && FileSystem.exists("\(directory)/c"))
            #expect(throws: SystemError(code: ENOENT)) { try FileSystem.remove("\(directory)/b") }
            #expect(throws: SystemError(code: ENOENT)) { try Directory.names(in: "/nowhere") }
            try FileSystem.setPermissions("\(directory)/c", to: 0o600)
            #expect(try FileStatus(of: "\(directory)/c").permissions == 0o600)
            #expect(try FileSystem.freeBytes(at: directory) > 0)
        }
    }

    @Test("what is read is what was written, whole and in pieces, and a limit holds")
    func readAndWrite() throws {
        try inDirectory {
            let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
            let path = "\(directory)/a"
            let file = try OwnedDescriptor(opening: path, O_RDWR | O_CREAT, mode: 0o600)
            try Descriptor.writeAll(file.number, bytes)
            #expect(try Descriptor.contents(of: path, atMost: 200_000) == bytes)
            #expect(throws: SystemError(code: EFBIG)) {
                try Descriptor.contents(of: path, atMost: 199_999)
            }
            var piece = [UInt8](repeating: 0, count: 1000)
            lseek(file.number, 199_900, SEEK_SET)
            #expect(try Descriptor.read(file.number, into: &piece) == 100)
            #expect(piece[..<100] == bytes[199_900...])
            #expect(try Descriptor.read(file.number, into: &piece) == 0)
            #expect(throws: SystemError(code: EISDIR)) {
                try Descriptor.contents(of: directory, atMost: 1)
            }
        }
    }

    @Test("an owned descriptor is closed with its owner, and not when it was given away")
    func ownership() throws {
        var number: Int32 = -1
        do {
            let file = try OwnedDescriptor(opening: "/dev/null", O_RDONLY)
            number = file.number
            #expect(fcntl(number, F_GETFD) == FD_CLOEXEC)
        }
        #expect(fcntl(number, F_GETFD) == -1)
        number = try OwnedDescriptor(opening: "/dev/null", O_RDONLY).release()
        #expect(close(number) == 0)
    }

    @Test("sockets carry bytes or messages with descriptors, and a timeout ends a wait")
    func sockets() throws {
        var bytes = try SocketPair(.stream)
        #expect(!Socket.carriesMessages(bytes.ours))
        Socket.send(42, to: bytes.theirs)
        #expect(Socket.receiveNumber(bytes.ours) == 42)
        try Descriptor.writeAll(bytes.theirs, [1, 2, 3])
        var room = [UInt8](repeating: 0, count: 8)
        #expect(try Socket.receive(bytes.ours, into: &room, from: 2) == 3)
        #expect(room == [0, 0, 1, 2, 3, 0, 0, 0])
        Socket.setTimeout(bytes.ours, seconds: 1)
        #expect(throws: SystemError(code: EAGAIN)) {
            try Socket.receive(bytes.ours, into: &room, from: 0)
        }
        bytes.giveAway()
        #expect(try Socket.receive(bytes.ours, into: &room, from: 0) == 0)
        #expect(Socket.receiveNumber(bytes.ours) == nil)

        var messages = try SocketPair(.messages)
        #expect(Socket.carriesMessages(messages.ours))
        let sent = DescriptorMessage(words: [7, 8, 9], descriptors: [0, 1])
        #expect(sent.send(over: messages.theirs) == 0)
        let received = try #require(DescriptorMessage.receive(from: messages.ours, words: 3))
        #expect(received.words == [7, 8, 9] && received.descriptors.count == 2)
        for descriptor in received.descriptors { #expect(close(descriptor) == 0) }
        messages.giveAway()
        #expect(DescriptorMessage.receive(from: messages.ours, words: 1) == nil)

        let port = try Socket.freeLoopbackPort()
        #expect((1...65535).contains(port))
    }

    @Test("bytes are seen as samples where they lie")
    func samples() {
        let bytes: [UInt8] = [9, 9, 1, 0, 0xFF, 0xFF, 0, 0x80]
        var seen: [Int16] = []
        Samples.view(bytes, from: 2, count: 3) { samples in
            for index in samples.indices { seen.append(samples[index]) }
        }
        #expect(seen == [1, -1, -32768])
    }

    @Test(
        "a word is letters, digits and the marks that are allowed",
        arguments: [
            ("abcXYZ019", true), ("a-b_c", true), ("", false), ("a b", false), ("é", false),
            ("a.b", false), ("a\n", false), ("@", false), ("[", false), ("`", false), ("{", false),
            (String(repeating: "a", count: 64), true), (String(repeating: "a", count: 65), false),
        ])
    func words(_ text: String, _ isWord: Bool) {
        #expect(ASCII.isWord(text, marks: "-_") == isWord)
    }

    @Test("line ends become spaces, and nothing else changes")
    func oneLine() {
        var text = Array("\n{\"a\":\n1,\r\n\t2,\r3}\n".utf8)
        ASCII.putOnOneLine(&text, from: 1)
        #expect(text == Array("\n{\"a\": 1,  \t2,\r3} ".utf8))
        ASCII.putOnOneLine(&text)
        #expect(text == Array(" {\"a\": 1,  \t2,\r3} ".utf8))
        text = []
        ASCII.putOnOneLine(&text)
        #expect(text.isEmpty)
    }
}
