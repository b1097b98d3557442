// WhisperServerTests: a private server that does well, dies, hangs, and lies.
import Foundation
import HTTP
import Records
import Speech
import TestSupport
import Testing

@testable import SpeechPrograms

/// The stand-in for the server with a model for it.
private final class Stand {
    private let place = TemporaryDirectory()
    var model: String { place["ggml-tiny.en.bin"] }

    init(_ faults: String = "", model bytes: String = "lmgg") throws {
        let head = Data(bytes.utf8) + Data(count: bytes == "lmgg" ? 44 : 0)
        try head.write(to: URL(filePath: model))
        try Data(faults.utf8).write(to: URL(filePath: model + ".faults"))
    }

    func engine(_ change: (inout WhisperServer.Configuration) -> Void = { _ in }) throws
        -> WhisperServer
    {
        var configuration = WhisperServer.Configuration(
            program: Checkout.fakes.appending(path: "whisper_server.py").path, model: model)
        configuration.environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            "PYTHONDONTWRITEBYTECODE": "1",
        ]
        configuration.temporaryDirectory = place.path
        change(&configuration)
        var settings = Client.Settings()
        settings.attempts = 1
        return try WhisperServer(configuration, client: Client(settings))
    }

    var log: [String] {
        ((try? String(contentsOfFile: model + ".log", encoding: .utf8)) ?? "")
            .split(separator: "\n").map(String.init)
    }

    /// The language and the prompt of each sound.
    var asked: [String] {
        ((try? String(contentsOfFile: model + ".asked", encoding: .utf8)) ?? "")
            .split(separator: "\n").map(String.init)
    }

    var starts: Int { log.filter { $0.hasPrefix("start") }.count }
}

/// A loud tone of so many seconds at 16 kHz.
private func sound(_ seconds: Int = 6) -> Sound {
    Sound(
        id: "test:1",
        original: Sound.Original(path: "/none", bytes: 0, type: "audio/wav", channels: 1),
        seconds: Double(seconds), rate: 16_000, channels: 1
    ) { (rate: Int, sink: Sound.Sink) throws(Failure) in
        let second = (0..<rate).map { Int16(9000 * sin(Double($0) * 0.2)) }
        for _ in 0..<seconds { try sink(0, second.span) }
    }
}

/// Loud tones of so many seconds each at 16 kHz, with three seconds of silence between them.
private func pausing(_ stretches: [Int]) -> Sound {
    let seconds = stretches.reduce(3 * (stretches.count - 1), +)
    return Sound(
        id: "test:1", original: nil, seconds: Double(seconds), rate: 16_000, channels: 1
    ) { (rate: Int, sink: Sound.Sink) throws(Failure) in
        let loud = (0..<rate).map { Int16(9000 * sin(Double($0) * 0.2)) }
        let quiet = [Int16](repeating: 0, count: rate)
        for (index, stretch) in stretches.enumerated() {
            if index > 0 { for _ in 0..<3 { try sink(0, quiet.span) } }
            for _ in 0..<stretch { try sink(0, loud.span) }
        }
    }
}

@Suite("A private whisper-server", .timeLimit(.minutes(2)))
struct WhisperServerTests {
    @Test("one start, one first second, and then every sound; it ends with the engine")
    func feeds() async throws {
        let stand = try Stand()
        var engine: WhisperServer? = try stand.engine()
        try await withThrowingTaskGroup(of: (Transcription, Double).self) { [engine] group in
            for _ in 0..<4 {
                group.addTask {
                    let sound = sound()
                    let heard = try #require(try await engine?.transcribe(sound))
                    return (heard, sound.meter.seconds)
                }
            }
            for try await (heard, seconds) in group {
                #expect(heard.utterances.map(\.text) == ["Hello there."])
                #expect(heard.language == "en")
                #expect(seconds > 5.9)
            }
        }
        #expect(stand.starts == 1)
        #expect(stand.log.filter { $0 == "trial" }.count == 1)
        #expect(stand.log.filter { $0 == "sound" }.count == 4)
        #expect(stand.log.filter { $0.hasPrefix("400") } == [])
        let number = try #require(stand.log.first?.split(separator: " ").last.flatMap { pid_t($0) })
        engine = nil
        while kill(number, 0) == 0 { await Task.yield() }
    }

    @Test("the longest stretch of speech decides the language of the whole call")
    func languageOfACall() async throws {
        let stand = try Stand()
        let engine = try stand.engine { $0.language = "auto" }
        let heard = try await engine.transcribe(pausing([2, 6, 1]))
        #expect(stand.asked.map { $0.prefix(4) } == ["auto", "de ", "de "])
        #expect(heard.language == "de" && heard.utterances.count == 3)
        #expect(heard.utterances.map(\.start) == heard.utterances.map(\.start).sorted())
    }

    @Test("each sound has its own prompt, and the next one has none of it")
    func prompts() async throws {
        let stand = try Stand()
        let engine = try stand.engine()
        for prompt in ["Pipkin", nil, "Waldo"] {
            var sound = sound()
            sound.prompt = prompt
            _ = try await engine.transcribe(sound)
        }
        #expect(stand.asked == ["en Pipkin", "en ", "en Waldo"])
    }

