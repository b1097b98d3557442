// WhisperXTests: tasks as they stand on a record, and the meaning of refusals.
import HTTP
import Records
import Speech
import Testing

@testable import WhisperX

@Suite("WhisperX")
struct WhisperXTests {
    @Test("tasks stand on a record in the order of the pieces, and only what fits is believed")
    func taskIDs() {
        let ids = TaskIDs(["a-12", nil, "b-34"])
        #expect(ids.text == "1 a-12 - b-34")
        #expect(TaskIDs(ids.text, count: 3) == ids)
        #expect(TaskIDs(ids.text, count: 2) == TaskIDs([nil, nil]))
        #expect(TaskIDs("2 a-12", count: 1) == TaskIDs([nil]))
        #expect(TaskIDs("1 ../../x", count: 1) == TaskIDs([nil]))
        #expect(TaskIDs(nil, count: 0).text == "1" && ids[3] == nil)
    }

    @Test("a failure leaves the tasks only where one may still end well")
    func left() {
        let temporary = Failure(.temporary, .timeout, "wait")
        let item = Failure(.item, .audio, "hear")
        let stop = Failure(.stop, .auth, "ask")
        let ids = TaskIDs(["a-12", nil])
        #expect((ids.left(with: temporary) as? Unfinished)?.task == "1 a-12 -")
        #expect(ids.left(with: item) as? Failure == item)
        #expect(TaskIDs([nil]).left(with: temporary) as? Failure == temporary)
        #expect(TaskIDs.worst([temporary, item, stop]) == stop)
        #expect(TaskIDs.worst([temporary, item]) == item && TaskIDs.worst([]) == nil)
    }

    @Test(
        "a refusal tells the service's settings from the file",
        arguments: [
            (422, #"{"detail":[{"loc":["query","model"],"msg":"m"}]}"#, "stop", "configuration"),
            (422, #"{"detail":[{"loc":["body","file"],"msg":"m"}]}"#, "item", "audio"),
            (400, #"{"error":{"message":"m","code":"c"}}"#, "item", "audio"),
            (401, #"{"detail":"Not authenticated"}"#, "stop", "auth"),
            (404, "not here", "stop", "configuration"), (503, "busy", "temporary", "server"),
            (418, "tea", "temporary", "bad_response"),
        ])
    func refusal(_ status: Int, _ text: String, _ scope: String, _ kind: String) {
        let response = Response(status: status, body: Array(text.utf8))
        let failure = WhisperXRefusal(response, .fastAPI).failure
        #expect(failure.scope.rawValue == scope && failure.kind.rawValue == kind)
    }

    @Test("the environment names the service, its key and its dialect")
    func environment() throws {
        var settings = EngineSettings()
        settings.language = "de"
        func configuration(_ variables: [String: String]) throws -> WhisperX.Configuration {
            try WhisperX.Configuration(Environment(variables), settings)
        }
        let variables = [
            "WHISPERX_URL": "http://10.0.0.5:8000", "WHISPERX_API_KEY": "k-1",
            "WHISPERX_DIALECT": "fastapi", "WHISPERX_TASK_TIMEOUT": "30",
        ]
        let found = try configuration(variables)
        #expect(found.url == "http://10.0.0.5:8000" && found.key == "k-1")
        #expect(found.dialect == .fastAPI && found.taskTimeout == 30 && found.language == "de")
        for (name, value) in [
            ("WHISPERX_DIALECT", ""), ("WHISPERX_DIALECT", "other"),
            ("WHISPERX_TASK_TIMEOUT", "soon"),
        ] {
            let failure = #expect(throws: Failure.self) {
                try configuration(variables.merging([name: value]) { $1 })
            }
            #expect(failure?.scope == .stop && failure?.kind == .configuration)
            #expect(failure?.description.contains("k-1") == false)
        }
    }
}
