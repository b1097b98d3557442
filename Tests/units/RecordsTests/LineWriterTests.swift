// LineWriterTests: whole lines from many threads, and a full disk that nobody overlooks.
import Foundation
import Glibc
import Records
import Synchronization
import System
import TestSupport
import Testing

struct LineWriterTests {
    @Test("Lines of several threads come out whole")
    func threads() throws {
        let pipe = Pipe()
        let writer = LineWriter(pipe.input)
        let lines = (0..<8).map { thread in
            [UInt8](repeating: UInt8(ascii: "a") + UInt8(thread), count: 10 + thread * 997)
        }
        // Threads of their own, since the pipe holds less than is written and they have to wait.
        let atWork = Mutex(lines.count)
        for line in lines {
            Thread.detachNewThread {
                for _ in 0..<100 {
                    try? writer.write(line)
                    try? writer.write(lines: line + [0x0A])
                    try? writer.flush()
                }
                let left = atWork.withLock { count in
                    count -= 1
                    return count
                }
                if left == 0 { close(pipe.input) }
            }
        }
        let reader = LineReader(pipe.output)
        var counts: [[UInt8]: Int] = [:]
        repeat {
            while case .line(let line)? = reader.next() {
                counts[line.copy, default: 0] += 1
            }
        } while try reader.fill() == .more
        #expect(counts == Dictionary(uniqueKeysWithValues: lines.map { ($0, 200) }))
    }

    @Test("A disk that is full is told by the flush, and by every call after it")
    func fullDisk() throws {
        let descriptor = unsafe open("/dev/full", O_WRONLY)
        defer { close(descriptor) }
        let writer = LineWriter(descriptor)
        try writer.write([0x61])
        #expect(!writer.isFlushed)
        for _ in 0..<2 {
            #expect(throws: SystemError(code: ENOSPC)) { try writer.flush() }
            #expect(throws: SystemError(code: ENOSPC)) { try writer.write([0x61]) }
            #expect(throws: SystemError(code: ENOSPC)) { try writer.write(lines: [0x61, 0x0A]) }
        }
        #expect(!writer.isFlushed)
    }

    @Test("What is gathered stays bounded and in order")
    func order() throws {
        let place = TemporaryDirectory()
        let path = place["lines"]
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT, 0o600)
        defer { close(descriptor) }
        let writer = LineWriter(descriptor)
        var expected: [UInt8] = []
        for length in [1, 70_000, 0, 300_000, 5, 60_000, 60_000, 60_000, 60_000, 60_000, 60_000, 7]
        {
            let line = [UInt8](repeating: 0x78, count: length)
            try writer.write(line)
            try writer.write(lines: line + [0x0A])
            expected += line + [0x0A] + line + [0x0A]
        }
        try writer.flush()
        #expect(writer.isFlushed)
        #expect(try Data(contentsOf: URL(filePath: path)) == Data(expected))
    }
}
