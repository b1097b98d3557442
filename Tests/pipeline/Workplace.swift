// Workplace: a directory of its own, the built programs, and the fakes they talk to.
import Foundation
import TestSupport

/// The outcome of a command.
struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    /// The lines of standard output as JSON objects.
    var records: [[String: Any]] {
        output.split(separator: "\n").compactMap {
            (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
        }
    }
}

/// A place for one test; removed at its end.
final class Workplace {
    static let root = Checkout.root.path
    static let programs = Checkout.programs.path
    /// A few calls with real speech, made once.
    static let calls: URL = {
        let maker = Process()
        maker.executableURL = URL(filePath: "\(root)/Tests/demo/dataset.py")
        maker.arguments = [callsDirectory.path, "--calls", "14"]
        maker.standardOutput = FileHandle.nullDevice
        do {
            try maker.run()
        } catch {
            fatalError("the dataset cannot be made: \(error)")
        }
        maker.waitUntilExit()
        atexit { try? FileManager.default.removeItem(at: Workplace.callsDirectory.url) }
        precondition(maker.terminationStatus == 0, "the dataset could not be made")
        return callsDirectory.url
    }()
    /// Lives as long as the tests of this process.
    private static let callsDirectory = TemporaryDirectory()

    private let directory = TemporaryDirectory()
    var path: String { directory.path }
    private(set) var environment: [String: String]
    private var fakes: [Fake] = []
    private var commands = 0