    @Test(
        "one that dies, or shares its port with another, is started anew for the same sound",
        arguments: ["die", "foreign"])
    func restarts(_ fault: String) async throws {
        let stand = try Stand(fault)
        let heard = try await stand.engine().transcribe(sound())
        #expect(heard.utterances.map(\.text) == ["Hello there."])
        #expect(stand.starts == 2)
    }

    @Test("a sound that it dies on twice fails for now, and the next one is served")
    func diesAgain() async throws {
        let stand = try Stand("die die")
        let engine = try stand.engine()
        let failure = await #expect(throws: Failure.self) { try await engine.transcribe(sound()) }
        #expect(failure?.scope == .temporary && failure?.kind == .engine)
        #expect(try await engine.transcribe(sound()).utterances.count == 1)
    }

    @Test("one that hangs is ended when the time is up, and the next sound is served")
    func hangs() async throws {
        let stand = try Stand("hang")
        let engine = try stand.engine { $0.timeout = .seconds(2) }
        let failure = await #expect(throws: Failure.self) { try await engine.transcribe(sound()) }
        #expect(failure?.scope == .temporary && failure?.kind == .timeout)
        #expect(try await engine.transcribe(sound()).utterances.count == 1)
        #expect(stand.starts == 2)
    }

    @Test("a failure of the run is tried once more, then it is the sound's")
    func fails() async throws {
        let once = try Stand("500")
        #expect(try await once.engine().transcribe(sound()).utterances.count == 1)
        let twice = try Stand("500 500")
        let failure = await #expect(throws: Failure.self) {
            try await twice.engine().transcribe(sound())
        }
        #expect(failure?.scope == .item && failure?.status == 500)
    }

    @Test("an answer without a word is the answer for noise and music")
    func empty() async throws {
        let stand = try Stand("empty")
        #expect(try await stand.engine().transcribe(sound()).utterances == [])
        #expect(stand.log.last == "empty")
    }

    @Test("an answer that is no transcript is not done")
    func lies() async throws {
        let stand = try Stand("html")
        let failure = await #expect(throws: Failure.self) {
            try await stand.engine().transcribe(sound())
        }
        #expect(stand.log.last == "html")
        #expect(failure?.scope == .temporary && failure?.kind == .badResponse)
    }

    @Test("whoever is cancelled does not wait for a model to be loaded")
    func cancels() async throws {
        let stand = try Stand("deaf")
        let engine = try stand.engine()
        let tasks = (0..<2).map { _ in Task { try await engine.transcribe(sound()) } }
        while stand.starts == 0 { await Task.yield() }
        for task in tasks { task.cancel() }
        for task in tasks { await #expect(throws: (any Error).self) { try await task.value } }
        let number = try #require(stand.log.first?.split(separator: " ").last.flatMap { pid_t($0) })
        while kill(number, 0) == 0 { await Task.yield() }
    }

    @Test("a port that is taken is another one's; a model that is none stops the line")
    func starts() async throws {
        let stand = try Stand("unready")
        #expect(try await stand.engine().transcribe(sound()).utterances.count == 1)
        #expect(stand.starts == 2)
        let other = try Stand(model: "text")
        let failure = await #expect(throws: Failure.self) {
            try await other.engine().transcribe(sound())
        }
        #expect(other.starts == 0)
        #expect(failure?.scope == .stop && failure?.kind == .configuration)
    }
}

/// The real server and a real model file, where `WHISPER_TEST_MODEL` names one.
private enum RealServer {
    static let environment = ProcessInfo.processInfo.environment
    static let model = environment["WHISPER_TEST_MODEL"]
    static let voiceModel = environment["WHISPER_TEST_VAD_MODEL"]
    static let program = model.flatMap { _ in
        try? WhisperPlaces(
            besideTools: Checkout.programs.path, searchPath: environment["PATH"] ?? "/usr/bin"
        ).server(environment["WHISPER_SERVER"], beside: nil)
    }
}

@Suite("whisper.cpp's own server", .timeLimit(.minutes(5)))
struct RealServerTests {
    @Test(
        "keeps the contract",
        .enabled(
            if: RealServer.program != nil,
            "needs WHISPER_TEST_MODEL, and whisper-server on PATH or as WHISPER_SERVER"),
        arguments: [nil, RealServer.voiceModel])
    func contract(_ voiceModel: String?) async throws {
        let program = try #require(RealServer.program)
        let model = try #require(RealServer.model)
        let stand = try Stand()
        let engine = try stand.engine { configuration in
            configuration.program = program
            configuration.model = model
            configuration.voiceModel = voiceModel
            configuration.threads = 1
        }
        // A model for tests may have no words for a tone, and a voice detector finds none in it.
        for _ in 0..<2 {
            let heard = try await engine.transcribe(sound(2))
            #expect(heard.language == "en")
            #expect(heard.utterances.allSatisfy { $0.start >= 0 && $0.end <= 2 })
        }
    }
}
