// EngineSettingsTests: the shipped pipelines with each engine, chosen by settings alone.
import Foundation
import Testing

@Suite struct EngineSettingsTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    /// Starts the fake of a service and sets what its manual asks for.
    private func start(_ engine: String) throws -> Fake {
        place["CALLPIPE_ENGINE"] = engine
        switch engine {
        case "whisperx":
            let fake = try place.start("whisperx.py", ["--dialect", "fastapi"])
            place["WHISPERX_URL"] = fake.url
            place["WHISPERX_DIALECT"] = "fastapi"
            return fake
        case "openai":
            let fake = try place.start(
                "transcription.py", ["--dialect", "openai", "--key", "sk-right"])
            place["OPENAI_BASE_URL"] = fake.ready["base"] as? String
            place["OPENAI_API_KEY"] = "sk-right"
            return fake
        default:
            let fake = try place.start("deepgram.py", ["--key", "dg-right"])
            place["DEEPGRAM_URL"] = fake.url
            place["DEEPGRAM_API_KEY"] = "dg-right"
            return fake
        }
    }

    private func engines() throws -> String {
        try place.run(
            """
            sqlite3 state.db "SELECT json_extract(record, '\\$.transcript.engine'), count(*)
                FROM calls GROUP BY 1"
            """
        ).output
    }

    @Test(
        "the backfill transcribes by the service that the settings name",
        arguments: ["whisperx", "openai", "deepgram"])
    func backfill(_ engine: String) throws {
        _ = try place.startRingCentral("--heavy-limit", "1000")
        _ = try place.startDrive()
        let fake = try start(engine)
        let outcome = try place.run("\(Workplace.root)/pipelines/backfill.sh 30")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try engines() == "\(engine)|\(RingCentralTests.expected())\n")
        #expect(try fake.count("requests") > 0)
        expectNoSecrets(outcome, place)
    }

    @Test(
        "the job of a folder transcribes by the service that a settings file names",
        arguments: ["whisperx", "openai", "deepgram"])
    func folder(_ engine: String) throws {
        _ = try place.startDrive()
        let fake = try start(engine)
        let names = [
            "CALLPIPE_ENGINE", "WHISPERX_URL", "WHISPERX_DIALECT", "OPENAI_BASE_URL",
            "OPENAI_API_KEY", "DEEPGRAM_URL",
            "DEEPGRAM_API_KEY",
        ]
        let settings = names.compactMap { name in place[name].map { "\(name)=\($0)\n" } }.joined()
        try Data(settings.utf8).write(to: URL(filePath: "\(place.path)/.env"))
        for name in names { place[name] = nil }
        _ = try place.call()
        let outcome = try place.run(
            """
            chmod 600 .env; mkdir -p calls && mv data/audio/t-1.wav calls/ &&
            \(Workplace.root)/pipelines/folder.sh calls --settle 0s
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try engines() == "\(engine)|1\n", "\(outcome.errors)")
        #expect(try fake.count("requests") > 0)
    }
}