    init() throws {
        let run = directory["run"]
        let path = directory.path
        try FileManager.default.createDirectory(
            atPath: run, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let inherited = ProcessInfo.processInfo.environment
        environment = [
            "PATH": "\(Workplace.programs):\(inherited["PATH"] ?? "/usr/bin:/bin")",
            "HOME": path, "XDG_RUNTIME_DIR": run, "LC_ALL": "C.UTF-8",
            "CALLPIPE_DATA": "\(path)/data", "CALLPIPE_STATE": "\(path)/state.db",
            "GOOGLE_WRITES_PER_SECOND": "1000", "CALLPIPE_BACKOFF_SCALE": "0.01",
        ]
    }

    deinit {
        for fake in fakes { fake.end() }
    }

    subscript(name: String) -> String? {
        get { environment[name] }
        set { environment[name] = newValue }
    }

    /// Runs a line of bash with pipefail; both streams go to files, so that neither can block.
    func run(_ script: String, input: String = "") throws -> Outcome {
        commands += 1
        let streams = ["in", "out", "err"].map { "\(path)/command-\(commands).\($0)" }
        try Data(input.utf8).write(to: URL(filePath: streams[0]))
        for stream in streams[1...] {
            try Data().write(to: URL(filePath: stream))
        }
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", "set -o pipefail; \(script)"]
        process.currentDirectoryURL = URL(filePath: path)
        process.environment = environment
        process.standardInput = try FileHandle(forReadingFrom: URL(filePath: streams[0]))
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: streams[1]))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: streams[2]))
        try process.run()
        process.waitUntilExit()
        let status =
            process.terminationReason == .uncaughtSignal
            ? 128 + process.terminationStatus : process.terminationStatus
        return Outcome(
            status: status, output: try String(contentsOfFile: streams[1], encoding: .utf8),
            errors: try String(contentsOfFile: streams[2], encoding: .utf8))
    }

    /// Starts the fake RingCentral over the calls and points the settings at it.
    func startRingCentral(_ options: String...) throws -> Fake {
        try startRingCentral(options)
    }

    /// Starts the fake RingCentral with a list of options.
    func startRingCentral(_ options: [String]) throws -> Fake {
        let calls = Workplace.calls.path
        let fake = try Fake(
            "ringcentral.py",
            ["--calls", "\(calls)/calls.ndjson", "--audio", "\(calls)/audio"] + options)
        fakes.append(fake)
        environment["RINGCENTRAL_SERVER_URL"] = fake.url
        environment["RINGCENTRAL_CLIENT_ID"] = "fake-client"
        environment["RINGCENTRAL_CLIENT_SECRET"] = "fake-secret"
        environment["RINGCENTRAL_JWT_TOKEN"] = "fake-jwt"
        return fake
    }

    /// Starts the fake Google Drive and points the settings at it.
    func startDrive(_ options: String...) throws -> Fake {
        let key = "\(path)/service-account.json"
        let fake = try Fake(
            "drive.py", ["--state", "\(path)/drive", "--key-file-out", key] + options)
        fakes.append(fake)
        environment["GOOGLE_API_URL"] = fake.url
        environment["GOOGLE_SERVICE_ACCOUNT_FILE"] = key
        environment["GOOGLE_DRIVE_FOLDER_ID"] = fake.ready["folder"] as? String
        return fake
    }

    /// Starts any fake, which ends with the place; what it is for is for the caller to set.
    func start(_ program: String, _ options: [String]) throws -> Fake {
        let fake = try Fake(program, options)
        fakes.append(fake)
        return fake
    }

    /// Puts a stand-in for whisper.cpp on the PATH, which hears the same in every call at once.
    func startEngine(hearing text: String = "Hello.") throws {
        let program = """
            #!/bin/bash
            while [ $# -gt 0 ]; do
                [ "$1" = -f ] && printf '{"result":{"language":"en"},"transcription":[{"offsets":
                    {"from":0,"to":900},"text":" \(text)"}]}' > "$2.json"
                shift
            done
            """
        try install(engine: program)
    }

    /// Puts the fake of whisper.cpp on the PATH, which hears tones as words.
    func startToneEngine() throws {
        try install(
            engine: """
                #!/bin/bash
                exec python3 -B "\(Workplace.root)/Tests/fakes/whisper_cli.py" "$@"
                """)
    }

    /// Makes a program the whisper.cpp of this place, with models that any stand-in can read.
    private func install(engine program: String) throws {
        let file = "\(path)/bin/whisper-cli"
        for folder in ["bin", "models"] {
            try FileManager.default.createDirectory(
                atPath: "\(path)/\(folder)", withIntermediateDirectories: true)
        }
        // The model that the manuals name.
        try Data("model".utf8).write(to: URL(filePath: "\(path)/models/ggml-small.en.bin"))
        environment["CALLPIPE_MODELS"] = "\(path)/models"
        try Data(program.utf8).write(to: URL(filePath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        try Data("model".utf8).write(to: URL(filePath: "\(path)/ggml-base.en.bin"))
        environment["PATH"] = "\(path)/bin:\(environment["PATH"] ?? "")"
        // The real program may be installed beside the tools.
        environment["PATH_FIRST"] = "1"
        environment["WHISPER_MODEL"] = "\(path)/ggml-base.en.bin"
    }

    /// Ends a fake before the test does.
    func end(_ fake: Fake) { fake.end() }
}

/// One of the programs in `Tests/fakes`, listening on a port that the kernel chose.
final class Fake {
    let url: String
    let ready: [String: Any]
    private let process = Process()
    private let hold = Pipe()

    init(_ program: String, _ options: [String]) throws {
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["python3", "-B", "\(Workplace.root)/Tests/fakes/\(program)", "--until-eof"] + options
        process.standardInput = hold
        process.standardOutput = output
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty,
            byte != Data("\n".utf8)
        {
            line += byte
        }
        let ready = try JSONSerialization.jsonObject(with: line) as? [String: Any]
        self.ready = ready ?? [:]
        url = ready?["url"] as? String ?? ""
    }

    func end() {
        guard process.isRunning else { return }
        try? hold.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Tells it to misbehave.
    func fault(_ json: String) throws {
        _ = try request("faults", body: json)
    }

    /// Turns one of a fake's own controls.
    func control(_ name: String, _ json: String) throws {
        _ = try request(name, body: json)
    }

    /// True when each fault that was ordered has struck: a test that none has hit proves nothing.
    func hasStruck() throws -> Bool {
        let faults = try JSONSerialization.jsonObject(with: request("faults")) as? [[String: Any]]
        return faults?.allSatisfy { ($0["fired"] as? Int ?? 0) > 0 } ?? false
    }

    /// The number of requests that it has seen, such as `content` or `uploads`.
    func count(_ name: String) throws -> Int {
        let counts = try JSONSerialization.jsonObject(with: request("counts")) as? [String: Any]
        return counts?[name] as? Int ?? -1
    }

    /// Requests of a kind, refused and faulted ones among them.
    func operations(_ name: String) throws -> Int {
        let counts = try JSONSerialization.jsonObject(with: request("counts")) as? [String: Any]
        return (counts?["operations"] as? [String: Int])?[name] ?? 0
    }

    /// The files on the fake Drive.
    func files() throws -> [[String: Any]] {
        String(decoding: try request("files"), as: UTF8.self).split(separator: "\n").compactMap {
            (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
        }
    }

    /// Its log, a request a line.
    func log() throws -> String { String(decoding: try request("log"), as: UTF8.self) }

    private func request(_ path: String, body: String? = nil) throws -> Data {
        let curl = Process()
        let output = Pipe()
        curl.executableURL = URL(filePath: "/usr/bin/curl")
        curl.arguments =
            ["-fsS", "\(url)/_control/\(path)"] + (body.map { ["--data-binary", $0] } ?? [])
        curl.standardOutput = output
        try curl.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        curl.waitUntilExit()
        return data
    }
}
