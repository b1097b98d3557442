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
    private static let installed = "\(Workplace.programs)/.."

    private static let servers = [
        "openai": (
            "\(cache)/peers/bin/faster-whisper-server", "\(cache)/peers/weights/tiny.en"
        ),
        "whisper.cpp": (
            "\(installed)/lib/callpipe/whisper-server",
            "\(installed)/share/callpipe/models/ggml-tiny.en.bin"
        ),
    ]

    private static func isHere(_ dialect: String) -> Bool {
        guard let (program, model) = servers[dialect] else { return false }
        return [program, model].allSatisfy(FileManager.default.fileExists)
    }

    @Test(
        "faster-whisper-server hears each party's words, and no others",
        .enabled(if: isHere("openai"), "needs faster-whisper-server: make peers"))
    func fasterWhisper() throws { try hears("openai") }

    @Test(
        "whisper.cpp's server hears each party's words, and no others",
        .enabled(if: isHere("whisper.cpp"), "needs whisper.cpp and a model: make whisper model"))
    func whisperCPP() throws { try hears("whisper.cpp") }

    private struct Utterance: Decodable {
        let channel: Int
        let text: String

        /// The words without case and marks.
        var words: [Substring] {
            text.lowercased().filter { !"?!.,".contains($0) }.split { " -".contains($0) }
        }
    }

    /// Transcribes a call of two parties by a server.
    private func hears(_ dialect: String) throws {
        let place = try Workplace()
        let (program, model) = try #require(RealServerTests.servers[dialect])
        let server = try place.start("real.py", [program, model])
        place["OPENAI_BASE_URL"] = server.ready["base"] as? String
        place["OPENAI_DIALECT"] = dialect
        place["OPENAI_API_KEY"] = "sk-any"
        let outcome = try place.run(
            """
            "\(Workplace.root)/Tests/bench/speech/two_party.py" calls &&
                dir-list calls --settle 0s | transcribe --engine openai
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let truth = try JSONDecoder().decode(
            [Utterance].self,
            from: Data(contentsOf: URL(filePath: "\(place.path)/calls/call.json")))
        let transcript = outcome.records.first?["transcript"] as? [String: Any]
        let heard = try JSONDecoder().decode(
            [Utterance].self,
            from: JSONSerialization.data(withJSONObject: transcript?["segments"] ?? []))
        for channel in 0...1 {
            let said = truth.filter { $0.channel == channel }.flatMap(\.words)
            let words = heard.filter { $0.channel == channel }.flatMap(\.words)
            #expect(words == said)
        }
    }
}
