// RealServerTests: transcribe with real servers of OpenAI's interface and a real Whisper.
import Foundation
import Testing

@Suite("real servers", .serialized) struct RealServerTests {
    /// Where `make whisper`, `make model` and `make peers` put what they bring.
    private static let cache: String = {
        let environment = ProcessInfo.processInfo.environment
        let caches = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "")/.cache"
        return environment["CALLPIPE_CACHE"] ?? "\(caches)/callpipe"
    }()

    private static let servers = [
        "openai": (
            "\(cache)/peers/bin/faster-whisper-server", "\(cache)/peers/weights/tiny.en"
        ),
        "whisper.cpp": (
            "\(Workplace.installed)/lib/callpipe/whisper-server",
            "\(Workplace.installed)/share/callpipe/models/ggml-tiny.en.bin"
        ),
    ]

    private static func isHere(_ dialect: String) -> Bool {
        guard let (program, model) = servers[dialect] else { return false }
        return [program, model].allSatisfy(FileManager.default.fileExists)
    }

    @Test(
        "faster-whisper-server hears each party's words when they are said",
        .enabled(if: isHere("openai"), "needs faster-whisper-server: make peers"))
    func fasterWhisper() throws { try hears("openai") }

    @Test(
        "whisper.cpp's server hears each party's words when they are said",
        .enabled(if: isHere("whisper.cpp"), "needs whisper.cpp and a model: make whisper model"))
    func whisperCPP() throws { try hears("whisper.cpp") }

    /// Transcribes a call of two parties by a server.
    private func hears(_ dialect: String) throws {
        let place = try Workplace()
        let (program, model) = try #require(RealServerTests.servers[dialect])
        let server = try place.start("real.py", [program, model])
        place["OPENAI_BASE_URL"] = server.ready["base"] as? String
        place["OPENAI_DIALECT"] = dialect
        place["OPENAI_API_KEY"] = "sk-any"
        let truth = try place.make(.stereo)
        try place.run("dir-list calls --settle 0s | transcribe --engine openai")
            .expectSpoken(truth, maySplit: true)
    }
}
