// DoctorTests: call-doctor with the fakes, a real engine, and everything that can be wrong.
import Foundation
import Testing

@Suite struct DoctorTests {
    private func checks(_ outcome: Outcome) -> [String: String] {
        Dictionary(
            outcome.records.map { ($0["check"] as? String ?? "", $0["status"] as? String ?? "") }
        ) { $1 }
    }

    private func result(_ name: String, _ outcome: Outcome) throws -> [String: Any] {
        try #require(
            outcome.records.first { $0["check"] as? String == name }, "\(outcome.output)")
    }

    @Test("logins that work are told, kept in the checkpoint, and shown by call-health")
    func connections() throws {
        let place = try Workplace()
        _ = try place.startRingCentral()
        _ = try place.startDrive()
        try place.startEngine()
        _ = try place.run(#"echo '{"id":"rc:1"}' | state-todo upload"#)
        let outcome = try place.run("call-doctor --connections")
        let found = checks(outcome)
        #expect(found["ringcentral"] == "pass" && found["drive"] == "pass", "\(outcome.output)")
        #expect(found["checkpoint"] == "pass" && found["integrity"] == "pass")
        let login = try result("ringcentral", outcome)
        #expect((login["output"] as? String)?.contains("ReadCallRecording") == true)
        #expect(login["observed"] is Double || login["observed"] is Int)
        let health = try place.run("call-health")
        let services = try #require(health.records.first?["services"] as? [String: [String: Any]])
        #expect(services["ringcentral"]?["status"] as? String == "healthy")
        #expect(services["drive"]?["status"] as? String == "healthy")
        let one = try place.run("call-health --service drive")
        #expect(one.status == 0, "\(one.output)")
        // Nothing secret is told or kept.
        let told = try outcome.output + outcome.errors + place.run("sqlite3 state.db .dump").output
        for secret in ["fake-secret", "fake-jwt", "PRIVATE KEY"] { #expect(!told.contains(secret)) }
    }

    @Test("a refused login, a folder that is not there and a deaf engine fail with their remedy")
    func broken() throws {
        let place = try Workplace()
        _ = try place.startRingCentral()
        _ = try place.startDrive()
        // It hears "Hello." in every sound.
        try place.startEngine()
        place["RINGCENTRAL_CLIENT_SECRET"] = "wrong-secret"
        place["GOOGLE_DRIVE_FOLDER_ID"] = "1nothere"
        _ = try place.run(#"echo '{"id":"rc:1"}' | state-todo upload"#)
        let outcome = try place.run("call-doctor --connections")
        #expect(outcome.status == 2)
        let login = try result("ringcentral", outcome)
        #expect(login["status"] as? String == "fail")
        #expect((login["remedy"] as? String)?.contains("RINGCENTRAL_CLIENT_SECRET") == true)
        let drive = try result("drive", outcome)
        #expect(drive["status"] as? String == "fail")
        #expect((drive["output"] as? String)?.contains("sees no folder") == true)
        let engine = try result("engine", outcome)
        #expect(engine["status"] as? String == "fail", "\(engine)")
        #expect(!(outcome.output + outcome.errors).contains("wrong-secret"))
        #expect(try place.run("call-health --service drive").status == 2)
        #expect(try place.run("call-status").status == 2)
    }

    @Test(
        "a real Whisper hears the known sentence",
        .enabled(
            if: Workplace.hasWhisper, "needs whisper.cpp and a model: make whisper model"))
    func canary() throws {
        let place = try Workplace()
        let outcome = try place.run("call-doctor --engine whisper.cpp")
        #expect(checks(outcome) == ["engine whisper.cpp": "pass"], "\(outcome.output)")
        #expect(outcome.status == 0)
        // Without a checkpoint there is nothing to write into, and none is made.
        #expect(try place.run("ls state.db").status != 0)
    }

    @Test("an engine that does not exist fails, and call-health knows nothing of it")
    func mistypedEngine() throws {
        let place = try Workplace()
        let outcome = try place.run(
            "echo '{\"id\":\"rc:1\"}' | state-todo fetch >/dev/null; call-doctor --engine nosuch")
        #expect(checks(outcome) == ["engine nosuch": "fail"], "\(outcome.output)")
        #expect(try place.run("sqlite3 state.db 'SELECT count(*) FROM checks'").output == "0\n")
    }

    @Test("an empty file in place of the checkpoint fails, and stays empty")
    func emptyCheckpoint() throws {
        let place = try Workplace()
        let outcome = try place.run(": >state.db; call-doctor --connections")
        #expect(checks(outcome)["checkpoint"] == "fail", "\(outcome.output)")
        #expect(try place.run("stat -c %s state.db").output == "0\n")
    }

    @Test("settings that are misspelt or not read, and secrets that others can read, are named")
    func configuration() throws {
        let place = try Workplace()
        let outcome = try place.run(
            """
            printf '%s\n' BATCH_SIZE=25 RINGCENTRAL_CLIENT_IDD=x MAX_WORKERS=2 DEEPGRAM_API_KEY=dg \
                >.env
            chmod 644 .env
            call-doctor --config --security
            """)
        let found = checks(outcome)
        #expect(found["setting BATCH_SIZE"] == "warn")
        #expect(found["setting RINGCENTRAL_CLIENT_IDD"] == "warn")
        #expect(found["mode of .env"] == "fail")
        #expect(found["setting MAX_WORKERS"] == nil)
        let batch = try result("setting BATCH_SIZE", outcome)
        #expect((batch["remedy"] as? String)?.contains("--limit") == true)
        #expect(outcome.status == 2)
        let unmade = try place.run(
            "call-doctor --security; call-doctor | jq -r .check; ls state.db")
        #expect(unmade.output.contains(#""check":"audit chain","status":"skip""#))
        #expect(unmade.output.contains("\ncheckpoint\n") && !unmade.output.contains("state.db\n"))
        let mended = try place.run(
            "echo MAX_WORKERS=2 >.env; chmod 600 .env; call-doctor --config --credentials")
        #expect(mended.status == 0, "\(mended.output)")
        let half = try place.run("RINGCENTRAL_CLIENT_ID=x call-doctor --config")
        let settings = try result("settings of ringcentral", half)
        #expect((settings["output"] as? String)?.contains("RINGCENTRAL_CLIENT_SECRET") == true)
        #expect(half.status == 2)
    }

    @Test("old keys are told by their age")
    func ages() throws {
        let place = try Workplace()
        let outcome = try place.run(
            """
            echo jwt >jwt; touch -d '100 days ago' jwt; chmod 600 jwt
            RINGCENTRAL_JWT_TOKEN_FILE=jwt call-doctor --credentials --max-age 90d
            RINGCENTRAL_JWT_TOKEN_FILE=jwt call-doctor --credentials --max-age 200d --format tap
            """)
        let age = try result("age of RINGCENTRAL_JWT_TOKEN_FILE", outcome)
        #expect(age["status"] as? String == "warn" && age["limit"] as? Int == 90)
        #expect(outcome.output.contains("\nok 1 - age of RINGCENTRAL_JWT_TOKEN_FILE\n"))
        #expect(outcome.output.contains("# SKIP the token tells no end\n1..2\n"))
    }

    @Test("the way to a service is timed step by step, and one that is down is told")
    func network() throws {
        let place = try Workplace()
        _ = try place.startRingCentral()
        place["WHISPERX_URL"] = "http://127.0.0.1:9"
        let outcome = try place.run("call-doctor --net")
        let way = try result("network ringcentral", outcome)
        #expect(way["status"] as? String == "pass" && way["unit"] as? String == "ms")
        #expect((way["output"] as? String)?.contains("connection ") == true)
        #expect(try result("network whisperx", outcome)["status"] as? String == "fail")
        #expect(outcome.status == 2)
    }

    @Test("a certificate is looked at by call-health too, with the days that are left")
    func certificate() throws {
        let place = try Workplace()
        let outcome = try place.run(
            #"""
            openssl req -x509 -newkey rsa:2048 -nodes -days 20 -subj /CN=localhost \
                -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem 2>/dev/null
            mkfifo hold
            openssl s_server -accept 127.0.0.1:0 -www -cert cert.pem -key key.pem <hold >server.log 2>&1 &
            server=$!
            exec 9>hold
            until port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' server.log) && [ -n "$port" ]; do
                kill -0 $server || exit 9
            done
            export SSL_CERT_FILE=$PWD/cert.pem
            call-doctor --tls localhost:$port
            call-health --check tls=localhost:$port --min-days 14; echo "{\"exit\":$?}"
            call-health --check tls=localhost:$port --min-days 30; echo "{\"exit\":$?}"
            kill -9 $server; wait $server 2>/dev/null
            call-health --check tls=localhost:9 ; echo "{\"exit\":$?}"
            """#)
        let exits = outcome.records.compactMap { $0["exit"] as? Int }
        #expect(exits == [0, 1, 2], "\(outcome.output) \(outcome.errors)")
        let doctor = try #require(outcome.records.first)
        #expect(doctor["check"] as? String == "certificate tls" && doctor["floor"] as? Bool == true)
        let health = outcome.records.compactMap { $0["checks"] as? [String: [String: Any]] }
        #expect(health.count == 3 && health[0].count == 1)
        let days = try #require(health[0].values.first?["observed"] as? NSNumber).doubleValue
        #expect((19...20).contains(days))
    }

    @Test("a folder of recordings is listed, an empty one and a missing one are told")
    func source() throws {
        let place = try Workplace()
        _ = try place.make(.stereo)
        let outcome = try place.run(
            """
            find calls -type f -exec touch -d '1 hour ago' {} +
            mkdir empty
            call-doctor --source dir:calls; call-doctor --source empty; call-doctor --source none
            """)
        #expect(outcome.records.map { $0["status"] as? String } == ["pass", "warn", "fail"])
    }

    @Test("the self-test and the profile need nothing")
    func selfTest() throws {
        let place = try Workplace()
        let test = try place.run("call-doctor --selftest --format tap")
        #expect(test.status == 0 && test.output.hasSuffix("1..7\n"), "\(test.output)")
        #expect(!test.output.contains("not ok"))
        #expect(try place.run("ls -A | grep -v command-").output.contains("state.db") == false)
        let profile = try place.run("call-doctor --suggest")
        #expect(profile.output.contains("\nWHISPER_MODEL=") && profile.status == 0)
        for words in ["--suggest --net", "--config --max-age 1d", "--config --min-days 3"] {
            #expect(try place.run("call-doctor \(words)").status == 64, "\(words)")
        }
    }

    @Test("the checklist of a release has nine points")
    func release() throws {
        let place = try Workplace()
        try place.startEngine()
        _ = try place.run(
            #"echo '{"id":"rc:1"}' | state-todo upload && state-backup backups >/dev/null"#)
        let outcome = try place.run("call-doctor --release")
        #expect(outcome.records.count == 9)
        let names = outcome.records.compactMap { $0["check"] as? String }
        #expect(names.first == "release 1: the checkpoint has this version")
        let backup = try #require(outcome.records.last)
        #expect(backup["status"] as? String == "pass", "\(backup)")
    }
}
