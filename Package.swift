// swift-tools-version: 6.2
// callpipe: one executable per tool over engines that are split by C library, so that a program
// loads only what it uses (a state-* tool no libcurl, none but callpipe-decode FFmpeg).
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
]

/// A C library as Debian ships it; imported by exactly one target.
func fence(_ name: String, _ pkgConfig: String) -> Target {
    .systemLibrary(name: name, path: "Sources/\(name)", pkgConfig: pkgConfig)
}

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tool(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: ["Filter", "Records"] + dependencies, swiftSettings: strict)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "callpipe",
    targets: [
        // fences
        fence("CCurl", "libcurl"),
        fence("CSQLite", "sqlite3"),
        fence("CFFmpeg", "libavformat"),
        fence("CCrypto", "libcrypto"),
        fence("CPocketSphinx", "pocketsphinx"),
        fence("CSeccomp", "libseccomp"),
        fence("CZlib", "zlib"),
        .target(
            name: "CSimdjson",
            cxxSettings: [.define("NDEBUG", .when(configuration: .release))],
            linkerSettings: [.linkedLibrary("simdjson")]),
        .target(name: "CSpawn"),

        // ground
        library("Records", ["CSimdjson"]),
        library("Crypto", ["CCrypto", "Records"]),
        library("Files", ["Crypto", "Records"]),
        library("Filter", ["Records"]),
        library("Gzip", ["CZlib"]),
        library("DecodeWire"),

        // engines
        library("HTTP", ["CCurl", "Crypto", "Files", "Records"]),
        library("Checkpoint", ["CSQLite", "Crypto", "Files", "Gzip", "Records"]),
        library("Audio", ["DecodeWire", "Records"]),
        library("Decoding", ["CFFmpeg", "CSeccomp", "DecodeWire"]),
        library("Transcripts", ["Crypto", "Files", "Records"]),
        library("Speech", ["CPocketSphinx", "CSpawn", "Crypto", "Files", "Records"]),

        // services
        library("RingCentral", ["Crypto", "Files", "HTTP", "Records"]),
        library("GoogleDrive", ["Crypto", "Files", "HTTP", "Records"]),
        library("SpeechServices", ["HTTP", "Records", "Speech"]),

        // tools
        tool("rc-list", ["RingCentral"]),
        tool("rc-fetch", ["Audio", "Files", "RingCentral"]),
        tool("rc-insights", ["Files", "RingCentral", "Transcripts"]),
        tool(
            "transcribe",
            ["Audio", "Crypto", "Files", "Speech", "SpeechServices", "Transcripts"]),
        .executableTarget(
            name: "callpipe-decode", dependencies: ["Decoding"], swiftSettings: strict),
        tool("drive-reserve", ["Files", "GoogleDrive"]),
        tool("drive-delete", ["Files", "GoogleDrive"]),
        tool("drive-upload", ["Files", "GoogleDrive"]),
        tool("state-next", ["Checkpoint"]),
        tool("state-retry", ["Checkpoint"]),
        tool("state-run", ["Checkpoint"]),
        tool("state-todo", ["Checkpoint"]),
        tool("state-mark", ["Checkpoint"]),
        tool("state-show", ["Checkpoint"]),
        tool("state-summary", ["Checkpoint"]),
        tool("state-backup", ["Checkpoint", "Files"]),
        tool("state-gaps", ["Checkpoint"]),
        tool("state-merge", ["Checkpoint"]),
        tool("state-restore", ["Checkpoint", "Files"]),
        tool("state-check", ["Checkpoint"]),
        tool("dir-list", ["Files"]),
        tool("state-audit", ["Checkpoint"]),
        tool("state-erase", ["Checkpoint", "Files"]),
        tool("state-hold", ["Checkpoint"]),
        tool("state-prune", ["Checkpoint", "Files"]),

        // tests
        .executableTarget(
            name: "FilterTool", dependencies: ["Filter", "Records"], path: "Tests/FilterTool",
            swiftSettings: strict),
        .executableTarget(
            name: "AudioTool", dependencies: ["Audio", "Records"], path: "Tests/AudioTool",
            swiftSettings: strict),
        tests("AudioTests", ["Audio", "DecodeWire", "Records"], exclude: ["liar.py"]),
        tests(
            "CheckpointTests", ["Checkpoint", "Crypto", "Files", "Records"],
            exclude: ["v1.sql", "v2.sql"]),
        tests("CryptoTests", ["Crypto", "Records"]),
        tests("FilesTests", ["Crypto", "Files", "Records"]),
        tests("FilterTests", ["Filter", "FilterTool", "Records"]),
        tests("GoogleDriveTests", ["Crypto", "Files", "GoogleDrive", "HTTP", "Records"]),
        tests("GzipTests", ["Gzip"]),
        tests("HTTPTests", ["Crypto", "Files", "HTTP", "Records"], exclude: ["server.py"]),
        tests("PipelineTests", []),
        tests("RecordsTests", ["Records"]),
        tests("RingCentralTests", ["Records", "RingCentral"]),
        tests("SpeechServicesTests", ["HTTP", "Records", "Speech", "SpeechServices"]),
        tests("SpeechTests", ["Files", "Records", "Speech"]),
        tests("TranscriptsTests", ["Files", "Records", "Transcripts"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
