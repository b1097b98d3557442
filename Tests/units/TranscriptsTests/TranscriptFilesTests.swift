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
        files = TranscriptFiles(of: record, formats: TranscriptFormat.usual)
    }

    /// The record with a transcript, and files of further formats.
    private func files(
        of transcript: Transcript?, _ formats: [TranscriptFormat] = []
    ) throws -> TranscriptFiles {
        var record = try Record([
            "id": .string("rc:401"), "start": .string("2024-01-15T14:03:11.120Z"),
        ])
        if let transcript { record.set("transcript", to: transcript) }
        return TranscriptFiles(of: record, formats: formats)
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
            for changed in [Data(bytes.dropLast()), bytes + bytes, Data(), Data(other.utf8)] {
                try changed.write(to: URL(filePath: path))
                #expect(try files.kept(id: "rc:401", in: directory) == nil)
                try bytes.write(to: URL(filePath: path))
            }
            try FileManager.default.removeItem(atPath: path)
            let rest = try files.kept(id: "rc:401", in: directory)
            #expect((rest == nil) == (suffix == "json"))
            if let rest {
                #expect(
                    try files.complete(rest, id: "rc:401", in: directory).files == written.files)
                #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
            }
            try bytes.write(to: URL(filePath: path))
        }
        #expect(try files.kept(id: "rc:401", in: directory) != nil)
    }

    @Test("every choice of files is whole by itself, and a file that is wanted as well is made")
    func choices() throws {
        let others: [TranscriptFormat] = [.txt, .vtt, .srt, .md]
        for choice in 0..<16 {
            let chosen = others.enumerated().filter { choice >> $0.offset & 1 == 1 }.map(\.element)
            let some = try files(of: nil, chosen)
            let written = try some.write(transcript, id: "rc:401", seconds: 7, into: directory)
            let names = try FileManager.default.contentsOfDirectory(
                atPath: place["transcripts/2024/01/15"])
            #expect(
                names.sorted()
                    == (["json"] + chosen.map(\.rawValue)).map { "rc-401.\($0)" }.sorted())
            #expect(written.files?.formats == [.json] + chosen)
            #expect(try some.hold(written, in: directory))
            #expect(try some.kept(id: "rc:401", in: directory)?.files == written.files)
            let all = try files(of: written, others)
            #expect(try all.hold(written, in: directory) == (chosen == others))
            let complete = try all.complete(written, id: "rc:401", in: directory)
            #expect(complete.files?.json == written.files?.json)
            #expect(try files(of: complete).hold(complete, in: directory))
            #expect(
                try complete.files
                    == all.write(transcript, id: "rc:401", seconds: 7, into: directory).files)
        }
    }

    @Test("a file is made again from a JSON file that is the record's, and from no other")
    func completes() throws {
        let written = try files.write(transcript, id: "rc:401", seconds: nil, into: directory)
        for suffix in ["txt", "vtt"] {
            try Data("x".utf8).write(
                to: URL(filePath: place["transcripts/2024/01/15/rc-401.\(suffix)"]))
        }
        #expect(try files.holdJSON(written, in: directory))
        #expect(try files.complete(written, id: "rc:401", in: directory) == written)
        #expect(try files.hold(written, in: directory))
        let json = URL(filePath: place["transcripts/2024/01/15/rc-401.json"])
        let other = try String(contentsOf: json, encoding: .utf8).replacing("Hello", with: "Howdy")
        try Data(other.utf8).write(to: json)
        #expect(try !files.holdJSON(written, in: directory))
        #expect(throws: Failure.self) {
            try files.complete(written, id: "rc:401", in: directory)
        }
    }

    @Test("other words go into all files that the record lists, and the words of before are gone")
    func rewrite() throws {
        let all = try files(of: nil, TranscriptFormat.allCases)
        var provenance = Transcript.Provenance()
        provenance.cost = 0.5
        var first = transcript
        first.provenance = provenance
        let words = [[Transcript.Word("Hello.", start: 2, end: 3)], [], []]
        var written = try all.write(
            first, words: words, id: "rc:401", seconds: 7, into: directory)
        // The record lists two of them.
        written.files?.srt = nil
        written.files?.md = nil
        let listed = try files(of: written)
        let changed = try listed.rewrite(written, id: "rc:401", in: directory) { segments, words in
            #expect(words.count == segments.count)
            segments[1].text = "[NAME]"
            words[0][0] = Transcript.Word("[NAME]", start: 2, end: 3)
        }
        #expect(changed.text == "Good afternoon.\n[NAME]\nYes.")
        #expect(changed.key == written.key && changed.provenance == written.provenance)
        #expect(changed.files?.formats == [.json, .txt, .vtt])
        #expect(try files(of: changed).hold(changed, in: directory))
        let folder = place["transcripts/2024/01/15"]
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names.sorted() == ["rc-401.json", "rc-401.txt", "rc-401.vtt"])
        for name in names {
            #expect(
                try !String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8).contains("Hello"))
        }
        // A run that was killed before the record was written does the same again.
        let again = try listed.rewrite(written, id: "rc:401", in: directory) { segments, _ in
            #expect(segments[1].text == "[NAME]")
        }
        #expect(again == changed)
        #expect(throws: Failure.self) {
            try listed.rewrite(written, id: "rc:402", in: directory) { _, _ in }
        }
        try FileManager.default.removeItem(atPath: place["transcripts/2024/01/15/rc-401.json"])
        let failure = #expect(throws: Failure.self) {
            try listed.rewrite(written, id: "rc:401", in: directory) { _, _ in }
        }
        #expect(failure?.file == "transcript")
    }

    @Test("captions as SRT have a number and the speaker, and a page has the times")
    func others() throws {
        var shown = transcript
        shown.segments[1].text = "1 --> 2 *is* <b>"
        _ = try files(of: nil, [.srt, .md]).write(shown, id: "rc:401", seconds: 65, into: directory)
        #expect(
            try text("srt") == """
                1
                00:00:00,420 --> 00:00:01,420
                Agent: Good afternoon.

                2
                00:00:02,000 --> 00:00:05,000
                1 \u{2192} 2 *is* <b>

                3
                00:00:06,000 --> 00:00:07,000
                Yes.


                """)
        #expect(
            try text("md") == #"""
                # Transcript of rc:401

                whisper.cpp base.en, en, 00:01:05

                **Agent** (00:00:00) Good afternoon.

                (00:00:02) 1 --\> 2 \*is\* \<b\>

                (00:00:06) Yes.

                """#)
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
