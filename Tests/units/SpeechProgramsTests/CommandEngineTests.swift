// CommandEngineTests: programs of all kinds as engines.
import Foundation
import Records
import Speech
import TestSupport
import Testing

@testable import SpeechPrograms

@Suite("A program as an engine", .timeLimit(.minutes(1)))
struct CommandEngineTests {
    private let place = TemporaryDirectory()

    private func engine(
        _ script: String, words: String = "{wav}",
        _ change: (inout CommandEngine.Configuration) -> Void = { _ in }
    ) throws -> CommandEngine {
        var configuration = CommandEngine.Configuration(
            line: "sh -c '\(script)' sh \(words)", searchPath: "/usr/bin:/bin")
        configuration.environment = ["PATH": "/usr/bin:/bin"]
        configuration.temporaryDirectory = place.path
        change(&configuration)
        return try CommandEngine(configuration)
    }

    /// A second of quiet, six of tone, a second of quiet.
    private let sound = Sound(
        id: "test:1",
        original: Sound.Original(path: "/none", bytes: 0, type: "audio/wav", channels: 1),
        seconds: 8, rate: 16_000, channels: 1
    ) { (rate: Int, sink: Sound.Sink) throws(Failure) in
        let quiet = [Int16](repeating: 0, count: rate)
        let second = (0..<rate).map { Int16(9000 * sin(Double($0) * 0.2)) }
        try sink(0, quiet.span)
        for _ in 0..<6 { try sink(0, second.span) }
        try sink(0, quiet.span)
    }

    private func failure(_ engine: CommandEngine) async -> Failure? {
        await #expect(throws: Failure.self) { try await engine.transcribe(sound) }
    }

