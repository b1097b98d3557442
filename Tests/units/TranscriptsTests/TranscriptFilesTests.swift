// TranscriptFilesTests: the three files of a transcript, and the member that names them.
import Files
import Foundation
import Records
import TestSupport
import Testing
import Transcripts

struct TranscriptFilesTests {
    private let place = TemporaryDirectory()
    private let directory: DataDirectory
    private let files: TranscriptFiles

    init() throws {
        directory = try DataDirectory(place.path)
        let record = try Record([
            "id": .string("rc:401"), "start": .string("2024-01-15T14:03:11.120Z"),
        ])
        files = TranscriptFiles(of: record)
    }

    private var transcript: Transcript {
        files.transcript(
            [
                .init(
                    start: 0.42004, end: 1.42, channel: 0, speaker: "agent",
                    text: "Good afternoon.", confidence: 0.9),
                .init(start: 2, end: 5, channel: 0, text: "Hello.", confidence: 0.1),
                .init(start: 6, end: 7, channel: 0, text: "Yes."),
            ], language: "en", engine: "whisper.cpp", model: "base.en", key: "5f2e")
    }

    private func text(_ suffix: String) throws -> String {
        try place.text("transcripts/2024/01/15/rc-401.\(suffix)")
    }

    @Test("the member's text and confidence follow from its segments")
    func member() {
        #expect(transcript.path == "transcripts/2024/01/15/rc-401.json")
        #expect(transcript.text == "Good afternoon.\nHello.\nYes.")
        #expect(transcript.segments.first?.start == 0.42)
        // By length, of those that have one.
        #expect(transcript.confidence == 0.3)
    }

    @Test("three files tell the same, and all of them have to be there")
    func write() throws {
        #expect(try !files.hold(transcript, in: directory))
        let written = try files.write(
            transcript, words: [[.init("Good", start: 0.4204, end: 0.7), .init("it")]],
            id: "rc:401", seconds: nil, into: directory)
        #expect(try files.hold(written, in: directory))
        #expect(try text("txt") == "Agent: Good afternoon.\nHello.\nYes.\n")
        #expect(try text("vtt").contains("\n<v Agent>Good afternoon.\n"))
        let json = try text("json")
        #expect(json.hasPrefix(#"{"id":"rc:401","language":"en","engine":"whisper.cpp","#))
        #expect(json.contains(#""words":[{"word":"Good","start":0.42,"end":0.7},{"word":"it"}]"#))
        #expect(json.contains(#""text":"Hello.","confidence":0.1,"words":[]"#))
        try FileManager.default.removeItem(atPath: place["transcripts/2024/01/15/rc-401.vtt"])
        #expect(try !files.hold(written, in: directory))
    }

    @Test("a file that was changed is known, unless the record is of a version without hashes")
    func changed() throws {
        let written = try files.write(transcript, id: "rc:401", seconds: nil, into: directory)
        for suffix in ["json", "txt", "vtt"] {
            let path = place["transcripts/2024/01/15/rc-401.\(suffix)"]
            let bytes = try Data(contentsOf: URL(filePath: path))
            try Data(bytes.dropLast()).write(to: URL(filePath: path))
            #expect(try !files.hold(written, in: directory))
            #expect(try files.hold(transcript, in: directory))
            try bytes.write(to: URL(filePath: path))
            #expect(try files.hold(written, in: directory))
        }
    }

    @Test("a transcript is read again from its files, unless one of them is not as it was written")
    func kept() throws {
        var provenance = Transcript.Provenance()
        (provenance.identity, provenance.seconds, provenance.cost) = ("6f", 7.25, 0.1)
        var transcript = transcript
        transcript.provenance = provenance
        transcript.segments[1].doubts = ["unsure"]
        let words = [[Transcript.Word("Good", start: 0.42, end: 0.7, confidence: 0.5)], [], []]
        let written = try files.write(
            transcript, words: words, id: "rc:401", seconds: 7.25, into: directory)
        let kept = try #require(try files.kept(id: "rc:401", in: directory))
        #expect(kept.files == written.files && kept.key == "5f2e")
        #expect(kept.segments == written.segments && kept.text == written.text)
        #expect(kept.confidence == written.confidence)
        #expect(try files.kept(id: "rc:402", in: directory) == nil)
        for suffix in ["json", "txt", "vtt"] {
            let path = "\(directory.path)/transcripts/2024/01/15/rc-401.\(suffix)"
            let bytes = try Data(contentsOf: URL(filePath: path))
            let other = String(decoding: bytes, as: UTF8.self).replacing("Hello", with: "Howdy")
            for changed in [Data(bytes.dropLast()), bytes + bytes, Data(), Data(other.utf8), nil] {
                try FileManager.default.removeItem(atPath: path)
                try changed?.write(to: URL(filePath: path))
                #expect(try files.kept(id: "rc:401", in: directory) == nil)
                try bytes.write(to: URL(filePath: path))
            }
        }
        #expect(try files.kept(id: "rc:401", in: directory) != nil)
    }

    @Test("an empty transcript is read again, and one of a version without a key is not")
    func keptWithout() throws {
        let empty = files.transcript([], language: nil, engine: "e", model: nil, key: "k")
        let written = try files.write(empty, id: "rc:401", seconds: 0, into: directory)
        #expect(try files.kept(id: "rc:401", in: directory) == written)
        let path = "\(directory.path)/transcripts/2024/01/15/rc-401.json"
        let bytes = try String(contentsOfFile: path, encoding: .utf8)
        try Data(bytes.replacing(#""key":"k","#, with: "").utf8).write(to: URL(filePath: path))
        #expect(try files.kept(id: "rc:401", in: directory) == nil)
    }

    @Test("no character that a terminal obeys, and no line but a segment's, gets into the files")
    func control() throws {
        let heard = files.transcript(
            [Transcript.Segment(start: 0, end: 1, channel: 0, text: "a\u{1B}[2J\0b\nc\u{2028}d")],
            language: nil, engine: "e", model: nil, key: "k")
        _ = try files.write(
            heard, words: [[.init("\u{9B}a")]], id: "rc:401", seconds: nil, into: directory)
        #expect(try text("txt") == "a [2J b c d\n")
        #expect(try text("vtt").hasSuffix("\na [2J b c d\n"))
        #expect(try text("json").contains(#""word":" a""#))
    }
}
