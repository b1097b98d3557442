// WhisperXTests: transcribe with the services that wrap WhisperX, and tasks that outlive a run.
import Foundation
import Testing

@Suite struct WhisperXTests {
    static let dialects = ["asr-webservice", "fastapi"]

    private func start(
        _ place: Workplace, _ dialect: String, _ options: String...
    ) throws -> Fake {
        let fake = try place.start("whisperx.py", ["--dialect", dialect] + options)
        place["WHISPERX_URL"] = fake.url
        place["WHISPERX_DIALECT"] = dialect
        return fake
    }

    private func task(_ outcome: Outcome) -> String? {
        (outcome.records.first?["task"] as? [String: Any])?["id"] as? String
    }

    /// The same as a later run gets it.
    private func again(_ outcome: Outcome) throws -> String {
        try Workplace().run("jq -c 'del(.error)'", input: outcome.output).output
    }

    @Test("each party has its words, at the right time", arguments: dialects)
    func stereo(_ dialect: String) throws {
        let place = try Workplace()
        let fake = try start(place, dialect)
        let outcome = try place.run(
            "transcribe --engine whisperx --prompt 'Mr Miller' --diarize", input: try place.call())
        outcome.expectTones()
        // Nearly all of 90 s is silence, and that is not sent.
        #expect(try fake.count("milliseconds") < 25_000)
        #expect(try fake.count("diarized") == 0, "a channel is a party")
        let transcript = outcome.records.first?["transcript"] as? [String: Any]
        #expect(transcript?["engine"] as? String == "whisperx")
        #expect(outcome.records.first?["task"] == nil)
        let words = try place.run(
            "jq -c '.segments[0].words | map(.word, .start, .end)' data/transcripts/2024/01/15/*.json"
        )
        // A number cannot be aligned, or its word is left out; it is there all the same.
        #expect(words.output.hasPrefix(#"["Tone","#) && words.output.contains(#","400.",null"#))
        if dialect == "fastapi" {
            #expect(try fake.log().contains("min_speakers=1&max_speakers=1"))
            #expect(try fake.log().contains("model=large-v3&device=cpu&compute_type=int8"))
        }
    }

    @Test("voices of a mono call are told apart on request", arguments: dialects)
    func voices(_ dialect: String) throws {
        let place = try Workplace()
        _ = try start(place, dialect)
        let tones = Tone.call.filter { $0.channel == 0 }
        let call = try place.call(tones, channels: 1)
        for (option, voices) in [
            ("", [nil, nil, nil]), ("--diarize", ["SPEAKER_00", "SPEAKER_01", nil]),
        ] {
            let outcome = try place.run("transcribe --engine whisperx \(option)", input: call)
            outcome.expectTones(tones)
            let transcript = outcome.records.first?["transcript"] as? [String: Any]
            let segments = transcript?["segments"] as? [[String: Any]] ?? []
            #expect(segments.map { $0["speaker"] as? String } == voices)
        }
    }

    @Test("a silent call is done without a request", arguments: dialects)
    func silence(_ dialect: String) throws {
        let place = try Workplace()
        let fake = try start(place, dialect)
        try place.run("transcribe --engine whisperx", input: try place.call([])).expectTones([])
        #expect(try fake.count("requests") == 0)
    }

    @Test(
        "what passes is tried again, and then it is done", arguments: dialects,
        [
            #"{"kind":"503"}"#, #"{"kind":"429","penalty":0}"#, #"{"kind":"reset"}"#,
            #"{"kind":"truncate","after":20}"#, #"{"kind":"drop_reply"}"#,
            #"{"kind":"slow","chunk":64,"delay":0.005}"#,
        ])
    func passing(_ dialect: String, _ fault: String) throws {
        let place = try Workplace()
        let fake = try start(place, dialect)
        try fake.fault("{\"action\":\(fault)}")
        try place.run("transcribe --engine whisperx", input: try place.call()).expectTones()
        #expect(try fake.hasStruck())
    }