    @Test("text stands for all from the first sound to the last")
    func text() async throws {
        let heard = try await engine(
            #"head -c 4 "$1"; echo " $2"; echo spoken"#, words: "{wav} 'a {b} {language}'"
        ).transcribe(sound)
        #expect(
            heard.utterances == [
                Utterance(start: 1, end: 7, channel: 0, text: "RIFF a {b} en spoken")
            ])
        #expect(sound.meter.seconds == 8 && heard.language == "en")
    }

    @Test(
        "JSON of three kinds is read, printed or left in a file",
        arguments: [
            #"{"transcription":[{"offsets":{"from":1000,"to":2000},"text":" Yes."}]}"#,
            #"{"segments":[{"start":1,"end":2,"text":" Yes.","words":[{"word":"Yes."}]}]}"#,
            #"{"task":"transcribe","text":"Yes.","segments":[{"start":1,"end":2,"text":"Yes."}]}"#,
        ])
    func json(_ text: String) async throws {
        let quoted = text.replacingOccurrences(of: "\"", with: #"\""#)
        for (script, words) in [
            ("printf %s \"$2\"", "{wav}"), ("printf %s \"$2\" >\"$3.json\"; echo done", "{wav}"),
        ] {
            let last = script.contains("$3") ? " {out}" : ""
            let heard = try await engine(script, words: "\(words) \"\(quoted)\"\(last)")
                .transcribe(sound)
            #expect(heard.utterances.map(\.text) == ["Yes."])
            #expect(heard.utterances.map(\.start) == [1])
        }
    }

    @Test(
        "of a complaint the trouble is shown and nothing else",
        arguments: [
            ("cat: /home/x/+14155552671: No such file or directory\nbye\n", "no such file"),
            ("cuda error: out of memory for sk-123", "out of memory"),
            ("failed 14155552671", nil), ("she said: cannot", nil),
        ] as [(String, String?)])
    func troubles(_ text: String, _ trouble: String?) {
        let shown = trouble.map { ", and speaks of \"\($0)\"" } ?? ""
        #expect(CommandFailure.complaint(in: text) == shown)
    }

    @Test(
        "segments without times keep their words, where there is sound and in their order",
        arguments: [
            #"{"segments":[{"text":" Yes."},{"text":" No."}]}"#,
            #"{"segments":[{"start":null,"end":"x","text":" Yes."},{"start":4,"end":7,"text":"No."}]}"#,
            #"{"segments":[{"start":1,"end":null,"text":" Yes."},{"start":-9,"end":1e9,"text":"No."}]}"#,
            #"{"words":[{"word":"Yes."},{"word":"No."}],"text":""}"#,
        ])
    func untimed(_ json: String) async throws {
        let file = "\(place.path)/said.json"
        try Data(json.utf8).write(to: URL(filePath: file))
        let heard = try await engine("cat \"$2\"", words: "{wav} \(file)").transcribe(sound)
        #expect(heard.utterances.map(\.text).joined(separator: " ") == "Yes. No.")
        #expect(heard.utterances.allSatisfy { $0.start >= 1 && $0.end <= 7 && $0.start < $0.end })
        #expect(sound.meter.leftOut == 0)
    }

    @Test(
        "a warning before the JSON is left out",
        arguments: [
            "Failed to align segment (\" you\"): backtrack failed, resorting to original...\n",
            "/usr/lib/python3/x.py:12: UserWarning: FP16 is not supported {cpu}; using FP32\n",
            " 42%|####      | 21/50 [00:01<00:02, 14.1it/s]\r100%|##########| 50/50\n",
        ])
    func warning(_ words: String) async throws {
        let json = #"{"segments":[{"start":1,"end":2,"text":" Yes."}],"text":" Yes."}"#
        let file = "\(place.path)/said.json"
        try Data((words + json).utf8).write(to: URL(filePath: file))
        let heard = try await engine("cat \"$2\"", words: "{wav} \(file)").transcribe(sound)
        #expect(heard.utterances.map(\.text) == ["Yes."])
    }

    @Test(
        "what is left of JSON or of a page, times and complaints are not what was said",
        arguments: [
            #":2300},"p":0.9}]}]}"#, "null", #"xt": "Yes.", "start": 1"#, #""end":2,"text"#,
            "Done.\n<!DOCTYPE html><html><body>Sign in</body></html>", #"Yes."}"#, "Yes. }",
            "[00:00:00.000 --> 00:00:01.000]   Yes.\n", "1\n00:00:00,000 --> 00:00:01,000\nYes.\n",
            "WEBVTT\n\n00:00.000 --> 00:01.000\nYes.\n",
            "Traceback (most recent call last):\n  File \"x\"\nRuntimeError: no room\n",
        ])
    func remains(_ output: String) async throws {
        let file = "\(place.path)/said.txt"
        try Data(output.utf8).write(to: URL(filePath: file))
        let failure = await failure(try engine("cat \"$2\"", words: "{wav} \(file)"))
        #expect(failure?.kind == .badResponse && failure?.scope == .temporary)
    }

    @Test(
        "text with quotation marks, colons and braces is what was said",
        arguments: [
            #"He said: "yes", and "no", I think."#, "Room {b}: at 5:30.",
            #""Agenda": first, money."#,
        ])
    func quoted(_ output: String) async throws {
        let file = "\(place.path)/said.txt"
        try Data(output.utf8).write(to: URL(filePath: file))
        let heard = try await engine("cat \"$2\"", words: "{wav} \(file)").transcribe(sound)
        #expect(heard.utterances.map(\.text) == [output])
    }

    @Test(
        "the colours of a terminal are not what was said",
        arguments: [
            "\u{1B}[31mYes.\u{1B}[0m\u{1B}[2K No.\u{1B}[1;38;5;160m\n",
            #"{"text":"\u001b[32mYes.\u001B[0m No."}"#,
            "{\"text\":\"\u{1B}[32mYes.\u{1B}[0m No.\"}",
        ])
    func colours(_ output: String) async throws {
        let file = "\(place.path)/said.txt"
        try Data(output.utf8).write(to: URL(filePath: file))
        let heard = try await engine("cat \"$2\"", words: "{wav} \(file)").transcribe(sound)
        #expect(heard.utterances.map(\.text) == ["Yes. No."])
    }

    @Test("the text of an answer that tells of an error is not what was said")
    func errorWithText() async throws {
        let file = "\(place.path)/said.json"
        try Data(#"{"error":"model not loaded","text":"Please load it."}"#.utf8)
            .write(to: URL(filePath: file))
        let failure = await failure(try engine("cat \"$2\"", words: "{wav} \(file)"))
        #expect(failure?.kind == .badResponse && failure?.scope == .temporary)
        #expect(failure?.message == "read the answer of the command: it is an error")
    }

    @Test("an utterance where there is no sound is left out and counted")
    func silence() async throws {
        let json =
            #"{"segments":[{"start":1,"end":2,"text":"Yes."},{"start":7.5,"end":8,"text":"No."}]}"#
        let file = "\(place.path)/said.json"
        try Data(json.utf8).write(to: URL(filePath: file))
        let heard = try await engine("cat \"$2\"", words: "{wav} \(file)").transcribe(sound)
        #expect(heard.utterances.map(\.text) == ["Yes."] && sound.meter.leftOut == 1)
    }

    @Test("no time lies beyond the end of the sound")
    func endlessTimes() async throws {
        let text =
            #"{\"transcription\":[{\"offsets\":{\"from\":-1e300,\"to\":1e300},\"text\":\"Yes.\"}]}"#
        let heard = try await engine("printf %s \"$2\"", words: "{wav} \"\(text)\"")
            .transcribe(sound)
        #expect(heard.utterances.map(\.start) == [0] && heard.utterances.map(\.end) == [8])
    }

    @Test(
        "how it ends decides",
        arguments: [
            ("exit 75", .temporary, .engine), ("exit 77", .stop, .configuration),
            ("exit 78", .stop, .configuration), ("exit 127", .stop, .configuration),
            ("exit 1", .item, .engine), ("kill -SEGV $$", .temporary, .engine),
            (":", .temporary, .badResponse), ("echo \"<html>\"", .temporary, .badResponse),
            ("echo \"{\"", .temporary, .badResponse),
            ("echo \"{}\"", .temporary, .badResponse), ("exec yes", .item, .badResponse),
        ] as [(String, Failure.Scope, Failure.Kind)])
    func ends(_ script: String, _ scope: Failure.Scope, _ kind: Failure.Kind) async throws {
        let failure = await failure(try engine(script))
        #expect(failure?.scope == scope && failure?.kind == kind)
    }

    @Test("time and memory have bounds")
    func bounds() async throws {
        let late = await failure(try engine("exec sleep 600") { $0.timeout = .milliseconds(100) })
        #expect(late?.scope == .temporary && late?.kind == .timeout)
        let hungry = #"exec perl -e "print length(q(x) x 300000000)""#
        #expect(try await engine(hungry).transcribe(sound).utterances.map(\.text) == ["300000000"])
        #expect(await failure(try engine(hungry) { $0.memory = 100 << 20 }) != nil)
    }

    @Test("the status is told, and the trouble where it is a known one")
    func complaints() async throws {
        let failure = await failure(
            try engine("echo no such file: the key is x >&2; echo my secret >&2; exit 2"))
        #expect(
            failure?.message
                == #"run the command: it ended with 2, and speaks of "no such file""#)
    }

    @Test(
        "a line that cannot be run is refused before anything is",
        arguments: ["", "sh", "sh '{wav}", "nowhere-to-be-found {wav}", "sh {wav} {model}"])
    func refused(_ line: String) {
        let failure = #expect(throws: Failure.self) {
            try CommandEngine(.init(line: line, searchPath: "/usr/bin:/bin"))
        }
        #expect(failure?.scope == .stop && failure?.kind == .configuration)
    }

    @Test("words are parted by simple rules, and places filled in once")
    func words() throws {
        let words = try CommandWords(#"a 'b "c' "d '\"" e\ f '' {wav}{out} {x}"#)
        #expect(words.words == ["a", #"b "c"#, #"d '""#, "e f", "", "{wav}{out}", "{x}"])
        #expect(words.filled { _ in "{out}" }.last == "{x}")
        #expect(words.filled { _ in "{out}" }[5] == "{out}{out}")
    }
}
