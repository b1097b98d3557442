// WhisperCLITests: the contract with whisper.cpp's program, by stand-ins that break it and by it.
import Foundation
import Records
import Speech
import TestSound
import TestSupport
import Testing

@testable import SpeechPrograms

/// A directory with a program that behaves as a test wants, and a model for it.
private final class Stand {
    private let place = TemporaryDirectory()

    /// Asked for help it says `$USAGE`, else the script runs.
    ///
    /// It finds the WAV files in `$files`; `json FILE WORD` writes what whisper.cpp would.
    init(_ script: String) throws {
        try FileManager.default.createDirectory(
            atPath: place["tmp"], withIntermediateDirectories: false)
        try place.write("model".utf8, "ggml-tiny test.en.bin")
        let program = """
            #!/bin/bash
            here=\(place.path)
            case $1 in
                --help) echo "$USAGE"; exit;;
                --version) echo "whisper.cpp version: 1.9.3 (233fe1f)" >&2; exit;;
            esac
            printf '%s\\n' "$@" >> "$here/arguments"
            echo run >> "$here/runs"
            files=()
            while [ $# -gt 0 ]; do
                case $1 in -f) files+=("$2"); shift;; -l) language=$2; shift;; esac; shift
            done
            json() {
                printf '{"result":{"language":"en"},"transcription":[{"offsets":{"from":0,"to":900},
                    "text":" %s"}]}' "$2" > "$1.json"
            }
            all() { for file in "${files[@]}"; do json "$file" "heard"; done; }
            \(script)

            """
        let path = try place.write(program.utf8, "whisper cli")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    var configuration: WhisperCLI.Configuration {
        var configuration = WhisperCLI.Configuration(
            program: place["whisper cli"],
            model: place["ggml-tiny test.en.bin"])
        configuration.temporaryDirectory = place["tmp"]
        configuration.environment = ["PATH": "/usr/bin:/bin", "SEEN": "yes"]
        return configuration
    }

    var engine: WhisperCLI { get throws { try WhisperCLI(configuration) } }

    func lines(_ name: String) -> [String] {
        ((try? place.text(name)) ?? "")
            .split(separator: "\n").map(String.init)
    }

    /// The temporary files that are left.
    var leftovers: [String] {
        let directory = place["tmp/callpipe-scratch-\(geteuid())"]
        return (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? ["unreadable"]
    }
}

struct WhisperCLITests {
    /// Half a second of tone between pauses, on so many channels.
    private func sound(_ channels: Int = 1) -> Sound {
        let samples =
            [Int16](repeating: 0, count: 4000) + Noise.tone(500, seconds: 0.5)
            + [Int16](repeating: 0, count: 4000)
        return Sound([[Int16]](repeating: samples, count: channels), rate: 8000)
    }

    private func failure(_ stand: Stand) async throws -> Failure? {
        await #expect(throws: Failure.self) { try await stand.engine.transcribe(sound()) }
    }

    @Test("each channel is a file of its own, in a directory that goes")
    func channels() async throws {
        let stand = try Stand(
            """
            stat -c '%a' "$(dirname "${files[0]}")" > "$here/mode"
            head -c 44 "${files[1]}" | od -An -tx1 -w44 > "$here/header"
            json "${files[0]}" zero; json "${files[1]}" one
            """)
        let heard = try await stand.engine.transcribe(sound(2))
        #expect(heard.utterances.map(\.text) == ["zero", "one"])
        #expect(heard.utterances.map(\.channel) == [0, 1])
        #expect(heard.language == "en")
        #expect(stand.lines("mode") == ["700"])
        // 16 kHz, mono, 16 bit, 24,000 samples.
        #expect(
            stand.lines("header") == [
                " 52 49 46 46 a4 bb 00 00 57 41 56 45 66 6d 74 20 10 00 00 00 01 00 01 00"
                    + " 80 3e 00 00 00 7d 00 00 02 00 10 00 64 61 74 61 80 bb 00 00"
            ])
        #expect(stand.leftovers == [])
        let arguments = stand.lines("arguments")
        #expect(arguments.contains { $0.hasSuffix("/ggml-tiny test.en.bin") }, "one word, not two")
        #expect(arguments.contains("-ojf"))
        #expect(try stand.engine.model.name == "tiny test.en")
    }

    @Test("sounds that come together load the model once")
    func together() async throws {
        let stand = try Stand("all")
        let engine = try stand.engine
        try await withThrowingTaskGroup(of: Transcription.self) { group in
            for _ in 0..<10 { group.addTask { try await engine.transcribe(sound()) } }
            for try await heard in group { #expect(heard.utterances.map(\.text) == ["heard"]) }
        }
        #expect(stand.lines("runs").count < 10)
    }

    @Test("our own program reads a prompt from a file, whisper-cli has it on the command line")
    func prompt() throws {
        let place = TemporaryDirectory()
        let scratch = try ScratchDirectory(in: place.path)
        var program = WhisperProgram(program: "/lib/callpipe-hear", model: "m")
        let own = try WhisperPrompt("Pipkin, Waldo", for: program, in: scratch)
        let file = "\(scratch.path)/prompt"
        #expect(own.ofAllFiles == [])
        #expect(
            own.around(["-f", "a"]) == ["--prompt-file", file, "-f", "a", "--prompt-file", ""])
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "Pipkin, Waldo")
        let none = try WhisperPrompt(nil, for: program, in: scratch)
        #expect(none.around(["-f", "a"]) == ["-f", "a"])
        program.program = "/bin/whisper-cli"
        let other = try WhisperPrompt("Pipkin", for: program, in: scratch)
        #expect(other.ofAllFiles == ["--prompt", "Pipkin"], "with -mc 0 there would be no room")
        #expect(other.around(["-f", "a"]) == ["-f", "a"])
        #expect(try WhisperPrompt(nil, for: program, in: scratch).ofAllFiles == ["-mc", "0"])
    }

