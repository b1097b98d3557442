// WhisperTests: whisper.cpp as an engine, with a script in the program's place.
import Foundation
import Records
import Synchronization
import Testing

@testable import Speech

/// A directory with a model and a program that answers with what a script writes.
private final class Place: Sendable {
    let path = NSTemporaryDirectory() + "whisper-\(UUID())"

    /// The script sees the sounds' files as its arguments, and notes each run in `runs`.
    init(_ script: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let program = """
            #!/bin/sh
            echo run >>\(path)/runs
            while [ $# -gt 0 ]; do
                [ "$1" = -f ] && files="$files $2"
                shift
            done
            \(script)
            """
        try Data(program.utf8).write(to: URL(filePath: "\(path)/whisper-cli"))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o700], ofItemAtPath: "\(path)/whisper-cli")
        try Data("model".utf8).write(to: URL(filePath: "\(path)/ggml-tiny.bin"))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func engine() throws -> WhisperCLI {
        var configuration = WhisperCLI.Configuration(
            program: "\(path)/whisper-cli", model: "\(path)/ggml-tiny.bin")
        configuration.temporaryDirectory = path
        configuration.environment = ["PATH": "/usr/bin:/bin"]
        return try WhisperCLI(configuration)
    }

    var runs: Int {
        let text = try? String(contentsOfFile: "\(path)/runs", encoding: .utf8)
        return text?.split(separator: "\n").count ?? 0
    }

    /// What is left of the sounds that were written for the program.
    var leftovers: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasPrefix("callpipe-") }
    }
}

/// Two seconds, loud or silent.
private func sound(amplitude: Double = 9000) -> Sound {
    Sound(seconds: 2, rate: 16000, channels: 1) { rate, sink throws(Failure) in
        let samples = (0..<(2 * rate)).map { Int16(amplitude * sin(Double($0) * 0.1)) }
        try sink(0, samples.span)
    }
}

/// As `-ojf` writes it, but for the values.
private let answer =
    #"{"result":{"language":"en"},"transcription":[{"offsets":{"from":0,"to":1500},"text":" Hi there","#
    + #""tokens":[{"text":"[_BEG_]","p":1},{"text":" Hi","offsets":{"from":0,"to":500},"p":0.5},"#
    + #"{"text":" th","offsets":{"from":500,"to":900},"p":0.25},{"text":"ere","p":0.75}]}]}"#

@Suite("whisper.cpp", .timeLimit(.minutes(1)))
struct WhisperTests {
    @Test("tokens become words, and nothing is left behind")
    func hears() async throws {
        let place = try Place("for f in $files; do echo '\(answer)' >$f.json; done")
        let heard = try await place.engine().transcribe(sound())
        #expect(heard.language == "en")
        #expect(heard.utterances.map(\.text) == ["Hi there"])
        #expect(heard.utterances.first?.words.map(\.text) == ["Hi", "there"])
        #expect(heard.utterances.first?.words.map(\.confidence) == [0.5, 0.5])
        #expect(place.leftovers.isEmpty)
    }

    @Test("sounds that come together share runs; each gets its own words")
    func shares() async throws {
        let place = try Place("for f in $files; do echo '\(answer)' >$f.json; done")
        let engine = try place.engine()
        try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<8 {
                group.addTask { try await engine.transcribe(sound()).utterances.first?.text }
            }
            for try await text in group { #expect(text == "Hi there") }
        }
        #expect(place.runs < 8)
    }

    @Test("silence is nobody speaking, and no program is run for it")
    func skipsSilence() async throws {
        let place = try Place("exit 9")
        #expect(try await place.engine().transcribe(sound(amplitude: 0)).utterances.isEmpty)
        #expect(place.runs == 0)
    }

    @Test(
        "an end with 0 is no success unless it left a transcript",
        arguments: [
            ("exit 0", Failure.Scope.item, Failure.Kind.engine),
            ("for f in $files; do echo '{' >$f.json; done", .item, .engine),
            ("exit 1", .item, .engine),
            ("exit 3", .stop, .configuration),
            ("kill -KILL $$", .temporary, .engine),
        ])
    func fails(script: String, scope: Failure.Scope, kind: Failure.Kind) async throws {
        let place = try Place(script)
        let engine = try place.engine()
        let failure = await #expect(throws: Failure.self) { try await engine.transcribe(sound()) }
        #expect(failure?.scope == scope)
        #expect(failure?.kind == kind)
        #expect(place.leftovers.isEmpty)
    }

    @Test("a character that is cut between tokens is whole again")
    func joinsBytes() throws {
        var bytes = Array(
            #"{"transcription":[{"offsets":{"from":0,"to":1},"text":" caf"#.utf8)
        bytes += Array("é".utf8) + Array(#"","tokens":[{"text":" caf"#.utf8) + [0xC3]
        bytes += Array(#""},{"text":""#.utf8) + [0xA9] + Array(#""}]}]}"#.utf8)
        let heard = try #require(WhisperJSON(bytes, channel: 0))
        #expect(heard.utterances.first?.text == "café")
        #expect(heard.utterances.first?.words.map(\.text) == ["café"])
    }

    @Test("what is no speech is left out")
    func leavesOutTags() throws {
        let text = #"[BLANK_AUDIO] yes (soft music) please *sighs* ♪"#
        let json =
            #"{"transcription":[{"offsets":{"from":0,"to":1},"text":"\#(text)"}]}"#
        let heard = try #require(WhisperJSON(Array(json.utf8), channel: 0))
        #expect(heard.utterances.map(\.text) == ["yes please"])
    }
}
