// GzipTests: there and back, against Debian's gzip, and files that are not whole.
import Foundation
import Gzip
import TestSupport
import Testing

@Suite struct GzipTests {
    /// Bytes that compress well, then bytes that do not.
    private static let text: [UInt8] = {
        var bytes = Array(String(repeating: "a call, and another one; ", count: 20_000).utf8)
        var seed: UInt64 = 1
        for _ in 0..<300_000 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            bytes.append(UInt8(truncatingIfNeeded: seed >> 56))
        }
        return bytes
    }()

    private func add(_ part: Span<UInt8>, to bytes: inout [UInt8]) {
        for index in part.indices { bytes.append(part[index]) }
    }

    private func compressed(_ bytes: [UInt8], pieces: Int = 100_000) throws -> [UInt8] {
        var deflater = Deflater(level: 1)
        var file: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            let piece = Array(bytes[start..<min(start + pieces, bytes.count)])
            deflater.add(piece.span) { add($0, to: &file) }
        }
        deflater.finish { add($0, to: &file) }
        return file
    }

    private func expanded(_ file: [UInt8], pieces: Int = 70_001) throws -> [UInt8] {
        var inflater = Inflater()
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: file.count, by: pieces) {
            let piece = Array(file[start..<min(start + pieces, file.count)])
            inflater.add(piece.span) { add($0, to: &bytes) }
        }
        try inflater.finish()
        return bytes
    }

    @Test(
        "What was compressed comes back, whatever the pieces", arguments: [1, 7, 65_536, 1 << 20])
    func thereAndBack(_ pieces: Int) throws {
        let few = Array(GzipTests.text.prefix(pieces < 100 ? 5000 : GzipTests.text.count))
        let file = try compressed(few, pieces: pieces)
        #expect(try expanded(file, pieces: pieces) == few)
        #expect(try expanded(compressed([])) == [])
    }

    @Test("gzip reads what we write, and we read what it writes")
    func debian() throws {
        #expect(try gzip("-dc", try compressed(GzipTests.text)) == GzipTests.text)
        #expect(try expanded(gzip("-9c", GzipTests.text)) == GzipTests.text)
    }

    @Test("With a flipped byte a file is refused, or says what it said")
    func flipped() throws {
        let bytes = Array(GzipTests.text.suffix(4000))
        let file = try compressed(bytes)
        // A few bits mean nothing, such as those that fill up a byte.
        var harmless = 0
        for place in file.indices {
            var other = file
            other[place] ^= 0x10
            guard let answer = try? expanded(other) else { continue }
            harmless += 1
            #expect(answer.elementsEqual(bytes) as Bool, "byte \(place)")
        }
        #expect(harmless < 12)
    }

    @Test("A file that lost its end, or found another one, is refused")
    func ends() throws {
        let file = try compressed(GzipTests.text)
        #expect(throws: GzipError.truncated) { try expanded(Array(file.dropLast())) }
        #expect(throws: GzipError.truncated) { try expanded([]) }
        #expect(throws: GzipError.continued) { try expanded(file + [0]) }
        #expect(throws: GzipError.damaged) { try expanded(Array("no gzip file".utf8)) }
    }

    private func gzip(_ option: String, _ input: [UInt8]) throws -> [UInt8] {
        let place = TemporaryDirectory()
        let files = try [place.write(input, "in"), place.write([], "out")].map { URL(filePath: $0) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["gzip", option]
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        try process.run()
        process.waitUntilExit()
        return Array(try Data(contentsOf: files[1]))
    }
}
