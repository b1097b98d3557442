// ManualTests: the example of callpipe-record(5) is what it says.
import Foundation
import Records
import TestSupport
import Testing

struct ManualTests {
    private let manual: String

    init() throws {
        let path = Checkout.root.appending(path: "man/callpipe-record.5")
        manual = try String(contentsOf: path, encoding: .utf8)
    }

    @Test("The example is a record, and each of its members is described")
    func example() throws {
        let start = try #require(manual.range(of: ".Bd -literal\n"))
        let end = try #require(manual.range(of: "\n.Ed", range: start.upperBound..<manual.endIndex))
        let line = manual[start.upperBound..<end.lowerBound]
            .replacing("\n", with: "").replacing("\\e", with: "\\")
        let record = try Record(line.utf8)
        #expect(record.fileStem == "rc-401234567008")
        #expect(record.dayPath == "2024/01/15")
        let audio = try #require(try record.audio())
        #expect(audio.path == "audio/\(record.dayPath)/\(record.fileStem).mp3")
        #expect(audio.seconds == 187.2)
        let transcript = try #require(try record.transcript())
        #expect(transcript.text == transcript.segments.map(\.text).joined(separator: "\n"))
        let expires = try #require(try record.recording()?.expires)
        #expect(Day(expires) == Timestamp(record.start ?? "")?.day.adding(days: 90))
        for name in record.names + ["error"] {
            #expect(manual.contains(".It Li \(name) ") || manual.contains(", \(name) Ta"))
        }
    }

    @Test("Each kind of failure that a record can carry is described, and no other")
    func kinds() throws {
        let start = try #require(manual.range(of: ".Bl -column \"bad_response\""))
        let end = try #require(manual.range(of: ".El", range: start.upperBound..<manual.endIndex))
        let kinds = manual[start.upperBound..<end.lowerBound].split(separator: "\n")
            .filter { $0.hasPrefix(".It Li ") }.map { String($0.split(separator: " ")[2]) }
        #expect(kinds.count == 16)
        for kind in kinds { #expect(Failure.Kind(rawValue: kind) != nil) }
        for example in ["rc:../x", "~~", "16777216", "1000 deep"] {
            #expect(manual.contains(example))
        }
    }
}
