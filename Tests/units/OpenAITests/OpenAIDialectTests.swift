// OpenAIDialectTests: where a dialect is, what it takes, and what is refused before anything is sent.
import HTTP
import Records
import Speech
import SpeechService
import Testing

@testable import OpenAI

@Suite("Dialects")
struct OpenAIDialectTests {
    @Test(
        "a base, a server or the whole address lead to the same place",
        arguments: [
            (
                "https://api.openai.com/v1", .openai,
                "https://api.openai.com/v1/audio/transcriptions"
            ),
            ("http://localhost:8000/v1/", .vllm, "http://localhost:8000/v1/audio/transcriptions"),
            ("http://127.0.0.1:8080", .whisperCPP, "http://127.0.0.1:8080/inference"),
            ("http://127.0.0.1:8080/", .whisperCPP, "http://127.0.0.1:8080/inference"),
            ("http://127.0.0.1:8080/a/inference", .whisperCPP, "http://127.0.0.1:8080/a/inference"),
            (
                "http://127.0.0.1:8080/v1", .whisperCPP,
                "http://127.0.0.1:8080/v1/audio/transcriptions"
            ),
            ("http://h/v1/audio/transcriptions", .localai, "http://h/v1/audio/transcriptions"),
        ] as [(String, OpenAI.Dialect, String)])
    func endpoints(_ url: String, _ dialect: OpenAI.Dialect, _ endpoint: String) throws {
        #expect(
            try dialect.endpoint(
                Address.base(url, of: "X", example: "")) == endpoint)
    }

    @Test("the model decides what can be asked for, and how the sound is cut")
    func formats() {
        func format(_ model: String, _ dialect: OpenAI.Dialect = .openai) -> OpenAI.Format {
            OpenAI.Format(dialect, model: model)
        }
        #expect(format("whisper-1") == .verbose && format("my-deployment") == .verbose)
        #expect(format("gpt-4o-mini-transcribe-2025-12-15") == .text)
        #expect(format("gpt-transcribe") == .text)
        #expect(format("gpt-4o-transcribe-diarize") == .diarized)
        #expect(format("gpt-4o-transcribe", .localai) == .verbose)
        #expect(format("gpt-4o-transcribe-diarize").bounds(.openai).seconds == 1390)
        #expect(!format("gpt-transcribe").bounds(.openai).isJoined)
        #expect(format("x", .vllm).bounds(.vllm).seconds < 30)
        #expect(format("x", .localai).bounds(.localai).bytes < 15_000_000)
        #expect(format("x").bounds(.openai).bytes < 26_214_400)
    }

    @Test("an address with a user is refused, and not shown")
    func addresses() throws {
        let client = try Client(Client.Settings())
        for url in [
            "https://user:pass@h/v1", "h/v1", "https://", "https://h/v1?key=pass",
            "https://h/v1 x", "https:///v1",
        ] {
            var configuration = OpenAI.Configuration(dialect: .openai)
            configuration.url = url
            let failure = #expect(throws: Failure.self) {
                try OpenAI(configuration, client: client)
            }
            #expect(failure?.scope == .stop && failure?.kind == .configuration)
            #expect(failure?.description.contains("pass") == false)
        }
    }

    @Test("what changes the words is in the settings, where it is asked is not")
    func settings() throws {
        let client = try Client(Client.Settings())
        var configuration = OpenAI.Configuration(dialect: .speaches)
        let usual = try OpenAI(configuration, client: client)
        #expect(usual.model.name == "Systran/faster-whisper-small" && usual.name == "openai")
        configuration.url = "http://127.0.0.1:9/v1"
        configuration.key = "sk-1"
        #expect(try OpenAI(configuration, client: client).settings == usual.settings)
        #expect(usual.settings(with: nil) == usual.settings)
        #expect(usual.settings(with: "Mr Miller") != usual.settings)
        configuration.language = "de"
        #expect(try OpenAI(configuration, client: client).settings != usual.settings)
    }

    @Test("the environment names the server and its key, and options win")
    func environment() throws {
        var settings = EngineSettings()
        func configuration(_ variables: [String: String]) throws -> OpenAI.Configuration {
            try OpenAI.Configuration(Environment(variables), settings)
        }
        let variables = [
            "OPENAI_API_KEY": "sk-1", "OPENAI_MODEL": "whisper-1", "OPENAI_ORG_ID": "org",
        ]
        let found = try configuration(variables)
        #expect(found.key == "sk-1" && found.model == "whisper-1" && found.url == nil)
        #expect(found.headers.map(\.name) == ["OpenAI-Organization"])
        settings.model = "gpt-4o-transcribe"
        settings.dialect = "groq"
        #expect(throws: Failure.self) { try configuration(variables) }
        settings.url = "http://127.0.0.1:1/v1"
        let groq = try configuration(variables)
        #expect(groq.key == "sk-1" && groq.model == "gpt-4o-transcribe" && groq.headers.isEmpty)
        settings.dialect = "azure"
        #expect(throws: Failure.self) { try configuration(variables) }
    }
}
