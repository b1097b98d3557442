// LineReaderTests: lines however they arrive, and what is too long for one.
import Glibc
import Records
import System
import Testing

struct LineReaderTests {
    /// The output of a reader, pieces of a line that is too long put together.
    private struct Lines {
        var lines: [[UInt8]] = []
        var tooLong: [Int] = []
        var largestPiece = 0
    }

    private func read(_ reader: LineReader) throws -> Lines {
        var all = Lines()
        var skipped = 0
        repeat {
            while let next = reader.next() {
                switch next {
                case .line(let line): all.lines.append(line.copy)
                case .tooLong(let piece, let isLast):
                    skipped += piece.count
                    all.largestPiece = max(all.largestPiece, piece.count)
                    if isLast {
                        all.tooLong.append(skipped)
                        skipped = 0
                    }
                }
            }
            #expect(!reader.hasNext())
        } while try reader.fill() == .more
        return all
    }

    private func read(_ pieces: [[UInt8]]) throws -> Lines {
        let pipe = Pipe()
        pipe.feed(pieces)
        return try read(LineReader(pipe.output))
    }

    @Test(
        "Lines are the same whether they come whole or byte by byte",
        arguments: [
            "", "\n", "a", "a\n", "a\nb", "\n\n", "a\r\n\r\nb\r", "\0\n\u{FEFF}x\n", "a\n\nb\n",
        ])
    func framing(_ text: String) throws {
        var expected = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
            .map(Array.init)
        if expected.last == [] { expected.removeLast() }
        #expect(try read([Array(text.utf8)]).lines == expected)
        #expect(try read(text.utf8.map { [$0] }).lines == expected)
    }

    @Test("Lines keep their numbers and their bytes through a memory that moves")
    func manyLines() throws {
        var chance = Chance(seed: 5)
        let lines = (0..<2000).map { number in
            let longest = number % 50 == 0 ? 400_000 : 90
            return Array("\(number) ".utf8)
                + [UInt8](repeating: 0x78, count: chance.number(below: longest))
        }
        let pipe = Pipe()
        pipe.feed(lines.map { $0 + [0x0A] })
        let reader = LineReader(pipe.output)
        var count = 0
        repeat {
            while case .line(let line)? = reader.next() {
                #expect(lines[count] == line.copy)
                count += 1
                #expect(reader.lineNumber == count)
            }
        } while try reader.fill() == .more
        #expect(count == lines.count)
        #expect(reader.bytesRead == lines.reduce(0) { $0 + $1.count + 1 })
        #expect(reader.bytesInHand == 0)
    }

    @Test("16 MiB are a line; one byte more is told, in pieces, and the next line is read")
    func limit() throws {
        let limit = LineReader.limit
        let longest = [UInt8](repeating: 0x78, count: limit)
        let tail: [UInt8] = [0x0A, 0x61]
        let all = try read([longest + tail, tail, longest, tail, [0x78, 0x0A], longest, longest])
        #expect(all.lines.map(\.count) == [limit, 1, 2])
        #expect(all.tooLong == [limit + 1, limit * 2])
    }

    @Test("A line that never ends passes through in pieces no larger than the memory")
    func endless() throws {
        let piece = [UInt8](repeating: 0x78, count: 8 << 20)
        let all = try read(Array(repeating: piece, count: 12))
        #expect(all.lines.isEmpty)
        #expect(all.tooLong == [96 << 20])
        #expect(all.largestPiece <= LineReader.limit * 2)
    }

    @Test("A reader that waits is interrupted; what it has in hand stays")
    func interruption() throws {
        let (lines, wish) = (Pipe(), Pipe())
        let reader = LineReader(lines.output, interruption: wish.output)
        unsafe write(lines.input, "a\nb", 3)
        #expect(try reader.fill() == .more)
        unsafe write(wish.input, "!", 1)
        #expect(try reader.fill() == .interrupted)
        #expect(try reader.fill() == .interrupted)
        guard case .line(let line)? = reader.next() else {
            Issue.record("the line in hand is gone")
            return
        }
        #expect(line.copy == [0x61])
        #expect(reader.next() == nil)
        #expect(reader.bytesInHand == 1)
        close(lines.input)
        close(wish.input)
    }

    @Test("Readiness is told without waiting")
    func readiness() throws {
        let pipe = Pipe()
        let reader = LineReader(pipe.output)
        #expect(try !reader.isReady())
        unsafe write(pipe.input, "a\n", 2)
        #expect(try reader.isReady())
        try reader.gather()
        #expect(reader.hasNext())
        #expect(try !reader.isReady())
        close(pipe.input)
        #expect(try reader.isReady())
        try reader.gather()
        #expect(try !reader.isReady())
    }

    @Test("A descriptor that somebody made non-blocking is waited for")
    func nonBlocking() throws {
        let pipe = Pipe()
        _ = fcntl(pipe.output, F_SETFL, O_NONBLOCK)
        pipe.feed("one\ntwo\n".utf8.map { [$0] })
        #expect(try read(LineReader(pipe.output)).lines == [Array("one".utf8), Array("two".utf8)])
    }

    @Test("What cannot be read says so")
    func unreadable() throws {
        #expect(throws: SystemError(code: EBADF)) { try LineReader(-1).fill() }
        let directory = unsafe open("/", O_RDONLY)
        defer { close(directory) }
        #expect(throws: SystemError(code: EISDIR)) { try LineReader(directory).fill() }
    }
}