    @Test("sounds with different prompts do not share a run of whisper-cli")
    func prompts() async throws {
        let stand = try Stand("all")
        let engine = try stand.engine
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<6 {
                group.addTask {
                    var sound = sound()
                    sound.prompt = index % 3 == 0 ? nil : "Name \(index % 3)"
                    let heard = try await engine.transcribe(sound)
                    #expect(heard.utterances.map(\.text) == ["heard"])
                }
            }
            try await group.waitForAll()
        }
        let arguments = stand.lines("arguments")
        for name in ["Name 1", "Name 2", "-mc"] { #expect(arguments.contains(name)) }
        #expect(
            zip(arguments, arguments.dropFirst()).filter { $0.0 == "--prompt" }.count
                + arguments.filter { $0 == "-mc" }.count == stand.lines("runs").count)
    }

    @Test("the longest stretch of speech decides the language of the whole call, and only once")
    func languageOfACall() async throws {
        let stand = try Stand(
            #"""
            printf '%s %s\n' "$language" "${#files[@]}" >> "$here/languages"
            for file in "${files[@]}"; do
                [ $language = auto ] && stat -c %s "$file" > "$here/decided"
                printf '{"result":{"language":"de"},"transcription":[{"offsets":{"from":300,
                    "to":1000},"text":" Ja."}]}' > "$file.json"
            done
            """#)
        var configuration = stand.configuration
        configuration.language = "auto"
        let pause = [Int16](repeating: 0, count: 16_000)
        let samples = [0.5, 2, 1].flatMap { Noise.tone(500, seconds: $0) + pause }
        let heard = try await WhisperCLI(configuration).transcribe(Sound([samples], rate: 8000))
        #expect(stand.lines("languages") == ["auto 1", "de 3"])
        // Two seconds of tone, and the quiet on both sides.
        #expect(stand.lines("decided").first.flatMap { Int($0) } ?? 0 > 2 * 32_000)
        #expect(heard.language == "de" && heard.utterances.count == 3)
    }

    @Test("one sound that ends the program costs its own record only")
    func oneIsBad() async throws {
        let stand = try Stand(
            #"""
            for file in "${files[@]}"; do
                [ "$(stat -c %s "$file")" -gt 60000 ] && kill -SEGV $$
                json "$file" heard
            done
            """#)
        let engine = try stand.engine
        let samples = Noise.tone(500, seconds: 2) + [Int16](repeating: 0, count: 800)
        let long = Sound([samples], rate: 8000)
        let sounds = [sound(), long, sound(), sound()]
        let tasks = sounds.map { sound in Task { try await engine.transcribe(sound) } }
        for index in [0, 2, 3] {
            #expect(try await tasks[index].value.utterances.map(\.text) == ["heard"])
        }
        let failure = await #expect(throws: Failure.self) { try await tasks[1].value }
        #expect(failure?.scope == .temporary)
        #expect(stand.leftovers == [])
    }

    @Test("ended with 0 and left nothing: that is no transcript")
    func noJSON() async throws {
        let failure = try await failure(
            Stand("echo 'error: failed to read the frames' >&2; exit 0"))
        #expect(failure?.scope == .item && failure?.kind == .engine)
        #expect(failure?.message.contains("failed to read the frames") == true)
    }

    @Test("ended with 0 and left half a document: that is no transcript")
    func halfJSON() async throws {
        let failure = try await failure(Stand(#"echo '{"transcription":[{' > "${files[0]}.json""#))
        #expect(failure?.scope == .item && failure?.kind == .engine)
    }

    @Test("a document of a run that failed does not count")
    func failed() async throws {
        let failure = try await failure(Stand("all; exit 10"))
        #expect(failure?.message.contains("ended with 10") == true)
    }

    @Test("a model that cannot be loaded stops the line")
    func model() async throws {
        let failure = try await failure(Stand("echo 'error: bad magic' >&2; exit 3"))
        #expect(failure?.scope == .stop && failure?.kind == .configuration)
    }

    @Test("a language that it does not know stops the line")
    func language() async throws {
        let failure = try await failure(Stand(#"echo "error: unknown language 'xx'" >&2; exit 0"#))
        #expect(failure?.scope == .stop && failure?.kind == .configuration)
    }

    @Test("a program that never ends is ended")
    func endless() async throws {
        let stand = try Stand("exec sleep 600")
        var configuration = stand.configuration
        configuration.loadTimeout = .seconds(-44)
        let engine = try WhisperCLI(configuration)
        let failure = await #expect(throws: Failure.self) { try await engine.transcribe(sound()) }
        #expect(failure?.scope == .temporary && failure?.kind == .timeout)
        #expect(stand.leftovers == [])
    }

    @Test("the program ends with the task that wants it")
    func cancelled() async throws {
        let stand = try Stand(
            #"echo $$ > "$here/new"; mv "$here/new" "$here/number"; exec sleep 600"#)
        let engine = try stand.engine
        let task = Task { try await engine.transcribe(sound()) }
        var number: pid_t?
        while number == nil {
            number = stand.lines("number").first.flatMap { pid_t($0) }
            await Task.yield()
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(kill(try #require(number), 0) == -1, "the child is reaped")
        #expect(stand.leftovers == [])
    }

    @Test("complaints without end are drained, and only their end is kept")
    func verbose() async throws {
        let stand = try Stand("head -c 3000000 /dev/zero | tr '\\0' 'x' >&2; echo >&2; all")
        #expect(try await stand.engine.transcribe(sound()).utterances.count == 1)
    }

    @Test("the program sees what it is given of the environment, and no blocked signal")
    func environment() async throws {
        let stand = try Stand(
            """
            env | sort | grep -v -e '^_=' -e ^PWD -e ^SHLVL > "$here/environment"
            grep -E '^Sig(Blk|Ign)' /proc/self/status > "$here/signals"
            all
            """)
        // As the frame of every tool does.
        signal(SIGPIPE, SIG_IGN)
        _ = try await stand.engine.transcribe(sound())
        #expect(stand.lines("environment") == ["PATH=/usr/bin:/bin", "SEEN=yes"])
        let ours: UInt64 = 1 << (SIGINT - 1) | 1 << (SIGPIPE - 1) | 1 << (SIGTERM - 1)
        let sets = stand.lines("signals").compactMap { UInt64($0.suffix(16), radix: 16) }
        #expect(sets.map { $0 & ours } == [0, 0])
    }

    @Test("silence is not even given to the program, which would invent words")
    func silence() async throws {
        let stand = try Stand("all")
        let silence = Sound([[Int16](repeating: 0, count: 8000)], rate: 8000)
        #expect(try await stand.engine.transcribe(silence).utterances == [])
        #expect(stand.lines("runs") == [])
    }

    @Test("words for a stretch of silence are left out")
    func inventions() async throws {
        let stand = try Stand(
            #"""
            printf '{"transcription":[{"offsets":{"from":0,"to":400},"text":" Thanks for watching!"},
                {"offsets":{"from":450,"to":1000},"text":" Hello."}]}' > "${files[0]}.json"
            """#)
        #expect(try await stand.engine.transcribe(sound()).utterances.map(\.text) == ["Hello."])
    }

    @Test("a voice detector is used where the program has one, and words are without times then")
    func voiceDetector() async throws {
        let stand = try Stand(
            #"""
            printf '{"transcription":[{"offsets":{"from":300,"to":1000},"text":" Hello.",
                "tokens":[{"text":" Hello.","offsets":{"from":0,"to":400},"p":0.5}]}]}' \
                > "${files[0]}.json"
            """#)
        var configuration = stand.configuration
        configuration.voiceModel = configuration.model
        let engine = try WhisperCLI(configuration)
        let failure = await #expect(throws: Failure.self) { try await engine.transcribe(sound()) }
        #expect(failure?.scope == .stop && failure?.kind == .configuration)
        #expect(stand.lines("runs") == [])

        configuration.environment["USAGE"] = "-vm FNAME, --vad-model FNAME  --version"
        let spoken = sound()
        let heard = try await WhisperCLI(configuration).transcribe(spoken)
        #expect(heard.utterances.map(\.start) == [0.4])
        #expect(heard.utterances.first?.words == [Word("Hello.", confidence: 0.5)])
        #expect(stand.lines("arguments").contains("--vad"))
        #expect(heard.provenance.version == "1.9.3" && spoken.meter.seconds == 1.5)
        configuration.voiceModel = "/nowhere"
        #expect(throws: Failure.self) { try WhisperCLI(configuration) }
    }

    @Test("nothing heard in seconds of sound is an answer: noise and music have no words")
    func nothing() async throws {
        let stand = try Stand(
            #"echo '{"result":{"language":"en"},"transcription":[]}' > "${files[0]}.json""#)
        let long = Sound([Noise.tone(500, seconds: 8)], rate: 8000)
        let heard = try await stand.engine.transcribe(long)
        #expect(heard.utterances == [] && long.meter.seconds == 8)
    }

    @Test("the model is told from others by what it holds")
    func identity() throws {
        let stand = try Stand("")
        let model = try stand.engine.model
        #expect(model.identity.hasPrefix("tiny test.en sha256:9372c470eeadd5ecd9c3c74c2b3cb633"))
        try Data("other".utf8).write(to: URL(filePath: stand.configuration.model))
        #expect(try stand.engine.model.identity != model.identity)
    }

    @Test("a model that is not there and a language that is none are refused")
    func missing() throws {
        let stand = try Stand("")
        var configuration = stand.configuration
        configuration.language = "en; rm"
        #expect(throws: Failure.self) { try WhisperCLI(configuration) }
        configuration = stand.configuration
        configuration.model = "/nowhere/ggml.bin"
        #expect(throws: Failure.self) { try WhisperCLI(configuration) }
    }
}

/// The real program and a real model file, where `WHISPER_TEST_MODEL` names one.
private enum RealWhisper {
    static let model = ProcessInfo.processInfo.environment["WHISPER_TEST_MODEL"]
    static let program = model.flatMap { _ in
        try? WhisperPlaces(
            besideTools: Checkout.programs.path,
            searchPath: ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        ).commandLine(nil)
    }
}

struct RealWhisperTests {
    private static let voiceModel =
        ProcessInfo.processInfo.environment["WHISPER_TEST_VAD_MODEL"]

    private func configuration() throws -> WhisperCLI.Configuration {
        var configuration = WhisperCLI.Configuration(
            program: try #require(RealWhisper.program), model: try #require(RealWhisper.model))
        configuration.environment["PATH"] = ProcessInfo.processInfo.environment["PATH"]
        // More threads than there are processors free make it wait for itself.
        configuration.threads = 1
        return configuration
    }

    @Test(
        "whisper.cpp's own program keeps the contract",
        .enabled(
            if: RealWhisper.program != nil, "needs WHISPER_TEST_MODEL, and whisper.cpp on PATH"))
    func contract() async throws {
        let engine = try WhisperCLI(configuration())
        let tone = Noise.tone(500, seconds: 1) + [Int16](repeating: 0, count: 4000)
        try await withThrowingTaskGroup(of: Transcription.self) { group in
            for _ in 0..<2 {
                group.addTask { try await engine.transcribe(Sound([tone], rate: 8000)) }
            }
            for try await heard in group {
                #expect(heard.language == "en")
            }
        }
    }

    @Test(
        "what is no model stops the line",
        .enabled(
            if: RealWhisper.program != nil, "needs WHISPER_TEST_MODEL, and whisper.cpp on PATH"))
    func noModel() async throws {
        var configuration = try configuration()
        configuration.model = "/etc/passwd"
        let engine = try WhisperCLI(configuration)
        let failure = await #expect(throws: Failure.self) {
            try await engine.transcribe(
                Sound([Noise.tone(500, seconds: 1)], rate: 8000))
        }
        #expect(failure?.scope == .stop && failure?.kind == .configuration)
    }

    @Test(
        "a voice detector is used, or refused by a program that is too old",
        .enabled(
            if: RealWhisper.program != nil && voiceModel != nil,
            "needs WHISPER_TEST_MODEL, WHISPER_TEST_VAD_MODEL, and whisper.cpp on PATH"))
    func voiceDetector() async throws {
        var configuration = try configuration()
        configuration.voiceModel = Self.voiceModel
        let engine = try WhisperCLI(configuration)
        let samples = Noise.tone(500, seconds: 1)
        do {
            let heard = try await engine.transcribe(Sound([samples], rate: 8000))
            #expect(heard.utterances == [])
        } catch let failure as Failure {
            #expect(failure.message.contains("too old"))
        }
    }
}