    @Test(
        "what does not pass is the record's failure", arguments: dialects,
        [
            (#"{"kind":"500"}"#, "temporary", "server", "has a failure (500"),
            (#"{"kind":"429"}"#, "temporary", "rate_limit", "fewer requests (429"),
            (#"{"kind":"reset"}"#, "temporary", "network", "talk to 127.0.0.1"),
            (#"{"kind":"wrong_type"}"#, "temporary", "bad_response", "HTML"),
            (
                #"{"kind":"wrong_type","body":"{\"segments\":[{\"sta","type":"text/plain"}"#,
                "temporary", "bad_response", "no whole JSON"
            ),
            (
                #"{"kind":"wrong_type","body":"{\"jobs\":[]}","type":"application/json"}"#,
                "temporary", "bad_response", "JSON without \""
            ),
            (#"{"kind":"status","status":413}"#, "item", "audio", "too large for it (413"),
            (#"{"kind":"status","status":400}"#, "item", "audio", "cannot read the sound (400"),
        ])
    func failing(
        _ dialect: String, _ expected: (String, String, String, String)
    ) throws {
        let place = try Workplace()
        let fake = try start(place, dialect)
        try fake.fault("{\"action\":\(expected.0),\"times\":0}")
        let outcome = try place.run(
            "transcribe --engine whisperx", input: try place.call(Tone.brief, seconds: 10))
        outcome.expectFailure(expected.1, expected.2, expected.3)
        #expect(try fake.hasStruck())
        #expect(task(outcome) == nil, "the service took nothing")
    }

    @Test("a failure of the first request in a language is expected, the second counts")
    func firstRequest() throws {
        let place = try Workplace()
        let fake = try start(place, "asr-webservice")
        try fake.fault(#"{"match":{"nth":[3,4]},"action":{"kind":"500"},"times":0}"#)
        let call = try place.call(Tone.brief, seconds: 10)
        try place.run("transcribe --engine whisperx", input: call).expectTones(Tone.brief)
        #expect(try fake.count("requests") == 2)
        let outcome = try place.run("transcribe --engine whisperx --force", input: call)
        outcome.expectFailure("temporary", "server", "has a failure (500")
        #expect(try fake.count("requests") == 4, "and not a third")
    }

    // MARK: Tasks

    @Test("a task that is not done in time is left on the record, and the next run goes on with it")
    func timeout() throws {
        let place = try Workplace()
        let fake = try start(place, "fastapi", "--polls", "1000000")
        place["WHISPERX_TASK_TIMEOUT"] = "20"
        let left = try place.run(
            "state-todo transcribe | transcribe --engine whisperx | state-mark transcribe",
            input: try place.call())
        left.expectFailure("temporary", "timeout", "is not done yet")
        #expect(task(left)?.split(separator: " ").count == 3, "a number for each party")
        #expect((2...20).contains(try fake.count("polls")), "ever more seldom")
        let still = try place.run("transcribe --engine whisperx", input: try again(left))
        #expect(task(still) == task(left))
        try fake.control("polls", #"{"polls":0}"#)
        let outcome = try place.run(
            "state-retry --stage transcribe --early >&2; state-next transcribe"
                + " | transcribe --engine whisperx | state-mark transcribe")
        outcome.expectTones()
        #expect(outcome.records.first?["task"] == nil && outcome.records.first?["error"] == nil)
        #expect(try fake.count("submitted") == 2, "once for each party, in three runs")
    }

    @Test("a run that is killed while it waits costs no second submission")
    func killed() throws {
        let place = try Workplace()
        let fake = try start(place, "fastapi", "--polls", "1000000")
        let submitted = try place.run(
            "WHISPERX_TASK_TIMEOUT=0 transcribe --engine whisperx | jq -c 'del(.error)'"
                + " >submitted.ndjson",
            input: try place.call())
        #expect(submitted.status == 1)
        // It asks for ever, and is killed once it has asked.
        let asked = try fake.count("polls")
        let killed = try place.run(
            """
            transcribe --engine whisperx <submitted.ndjson >waited.ndjson & id=$!
            until [ "$(curl -fs $WHISPERX_URL/_control/counts | jq .polls)" -gt \(asked + 4) ]; do
                kill -0 $id || exit 9
            done
            kill -9 $id; wait $id
            """)
        #expect(killed.status == 137, "\(killed.errors)")
        #expect(try place.run("cat waited.ndjson").output == "")
        try fake.control("polls", #"{"polls":0}"#)
        let outcome = try place.run("transcribe --engine whisperx <submitted.ndjson")
        outcome.expectTones()
        #expect(try fake.count("submitted") == 2)
    }

    @Test("what was submitted is in the checkpoint, whatever is killed after that")
    func submitted() throws {
        let place = try Workplace()
        let fake = try start(place, "fastapi", "--polls", "1000000")
        let submitted = try place.run(
            "state-todo transcribe | transcribe --engine whisperx --submit"
                + " | state-mark transcribe --status queued", input: try place.call())
        #expect(submitted.status == 0, "\(submitted.errors)")
        #expect(try fake.count("submitted") == 2 && fake.count("polls") == 0)
        #expect(task(submitted) != nil && submitted.records.first?["transcript"] == nil)
        let again = try place.run("transcribe --engine whisperx --submit", input: submitted.output)
        #expect(again.output == submitted.output && again.status == 0, "\(again.errors)")
        try fake.control("polls", #"{"polls":1}"#)
        let outcome = try place.run(
            "state-next transcribe | transcribe --engine whisperx"
                + " | state-mark transcribe")
        outcome.expectTones()
        #expect(try fake.count("submitted") == 2)
        #expect(try place.run("state-next transcribe").output == "")
    }

    @Test("a service that has lost its tasks gets the sound again")
    func lost() throws {
        let place = try Workplace()
        let fake = try start(place, "fastapi")
        try fake.fault(#"{"match":{"path":"^/task/","nth":3},"action":{"kind":"lose_sessions"}}"#)
        try place.run("transcribe --engine whisperx", input: try place.call()).expectTones()
        #expect(try fake.hasStruck())
        #expect((3...4).contains(try fake.count("submitted")))
        // One that loses every task is not tried for ever.
        try fake.fault(
            #"{"match":{"path":"^/task/"},"action":{"kind":"lose_sessions"},"times":0}"#)
        let outcome = try place.run("transcribe --engine whisperx --force", input: try place.call())
        outcome.expectFailure("temporary", "server", "has lost the task")
        #expect(try fake.count("submitted") <= 8)
    }

    @Test("a task that fails is the record's failure, and the next run submits it anew")
    func failedTask() throws {
        let place = try Workplace()
        let fake = try start(place, "fastapi")
        place["WHISPERX_DEVICE"] = "cuda"
        let failed = try place.run("transcribe --engine whisperx", input: try place.call())
        failed.expectFailure("temporary", "engine", "failed on the sound")
        #expect(!failed.errors.contains("CUDA"), "whatever its words are")
        #expect(task(failed) == nil)
        #expect(try fake.log().contains("compute_type=float16"))
        place["WHISPERX_DEVICE"] = nil
        try place.run("transcribe --engine whisperx", input: try again(failed)).expectTones()
        #expect(try fake.count("submitted") == 4)
        // An earlier run's task may have failed for a reason that is gone. Its transcript is gone as
        // well, because it would be taken.
        _ = try place.run("rm -r data/transcripts")
        place["WHISPERX_TASK_TIMEOUT"] = "0"
        let left = try place.run("transcribe --engine whisperx --force", input: try place.call())
        place["WHISPERX_TASK_TIMEOUT"] = nil
        try fake.fault(
            #"{"match":{"path":"^/task/"},"action":{"kind":"wrong_type","body":"{\"status\":\"failed\",\"error\":\"gone\"}","type":"application/json"},"times":2}"#
        )
        try place.run("transcribe --engine whisperx", input: try again(left)).expectTones()
        #expect(try fake.count("submitted") == 8)
    }

    @Test(
        "when the contact breaks off the record keeps its task",
        arguments: [
            (#"{"kind":"reset"}"#, "network", "talk to 127.0.0.1"),
            (#"{"kind":"wrong_type"}"#, "bad_response", "HTML"),
            (#"{"kind":"503"}"#, "server", "has a failure (503"),
            (#"{"kind":"status","status":404,"body":"no such page"}"#, "configuration", "no such"),
            (
                #"{"kind":"wrong_type","body":"{\"status\":\"asleep\"}"}"#, "bad_response",
                "no known status"
            ),
            (
                #"{"kind":"wrong_type","body":"{\"status\":\"completed\"}"}"#, "bad_response",
                "without \"result\""
            ),
        ])
    func brokenContact(_ fault: String, _ kind: String, _ words: String) throws {
        let place = try Workplace()
        let fake = try start(place, "fastapi")
        try fake.fault(#"{"match":{"path":"^/task/"},"action":\#(fault),"times":0}"#)
        let left = try place.run("transcribe --engine whisperx", input: try place.call())
        left.expectFailure("temporary", kind, words)
        #expect(task(left) != nil)
        place.end(fake)
        // The service does not answer now, and the record keeps its task.
        let alone = try place.run("transcribe --engine whisperx", input: try again(left))
        alone.expectFailure("temporary", "network", "reach 127.0.0.1")
        #expect(task(alone) == task(left))
    }

    @Test(
        "a question that is not answered for want of a password stops the line",
        arguments: [401, 403])
    func locked(_ status: Int) throws {
        let place = try Workplace()
        let fake = try start(place, "fastapi")
        try fake.fault(
            #"{"match":{"path":"^/task/"},"action":{"kind":"status","status":\#(status)},"times":0}"#
        )
        let left = try place.run("transcribe --engine whisperx", input: try place.call())
        left.expectFailure("temporary", status == 401 ? "auth" : "permission", "(\(status))")
        #expect(task(left) != nil, "what was submitted is not lost")
        let outcome = try place.run("transcribe --engine whisperx", input: try again(left))
        #expect(outcome.status == 77, "\(outcome.errors)")
        #expect(outcome.output == "")
        #expect(try fake.count("submitted") == 2, "a channel each, once")
    }

    @Test("an odd answer is no reason to give a task up")
    func oddAnswer() throws {
        let place = try Workplace()
        let fake = try start(place, "fastapi")
        try fake.fault(
            #"{"match":{"path":"^/task/"},"action":{"kind":"wrong_type"},"times":2}"#)
        try place.run("transcribe --engine whisperx", input: try place.call()).expectTones()
        #expect(try fake.count("submitted") == 2)
        #expect(try fake.hasStruck())
    }

    @Test("loud sound without a word is no answer, unless one says so")
    func empty() throws {
        let place = try Workplace()
        let fake = try start(place, "asr-webservice")
        try fake.fault(
            #"{"action":{"kind":"wrong_type","body":"{\"segments\":[],\"language\":\"en\"}"},"times":0}"#
        )
        let call = try place.call()
        try place.run("transcribe --engine whisperx", input: call)
            .expectFailure("temporary", "bad_response", "no word for 9 s of sound")
        try place.run("transcribe --engine whisperx --accept-empty", input: call).expectTones([])
    }

    @Test(
        "a setting that cannot be used stops the line",
        arguments: [
            ("transcribe --engine whisperx", 78, "WHISPERX_DIALECT"),
            ("transcribe --engine whisperx --dialect groq", 64, "asr-webservice, fastapi"),
            ("transcribe --engine whisperx --dialect fastapi --language auto", 78, "detect"),
            ("transcribe --engine whisperx --dialect fastapi --language xx", 78, "no such"),
            (
                "transcribe --engine whisperx --dialect fastapi --url ftp://a", 78,
                "not the address of a service"
            ),
            (
                "WHISPERX_TASK_TIMEOUT=long transcribe --engine whisperx --dialect fastapi", 78,
                "WHISPERX_TASK_TIMEOUT"
            ),
        ] as [(String, Int32, String)])
    func wrong(_ command: String, _ status: Int32, _ words: String) throws {
        let outcome = try Workplace().run(command, input: "{\"id\":\"t:1\"}\n")
        #expect(outcome.status == status, "\(outcome.errors)")
        #expect(outcome.output == "" && outcome.errors.contains(words))
    }

    @Test("a parameter that the service does not take stops the line")
    func parameter() throws {
        let place = try Workplace()
        _ = try start(place, "fastapi")
        let outcome = try place.run(
            "transcribe --engine whisperx --model enormous", input: try place.call())
        #expect(outcome.status == 78, "\(outcome.errors)")
        #expect(outcome.errors.contains("does not take the parameter model"))
    }
}
