// FreeSpaceTests: the floor under the free space.
import Files
import Records
import TestSupport
import Testing

struct FreeSpaceTests {
    let place = TemporaryDirectory()

    @Test("where there is room nothing is said")
    func room() throws {
        try FreeSpace(place.path, keeping: ByteCount(1)).check()
        try FreeSpace("/nowhere", keeping: ByteCount(0)).check()
    }

    @Test("too little room stops the line and says what is free and what is wanted")
    func tooLittle() {
        let failure = #expect(throws: Failure.self) {
            try FreeSpace(place.path, keeping: ByteCount(7 << 50)).check()
        }
        #expect(failure?.scope == .stop)
        #expect(failure?.kind == .space)
        #expect(failure?.message.hasPrefix("write below \(place.path): ") == true)
        #expect(failure?.message.hasSuffix("are free, and 7 PiB have to stay free") == true)
        #expect(failure?.remedy.contains("--min-free") == true)
    }

    @Test("a directory that is not there is no room")
    func absent() {
        let failure = #expect(throws: Failure.self) {
            try FreeSpace("\(place.path)/absent", keeping: ByteCount(1)).check()
        }
        #expect(failure?.kind == .storage)
    }
}
