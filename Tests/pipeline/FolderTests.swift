// FolderTests: dir-list as its users run it, on folders as phone systems leave them.
import Foundation
import Testing

@Suite struct FolderTests {
    private let place: Workplace

    init() throws {
        place = try Workplace()
        _ = try place.run("mkdir m")
    }

    /// Writes finished files, each with its own content.
    private func write(_ names: String..., bytes: Int = 5000) throws {
        for name in names {
            let file = URL(filePath: "\(place.path)/m/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data((name + String(repeating: ".", count: bytes)).utf8).write(to: file)
        }
        try finish()
    }

    /// Gives all files a time long ago.
    private func finish() throws {
        _ = try place.run("find m -exec touch -h -d 2024-03-01T00:00:00Z {} +")
    }

    /// A text of each record, by the names of its members: `recording.path`.
    private func values(_ outcome: Outcome, _ path: String) -> [String?] {
        outcome.records.map { record in
            var value: Any? = record
            for name in path.split(separator: ".") {
                value = (value as? [String: Any])?[String(name)]
            }
            return value as? String
        }
    }

    @Test func aRecordHoldsTheNameThatThePhoneSystemGave() throws {
        try write("2024/01/Support call Smith.wav")
        let listed = try place.run("dir-list m")
        #expect(listed.status == 0)
        #expect(values(listed, "recording.name") == ["Support call Smith.wav"])
        #expect(values(listed, "recording.path") == ["2024/01/Support call Smith.wav"])
        // Nobody said what the name means, so the file's own time is told to be that.
        #expect(values(listed, "start") == ["2024-03-01T00:00:00.000Z"])
        #expect(values(listed, "recording.local_start") == [nil])
        #expect(listed.errors.contains("the start of 1 recording is when the file was written to"))
    }

    @Test func theNameIsFoundInTheCheckpointAndInItsView() throws {
        try write("2024/01/Support call Smith.wav", "2024/02/Sales call Jones.wav", "x_1.wav")
        let noted = try place.run("dir-list --quiet m | state-mark fetch")
        #expect(noted.records.count == 3, "\(noted.errors)")
        func names(_ options: String) throws -> [String] {
            try place.run("state-show --fields recording_name \(options)").records
                .map { $0["recording_name"] as? String ?? "-" }.sorted()
        }
        #expect(try names("--name smith") == ["Support call Smith.wav"])
        #expect(try names("--name CALL") == ["Sales call Jones.wav", "Support call Smith.wav"])
        #expect(try names("--name 2024/02/") == ["Sales call Jones.wav"])
        #expect(try names("--name _") == ["x_1.wav"])
        #expect(try names("--name %") == [])
        #expect(try names("--name call --stage fetch --status completed --latest 1").count == 1)
        let id = try #require(noted.records.first?["id"] as? String)
        #expect(try names("--name nobody \(id)") == [])
        let view = try place.run(
            """
            sqlite3 state.db "SELECT recording_path FROM call_recordings
              WHERE recording_name LIKE '%smith%'"
            """)
        #expect(view.output == "2024/01/Support call Smith.wav\n", "\(view.errors)")
        let smith = try place.run("state-show --name smith | jq -r .id").output.dropLast()
        let seen = try place.run("state-show --why \(smith)").records
            .first { $0["event"] as? String == "seen" }
        #expect(seen?["name"] as? String == "Support call Smith.wav")
        #expect(seen?["path"] as? String == "2024/01/Support call Smith.wav")
        for list in ["--runs", "--batches", "--why \(smith)"] {
            #expect(try place.run("state-show \(list) --name x").status == 64)
        }
        let failed = #"{"id":"\#(smith)","error":{"class":"item","kind":"audio","message":"m"}}"#
        _ = try place.run("state-mark transcribe", input: failed)
        #expect(try place.run("state-show --errors --name smith").records.count == 1)
        #expect(try place.run("state-show --errors --name jones").records.isEmpty)
    }

    // MARK: times

    @Test func theZoneOfTheTimesIsThatOfTheOptionOrOfTheEnvironment() throws {
        try write("20240710-203000_5550100.wav", "20240110-203000_5550100.wav")
        let command = "dir-list --pattern '{start}_{from}.wav' m"
        let here = try place.run("TZ=Europe/Berlin \(command) --timezone America/Los_Angeles")
        #expect(
            values(here, "start") == ["2024-01-11T04:30:00.000Z", "2024-07-11T03:30:00.000Z"])
        #expect(
            values(here, "recording.local_start")
                == ["2024-01-10T20:30:00-08:00", "2024-07-10T20:30:00-07:00"])
        let there = try place.run("TZ=Asia/Kolkata \(command)")
        #expect(
            values(there, "start") == ["2024-01-10T15:00:00.000Z", "2024-07-10T15:00:00.000Z"])
        let nowhere = try place.run("TZ= \(command)")
        #expect(
            values(nowhere, "start") == ["2024-01-10T20:30:00.000Z", "2024-07-10T20:30:00.000Z"])
        // The recordings stay the same, whatever the operator finds out about the clock.
        #expect(values(here, "id") == values(there, "id"))
        #expect(values(here, "id") == values(try place.run("dir-list m"), "id"))
    }

    @Test func aZoneThatIsNoneIsRefused() throws {
        try write("20240710-203000.wav")
        let option = try place.run("dir-list --pattern '{start}.wav' --timezone Mars/Base m")
        #expect(option.status == 64 && option.output.isEmpty)
        #expect(option.errors.contains("Mars/Base"))
        let variable = try place.run("TZ=Mars/Base dir-list --pattern '{start}.wav' m")
        #expect(variable.status == 78 && variable.output.isEmpty)
        // Its sign means the opposite of what people mean by it.
        let sign = try place.run("dir-list --pattern '{start}.wav' --timezone UTC+3 m")
        #expect(sign.status == 64 && sign.output.isEmpty)
        #expect(sign.errors.contains("needs a time zone such as Europe/Berlin or +03:00"))
        let offset = try place.run("dir-list --pattern '{start}.wav' --timezone +03:00 m")
        #expect(values(offset, "start") == ["2024-07-10T17:30:00.000Z"])
    }

    @Test func theUniqueIDKnowsTheMomentAndTellsTheZoneOnce() throws {
        try write(
            "force-08211234863-3201-20250327-092517-1743042317.12206.wav",
            "out-08211234864-3201-20250327-092617-1743042377.12207.wav")
        let listed = try place.run("dir-list --pattern freepbx m")
        #expect(listed.status == 0)
        #expect(
            values(listed, "start") == ["2025-03-27T02:25:17.000Z", "2025-03-27T02:26:17.000Z"])
        #expect(
            values(listed, "recording.local_start")
                == ["2025-03-27T09:25:17+07:00", "2025-03-27T09:26:17+07:00"])
        #expect(values(listed, "call.id") == ["1743042317.12206", "1743042377.12207"])
        #expect(values(listed, "direction") == [nil, "outbound"])
        #expect(listed.errors.components(separatedBy: "UTC+07:00").count == 2)
        #expect(listed.errors.contains("in 2 names the unique id"))
        let right = try place.run("dir-list --pattern freepbx --timezone Asia/Jakarta m")
        #expect(values(right, "start") == values(listed, "start") && right.errors.isEmpty)
    }

    @Test func aTimeThatCannotBeReadIsToldAndNotMadeUp() throws {
        try write("yesterday_101.wav", "20240230-100000_102.wav", "20240229-100000_103.wav")
        let listed = try place.run("dir-list --pattern '{start}_{from}.wav' m")
        #expect(values(listed, "start") == ["2024-02-29T10:00:00.000Z", nil, nil])
        #expect(values(listed, "from.phone") == ["103", "102", "101"])
        #expect(values(listed, "audio.path").last??.hasPrefix("audio/undated/") == true)
        #expect(listed.errors.contains("no time can be read in 2 names"))
    }

    @Test func aCounterIsNoTime() throws {
        try write("1705325591.123.wav", "1712051823.1045.wav")
        let listed = try place.run("dir-list --pattern '{start}.wav' m")
        #expect(
            values(listed, "start") == ["2024-01-15T13:33:11.000Z", "2024-04-02T09:57:03.000Z"])
    }

    // MARK: identity

    @Test func recordingsThatShareAUniqueIDAreTwo() throws {
        try write(
            "in-101-5550100-20240309-113203-1709980323.265.wav",
            "exten-102-5550100-20240309-113350-1709980323.265.wav")
        let listed = try place.run(
            "dir-list --pattern '{direction}-{to}-{from}-{start}-{id}.wav' m")
        #expect(Set(values(listed, "id")).count == 2)
        #expect(values(listed, "recording.id") == ["1709980323.265", "1709980323.265"])
        let todo = try place.run("state-todo upload", input: listed.output)
        #expect(todo.records.count == 2)
        // Whoever takes the id at its word is told what that costs.
        let taken = try place.run(
            "dir-list --identity pattern --pattern '{any}-{any}-{any}-{start}-{id}.wav' m")
        #expect(values(taken, "id") == ["dir:1709980323.265"] && taken.status == 1)
        #expect(taken.errors.contains("another recording has the same id; use --identity content"))
    }

    @Test func callsThatNobodyTookAreOneEach() throws {
        for name in ["1001_20240115-143311", "1002_20240115-150000", "1003_20240116-090000"] {
            _ = try place.run("head -c 44 /dev/zero > m/\(name).wav")
        }
        try finish()
        let listed = try place.run("dir-list --pattern '{to}_{start}.wav' m")
        #expect(Set(values(listed, "id")).count == 3)
        #expect(values(listed, "start").last == "2024-01-16T09:00:00.000Z")
    }

    @Test(arguments: [
        "out-5550100-404-20240115-215349-1705355629.24936", "20240115-143311_5550100-all",
    ])
    func aRecordingThatIsCompressedLaterIsNotDoneAgain(_ stem: String) throws {
        try write("\(stem).wav")
        let first = try place.run(
            "dir-list m | setsid -w state-todo transcribe | setsid -w state-mark transcribe")
        #expect(first.records.count == 1)
        _ = try place.run("mkdir m/MP3; rm m/*.wav; rm -r data/known-files")
        try write("MP3/\(stem).mp3")
        let later = try place.run("dir-list m | setsid -w state-todo transcribe")
        #expect(later.output.isEmpty)
        // With both forms in the folder the call is listed once.
        try write("\(stem).wav")
        let both = try place.run("dir-list --verbose m")
        #expect(values(both, "id") == values(first, "id"))
        #expect(both.errors.contains("left out: 1 other form of a recording"))
    }

    @Test func aFileThatIsMovedStaysTheSameRecording() throws {
        try write("x.wav", "20240115143311.wav")
        let before = try place.run("dir-list m")
        _ = try place.run("mkdir m/old; mv m/x.wav m/old/Smith.wav; mv m/2*.wav m/old")
        let after = try place.run("dir-list m")
        #expect(Set(values(before, "id")) == Set(values(after, "id")))
        #expect(
            try place.run("cat data/\(values(after, "audio.path")[1] ?? "")").output.hasPrefix(
                "x.wav"))
    }

    @Test func aCallThatWentOnAfterItWasListedIsListedWhole() throws {
        let name = "out-5550100-404-20240115-215349-1705355629.24936.wav"
        try write(name)
        let half = try place.run("dir-list m")
        _ = try place.run("echo the second half >> m/*.wav")
        try finish()
        let whole = try place.run("dir-list m")
        #expect(whole.records.count == 1 && values(whole, "id") != values(half, "id"))
        #expect(whole.errors.contains("the content of 1 file has changed since it was listed"))
        // It stays that recording.
        let again = try place.run("dir-list m")
        #expect(again.output == whole.output && !again.errors.contains("changed"))
        let named = try place.run("dir-list --identity name m")
        #expect(values(named, "id") == values(half, "id"))
    }

    @Test func namesThatTwoRecordersGaveAreTwoRecordings() throws {
        let name = "20240115-143311-5550100.wav"
        try write("101/\(name)", "102/\(name)")
        let listed = try place.run("dir-list m")
        #expect(Set(values(listed, "id")).count == 2 && listed.status == 0)
        _ = try place.run("rm -r m/101")
        #expect(values(try place.run("dir-list m"), "id") == [values(listed, "id")[1]])
        try write("101/\(name)")
        let told = try place.run("dir-list --identity name m")
        #expect(told.records.count == 1 && told.status == 1)
        #expect(told.errors.contains("another recording has the same id"))
    }

    // MARK: what is left out

    @Test func whatIsLeftOutIsCountedAndNamedOnRequest() throws {
        try write(
            "a.wav", "B.WAV49", "notes.txt", "list.txt", "cover.jpg", "noending", ".hidden.wav")
        _ = try place.run("touch -d 2024-03-01 m/empty.wav; ln -s a.wav m/link.wav; ln -s m m/loop")
        _ = try place.run("mkfifo m/pipe.wav; echo new > m/new.wav")
        let listed = try place.run("dir-list m")
        #expect(values(listed, "recording.name") == ["B.WAV49", "a.wav"] && listed.status == 0)
        #expect(
            listed.errors.contains(
                "left out: 2 txt, 1 without ending, 1 jpg, 2 links, 1 pipe, socket or device, 1 hidden, "
                    + "1 empty, 1 written to just now; --verbose names them"), "\(listed.errors)")
        let named = try place.run("dir-list -v m")
        for line in [
            "left out cover.jpg: no recording ends in jpg", "left out .hidden.wav: its name begins",
            "left out link.wav: it is a symbolic link; --follow-links",
            "left out pipe.wav: it is no",
            "left out empty.wav: it is empty", "left out new.wav: it was written to just now",
        ] {
            #expect(named.errors.contains(line), "\(line)")
        }
        #expect(try place.run("dir-list -q m").errors.isEmpty)
    }

    @Test func namesThatDoNotFitAreCounted() throws {
        try write("20240115143311_101.wav", "greeting.wav", "x/music.wav", "notes.txt")
        let listed = try place.run("dir-list -v --pattern '{start}_{from}.wav' --pattern freepbx m")
        #expect(listed.records.count == 1)
        #expect(listed.errors.contains("left out: 2 names that --pattern does not fit, 1 txt;"))
        #expect(listed.errors.contains("left out x/music.wav: its name does not fit --pattern"))
    }

    @Test(
        arguments: [
            "aac", "3gp", "au", "webm", "oga", "mov", "aif", "mka", "wav49", "WAV", "opus", "amr",
        ])
    func recordingsOfAllFormsAreListed(_ ending: String) throws {
        try write("a.\(ending)")
        let listed = try place.run("dir-list m")
        #expect(listed.records.count == 1)
        #expect(values(listed, "audio.type").first??.contains("octet-stream") == false)
        #expect(values(listed, "audio.path").first??.hasSuffix(".\(ending.lowercased())") == true)
    }

    @Test func linksAreFollowedOnRequest() throws {
        try write("b.wav")
        _ = try place.run(
            """
            mkdir -p nas/01; head -c 5000 /dev/urandom > nas/01/a.wav; ln -s ../nas m/2023
            ln -s ../nas/01/a.wav m/again.wav; ln -s .. m/2022; ln -s nowhere m/gone.wav
            mkdir data; head -c 5000 /dev/urandom > data/own.wav; find nas -exec touch -d 2024-03-01 {} +
            """)
        let listed = try place.run("dir-list --follow-links m")
        #expect(
            Set(values(listed, "recording.path")).isSuperset(of: ["2022/nas/01/a.wav", "b.wav"]))
        #expect(Set(values(listed, "id")).count == listed.records.count)
        #expect(listed.errors.contains("1 broken link") && listed.errors.contains("in a circle"))
        #expect(listed.errors.contains("the data directory") && !listed.output.contains("own.wav"))
        #expect(try place.run("dir-list m").records.count == 1)
    }

    // MARK: what is remembered

    @Test func aFileThatHasNotChangedIsNotReadAgain() throws {
        try write("a.wav", "b.wav")
        let first = try place.run("dir-list m")
        // As no recorder does it: other bytes at the same size and time in the same file.
        _ = try place.run("printf XXXX | dd of=m/a.wav conv=notrunc status=none")
        try finish()
        let unread = try place.run("dir-list m")
        #expect(unread.output == first.output)
        _ = try place.run("touch -d 2024-03-02 m/a.wav")
        let read = try place.run("dir-list m")
        #expect(values(read, "audio.sha256")[0] != values(first, "audio.sha256")[0])
        #expect(values(read, "audio.sha256")[1] == values(first, "audio.sha256")[1])
        _ = try place.run("rm -r data/known-files")
        #expect(try place.run("dir-list m").output == read.output)
        #expect(try place.run("ls data/known-files").output.split(separator: "\n").count == 1)
    }

    @Test func aCopyIsMadeAgainWhenEitherSideHasChanged() throws {
        try write("a.wav", "b.wav")
        let list = "dir-list --identity name --copy m"
        let listed = try place.run(list)
        let copies = values(listed, "audio.path").compactMap { $0 }.map { "data/\($0)" }
        try #require(copies.count == 2)
        func isCopied(_ copy: String, of file: String) throws -> Bool {
            try place.run("cmp \(file) \(copy)").status == 0
        }
        let inode = try place.run("stat -c %i \(copies[0])").output
        // The bytes of one copy change, and the recording of the other, each at the same size.
        _ = try place.run("printf XXXX | dd of=\(copies[0]) conv=notrunc status=none")
        _ = try place.run(
            "printf XXXX | dd of=m/b.wav conv=notrunc status=none; touch -d 2024-03-01T12:00:00Z m/b.wav"
        )
        let again = try place.run(list)
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.output != listed.output)
        #expect(try isCopied(copies[0], of: "m/a.wav"))
        #expect(try isCopied(copies[1], of: "m/b.wav"))
        // A copy that is whole stays the same file.
        let kept = try place.run("stat -c %i \(copies[0])").output
        #expect(kept != inode)
        _ = try place.run(list)
        #expect(try place.run("stat -c %i \(copies[0])").output == kept)
    }

    @Test func anotherFolderAndADryRunDoNotDisturbWhatIsRemembered() throws {
        try write("a/1.wav", "a/2.wav")
        let listed = try place.run("dir-list m/a")
        let before = try place.run("sha256sum data/known-files/*").output
        _ = try place.run("echo more >> m/a/1.wav; touch -d 2024-03-02 m/a/1.wav")
        let dry = try place.run("dir-list --dry-run m/a")
        #expect(values(dry, "audio.sha256")[0] != values(listed, "audio.sha256")[0])
        #expect(try place.run("dir-list --limit 1 m; dir-list --days 1 m/a").records.count == 1)
        #expect(try place.run("sha256sum data/known-files/*").output.contains(before))
    }

    @Test func severalRunsAtOnceListTheSame() throws {
        for number in 0..<60 { try write("\(number % 3)/\(number).wav") }
        let outcome = try place.run(
            """
            for i in 1 2 3 4; do dir-list m > out$i & done; wait
            cmp out1 out2 && cmp out1 out3 && cmp out1 out4 && cat out1
            """)
        #expect(outcome.status == 0 && outcome.records.count == 60)
        #expect(try place.run("dir-list m").output == outcome.output)
        #expect(try place.run("ls data/known-files").output.split(separator: "\n").count == 1)
    }

    // MARK: sidecars

    @Test func aFileBesideTheRecordingSaysWhatTheNameLacks() throws {
        try write("rec1.oga", "rec2.oga", "rec3.oga")
        let beside =
            #"{"timestamp_unix_ms":1689806425000,"direction":"in","calls":[{"phone_number":"+1123"}]}"#
        try Data(beside.utf8).write(to: URL(filePath: "\(place.path)/m/rec1.json"))
        try Data("{".utf8).write(to: URL(filePath: "\(place.path)/m/rec2.oga.json"))
        try finish()
        let listed = try place.run("dir-list --sidecar json m")
        #expect(values(listed, "start")[0] == "2023-07-19T22:40:25.000Z")
        #expect(values(listed, "from.phone") == ["+1123", nil, nil])
        // A file that cannot be read costs no recording, and is told.
        #expect(listed.records.count == 3 && listed.status == 1)
        #expect(listed.errors.contains("unable to read rec2.json: it is no JSON object"))
        #expect(listed.errors.contains("no JSON file lies beside 1 recording"))
        let mapped = try place.run(
            "dir-list --sidecar json --member to=calls.0.phone_number m 2>/dev/null")
        #expect(values(mapped, "to.phone")[0] == "+1123")
    }

    @Test(.timeLimit(.minutes(1)))
    func besideARecordingOnlyFilesAreRead() throws {
        try write("rec1.wav", "rec2.wav", "rec3.wav")
        _ = try place.run(
            """
            mkfifo m/rec1.json && mkdir m/rec2.json
            echo '{"timestamp_unix_ms":1689806425000}' >elsewhere.json
            ln -s ../elsewhere.json m/rec3.json
            """)
        try finish()
        let listed = try place.run("dir-list --sidecar json m")
        #expect(listed.records.count == 3 && listed.status == 0, "\(listed.errors)")
        #expect(listed.errors.contains("no JSON file lies beside 3 recordings"))
        #expect(!values(listed, "start").contains("2023-07-19T22:40:25.000Z"))
        let followed = try place.run("dir-list --sidecar json --follow-links m")
        #expect(values(followed, "start")[2] == "2023-07-19T22:40:25.000Z")
    }

    @Test(
        arguments: [
            "--sidecar xml", "--member start=x", "--sidecar json --member when=x",
            "--pattern '{who}.wav'", "--pattern avaya", "--identity path", "--identity pattern",
            "--identity pattern --pattern '{from}.wav'",
        ])
    func whatTheOptionsDoNotKnowIsRefused(_ options: String) throws {
        let outcome = try place.run("dir-list \(options) m")
        #expect(outcome.status == 64 && outcome.output.isEmpty)
    }
}
