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

/// A C library as Debian ships it; exactly one module imports it.
func fence(_ name: String, _ pkgConfig: String? = nil) -> Target {
    .systemLibrary(name: name, path: "Sources/fences/\(name)", pkgConfig: pkgConfig)
}

/// A module of the row, such as `ground` or `services/phone`.
func library(_ row: String, _ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(row)/\(name)",
        swiftSettings: strict)
}

/// A program of the family: every one reads options and records by `Filter`.
func tool(_ family: String, _ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: ["Filter", "Records", "System"] + dependencies,
        path: "Sources/tools/\(family)/\(name)", swiftSettings: strict)
}

/// The unit tests of the module, below Tests/units unless the path says otherwise.
func tests(
    _ name: String, _ dependencies: [Target.Dependency], path: String? = nil,
    exclude: [String] = []
) -> Target {
    .testTarget(
        name: name, dependencies: ["TestSupport"] + dependencies,
        path: path ?? "Tests/units/\(name)", exclude: exclude, swiftSettings: strict)
}

/// A program that only tests run.
func testProgram(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Tests/Support/\(name)",
        swiftSettings: strict)
}

let package = Package(
    name: "callpipe",
    targets: [
        // fences
        fence("CCurl", "libcurl"),
        fence("CSQLite", "sqlite3"),
        fence("CFFmpeg", "libavformat"),
        fence("CCrypto", "libcrypto"),
        fence("CSeccomp", "libseccomp"),
        fence("CZlib", "zlib"),
        fence("CPCRE2", "libpcre2-8"),
        fence("CCSV"),
        .target(
            name: "CSimdjson", path: "Sources/fences/CSimdjson",
            cxxSettings: [.define("NDEBUG", .when(configuration: .release))],
            linkerSettings: [.linkedLibrary("simdjson")]),
        .target(name: "CSpawn", path: "Sources/fences/CSpawn"),

        // ground: each may use those before it
        library("ground", "System", ["CSpawn"]),
        library("ground", "Crypto", ["CCrypto"]),
        library("ground", "Gzip", ["CZlib"]),
        library("ground", "DecodeWire"),
        library("ground", "Records", ["CSimdjson", "System"]),
        library("ground", "Zones", ["Records", "System"]),
        library("ground", "Files", ["Crypto", "Records", "System"]),
        library("ground", "Filter", ["Records", "System"]),

        // engines
        library("engines", "HTTP", ["CCurl", "Crypto", "Files", "Records", "System"]),
        library("engines", "Audio", ["DecodeWire", "Records", "System"]),
        library("engines", "Decoding", ["CFFmpeg", "CSeccomp", "DecodeWire", "System"]),
        library("engines", "Analysis", ["Crypto", "Records", "System"]),
        library("engines", "Documents"),
        library("engines", "Money", ["Records"]),
        library("engines", "Measures", ["Records"]),
        library("engines", "Patterns", ["CPCRE2"]),
        library("engines", "Rules", ["Crypto", "Patterns", "Records", "System"]),
        library(
            "engines", "Transcripts", ["Crypto", "Documents", "Files", "Records", "System"]),
        library(
            "engines", "Redaction",
            ["Crypto", "Files", "Patterns", "Records", "System", "Transcripts"]),
        library("engines", "Speech", ["Crypto", "Files", "Records", "System"]),
        library("engines", "Tables", ["CCSV", "Files", "Records", "System"]),
        library("engines", "Links", ["Records", "Tables", "Zones"]),
        library("engines", "Comparison", ["Records", "System"]),
        library("engines", "Muting", ["Audio", "Files", "Records", "Redaction", "System"]),
        library("engines", "SpeechReplies", ["Records", "Speech"]),
        library("engines", "Stitching", ["Crypto", "Files", "Formats", "Records"]),
        library(
            "engines", "Formats",
            [
                "Crypto", "Files", "Records", "Speech", "SpeechReplies", "System", "Transcripts",
            ]),
        library("engines/checkpoint", "CheckpointSchema", ["Records"]),
        library(
            "engines/checkpoint", "Checkpoint",
            ["CheckpointSchema", "CSQLite", "Crypto", "Files", "Records", "System"]),
        library("engines/checkpoint", "CheckpointSchedule", ["Checkpoint", "Records"]),
        library("engines/checkpoint", "CheckpointPeriods", ["Checkpoint", "Records"]),
        library(
            "engines/checkpoint", "CheckpointReports",
            ["CheckpointSchema", "Checkpoint", "Records", "System"]),
        library(
            "engines/checkpoint", "CheckpointBackup",
            ["CheckpointSchema", "Checkpoint", "Crypto", "Files", "Gzip", "Records", "System"]),
        library(
            "engines/checkpoint", "CheckpointRetention",
            ["Checkpoint", "CheckpointReports", "Crypto", "Files", "Records"]),
        library(
            "engines/checkpoint", "CheckpointMerge",
            ["CheckpointSchema", "Checkpoint", "Files", "Records", "System"]),
        library("engines/checkpoint", "CheckpointSearch", ["Checkpoint", "Records"]),
        library(
            "engines/checkpoint", "CheckpointCheck",
            [
                "CheckpointSchema", "Checkpoint", "CheckpointReports", "CheckpointSchedule",
                "Records", "System",
            ]),
        library(
            "engines/checkpoint", "CheckpointFigures",
            ["CheckpointSchema", "Checkpoint", "CheckpointReports", "Files", "Records", "System"]),
        library(
            "engines/checkpoint", "CheckpointAccess", ["Checkpoint", "Crypto", "Records"]),
        library(
            "engines/checkpoint", "CheckpointPages",
            [
                "CheckpointSchema", "Checkpoint", "CheckpointFigures", "CheckpointReports",
                "Records",
            ]),
        library("engines/web", "CGI", ["Crypto", "Records", "System"]),
        library("engines/watch", "Checks", ["Records"]),
        library("engines/watch", "Machine", ["Records", "System"]),
        library(
            "engines/watch", "Health",
            [
                "Checkpoint", "CheckpointFigures", "CheckpointReports", "Checks", "Machine",
                "Records", "System",
            ]),
        library(
            "engines/web", "Dashboard",
            [
                "Checkpoint", "CheckpointFigures", "CheckpointPages", "Checks", "Crypto",
                "Documents", "Health", "Records",
            ]),
        library(
            "engines/web", "API",
            [
                "CGI", "Checkpoint", "CheckpointAccess", "CheckpointPages", "CheckpointReports",
                "CheckpointSearch", "Checks", "Crypto", "Dashboard", "Files", "Health", "Metrics",
                "Records", "System",
            ]),
        library(
            "engines/watch", "Diagnosis",
            [
                "Checkpoint", "CheckpointCheck", "CheckpointReports", "Checks", "Health", "Machine",
                "Records", "System",
            ]),
        library(
            "engines/watch", "Metrics",
            [
                "Checkpoint", "CheckpointFigures", "CheckpointReports", "Checks", "Diagnosis",
                "Health", "Machine", "Records", "System",
            ]),
        library("engines/watch", "Alerts", ["Checkpoint", "Records", "System"]),

        // services
        library(
            "services/phone", "RingCentral", ["Crypto", "Files", "HTTP", "Records", "System"]),
        library(
            "services/phone", "RecordingFolder",
            ["Crypto", "Files", "Records", "System", "Zones"]),
        library(
            "services/store", "GoogleDrive", ["Crypto", "Files", "HTTP", "Records", "System"]),
        library(
            "services/speech", "SpeechService",
            ["HTTP", "Records", "Speech", "SpeechReplies", "System"]),
        library(
            "services/speech", "OpenAI",
            ["HTTP", "Records", "Speech", "SpeechReplies", "SpeechService", "System"]),
        library(
            "services/speech", "Deepgram",
            ["HTTP", "Records", "Speech", "SpeechReplies", "SpeechService", "System"]),
        library(
            "services/speech", "WhisperX",
            ["HTTP", "Records", "Speech", "SpeechReplies", "SpeechService", "System"]),
        library(
            "services/speech", "SpeechPrograms",
            [
                "HTTP", "OpenAI", "Records", "Speech", "SpeechReplies", "SpeechService", "System",
            ]),

        library("services/language", "Chat", ["Analysis", "HTTP", "Records", "System"]),

        library("services/alert", "AlertService", ["HTTP", "Records", "System"]),
        library("services/alert", "Alertmanager", ["AlertService", "HTTP", "Records"]),
        library("services/alert", "Healthchecks", ["AlertService", "HTTP", "Records"]),
        library("services/alert", "Mail", ["AlertService", "HTTP", "Records", "System"]),
        library("services/alert", "Ntfy", ["AlertService", "HTTP", "Records"]),
        library("services/alert", "PagerDuty", ["AlertService", "HTTP", "Records"]),
        library("services/alert", "SendGrid", ["AlertService", "HTTP", "Mail", "Records"]),
        library("services/alert", "Slack", ["AlertService", "HTTP", "Records"]),
        library("services/alert", "Teams", ["AlertService", "HTTP", "Records"]),
        library("services/alert", "Webhook", ["AlertService", "Crypto", "HTTP", "Records"]),

        // tools
        tool("list", "dir-list", ["Files", "RecordingFolder", "Zones"]),
        tool("list", "rc-list", ["RingCentral"]),
        tool("work", "rc-fetch", ["Audio", "Files", "RingCentral"]),
        tool("work", "rc-insights", ["Files", "RingCentral", "Transcripts"]),
        tool(
            "work", "transcribe",
            [
                "Audio", "Crypto", "Deepgram", "Files", "Money", "OpenAI", "Speech",
                "SpeechPrograms", "Transcripts", "WhisperX",
            ]),
        tool("work", "analyze", ["Analysis", "Chat", "Files", "Money"]),
        tool("work", "call-rules", ["Rules"]),
        tool("work", "transcript-convert", ["Files", "Formats"]),
        tool("work", "call-stitch", ["Files", "Formats", "Stitching", "Transcripts"]),
        tool("work", "call-measure", ["Checkpoint", "Files", "Measures", "Transcripts"]),
        tool("work", "call-link", ["Links", "Zones"]),
        tool("work", "transcript-compare", ["Comparison"]),
        tool("work", "redact", ["Audio", "Files", "Muting", "Redaction"]),
        tool("store", "drive-reserve", ["Files", "GoogleDrive"]),
        tool("store", "drive-upload", ["Files", "GoogleDrive"]),
        tool("store", "drive-delete", ["Files", "GoogleDrive"]),
        tool("state", "state-audit", ["Checkpoint", "CheckpointReports"]),
        tool("state", "state-backup", ["Checkpoint", "CheckpointBackup", "Files"]),
        tool("state", "state-check", ["Checkpoint", "CheckpointCheck"]),
        tool("state", "state-erase", ["Checkpoint", "CheckpointRetention", "Files"]),
        tool("state", "state-errors", ["Checkpoint", "CheckpointReports"]),
        tool("state", "state-gaps", ["Checkpoint", "CheckpointReports"]),
        tool("state", "state-hold", ["Checkpoint", "CheckpointRetention"]),
        tool("state", "state-listed", ["Checkpoint", "CheckpointSchedule"]),
        tool("state", "state-mark", ["Checkpoint"]),
        tool("state", "state-merge", ["Checkpoint", "CheckpointMerge"]),
        tool("state", "state-next", ["Checkpoint", "CheckpointSchedule"]),
        tool("state", "state-prune", ["Checkpoint", "CheckpointRetention", "Files"]),
        tool("state", "state-restore", ["Checkpoint", "CheckpointBackup", "Files"]),
        tool("state", "state-retry", ["Checkpoint", "CheckpointSchedule"]),
        tool("state", "state-run", ["Checkpoint"]),
        tool("state", "state-search", ["Checkpoint", "CheckpointSearch"]),
        tool("state", "state-show", ["Checkpoint", "CheckpointReports"]),
        tool(
            "state", "state-summary", ["Checkpoint", "CheckpointFigures", "CheckpointReports"]),
        tool("state", "state-todo", ["Checkpoint"]),
        tool(
            "operate", "call-alert",
            [
                "AlertService", "Alertmanager", "Alerts", "Checkpoint", "Files", "HTTP",
                "Healthchecks", "Mail", "Ntfy", "PagerDuty", "SendGrid", "Slack", "Teams",
                "Webhook",
            ]),
        tool(
            "operate", "call-doctor",
            [
                "Checkpoint", "CheckpointFigures", "Checks", "Crypto", "Diagnosis", "Files",
                "GoogleDrive", "HTTP", "Health", "RingCentral",
            ]),
        tool("operate", "call-health", ["Checks", "Health"]),
        tool("operate", "call-metrics", ["Files", "Health", "Metrics"]),
        tool("operate", "call-status", ["Health"]),
        tool("operate", "call-report", ["Checkpoint", "CheckpointPeriods", "Documents"]),
        tool("web", "callpipe.cgi", ["API", "CGI"]),
        tool("web", "call-token", ["Checkpoint", "CheckpointAccess"]),
        .executableTarget(
            name: "callpipe-decode", dependencies: ["Decoding", "System"],
            path: "Sources/tools/inner/callpipe-decode", swiftSettings: strict),

        // tests
        .target(
            name: "TestSupport", path: "Tests/Support/TestSupport", swiftSettings: strict),
        .target(
            name: "TestSound", dependencies: ["Records", "Speech"],
            path: "Tests/Support/TestSound", swiftSettings: strict),
        testProgram("FilterTool", ["Filter", "Records", "System"]),
        testProgram("AudioTool", ["Audio", "Records"]),
        testProgram("MigrationTool", ["Checkpoint", "CheckpointSupport"]),
        tests(
            "AlertServiceTests", ["AlertService", "HTTP", "Mail", "Records", "Slack", "Webhook"]),
        tests("AnalysisTests", ["Analysis", "Records"]),
        tests("AudioTests", ["Audio", "DecodeWire", "Records"], exclude: ["liar.py"]),
        .target(
            name: "CheckpointSupport",
            dependencies: [
                "Checkpoint", "CheckpointSchedule", "CheckpointSchema", "Records", "TestSupport",
            ],
            path: "Tests/Support/CheckpointSupport", swiftSettings: strict),
        tests(
            "CheckpointTests",
            [
                "CheckpointSchema", "Checkpoint", "CheckpointSchedule", "CheckpointSupport",
                "Files", "Records", "System",
            ]),
        tests(
            "CheckpointScheduleTests",
            ["Checkpoint", "CheckpointSchedule", "CheckpointSupport", "Records"]),
        tests(
            "CheckpointReportsTests",
            ["Checkpoint", "CheckpointReports", "CheckpointSupport", "Records"]),
        tests(
            "CheckpointBackupTests",
            ["CheckpointSchema", "Checkpoint", "CheckpointBackup", "CheckpointSupport", "Records"]),
        tests(
            "CheckpointRetentionTests",
            [
                "Checkpoint", "CheckpointReports", "CheckpointRetention", "CheckpointSupport",
                "Crypto", "Files", "Records",
            ]),
        tests(
            "CheckpointSearchTests",
            [
                "CheckpointSchema", "Checkpoint", "CheckpointMerge", "CheckpointRetention",
                "CheckpointSearch",
                "CheckpointSupport", "Files", "Records",
            ]),
        tests(
            "CheckpointMergeTests",
            [
                "CheckpointSchema", "Checkpoint", "CheckpointCheck", "CheckpointMerge",
                "CheckpointRetention",
                "CheckpointSupport", "Files", "Records",
            ]),
        tests(
            "CheckpointCheckTests",
            [
                "Checkpoint", "CheckpointCheck", "CheckpointReports", "CheckpointRetention",
                "CheckpointSupport", "Files", "Records",
            ]),
        tests(
            "CheckpointFiguresTests",
            [
                "Checkpoint", "CheckpointFigures", "CheckpointSchema", "CheckpointSupport",
                "Records",
            ]),
        tests(
            "CheckpointPeriodsTests",
            ["Checkpoint", "CheckpointPeriods", "CheckpointSupport", "Records"]),
        tests("ChatTests", ["Analysis", "Chat", "HTTP", "Records"]),
        tests("CGITests", ["CGI"]),
        tests("APITests", ["API", "CGI", "CheckpointAccess", "CheckpointSupport", "Records"]),
        tests(
            "CheckpointAccessTests",
            ["Checkpoint", "CheckpointAccess", "CheckpointSupport", "Records"]),
        tests("CryptoTests", ["Crypto"]),
        tests("DeepgramTests", ["Deepgram", "HTTP", "Records", "Speech", "SpeechReplies"]),
        tests("DocumentsTests", ["Documents"]),
        tests("FilesTests", ["Crypto", "Files", "Records", "System"]),
        tests("FilterTests", ["Filter", "FilterTool", "Records", "System"]),
        tests("FormatsTests", ["Files", "Formats", "Records"]),
        tests("GoogleDriveTests", ["Crypto", "Files", "GoogleDrive", "HTTP", "Records"]),
        tests("GzipTests", ["Gzip"]),
        tests("HTTPTests", ["Crypto", "Files", "HTTP", "Records"], exclude: ["server.py"]),
        tests("OpenAITests", ["HTTP", "OpenAI", "Records", "Speech", "SpeechService"]),
        tests(
            "RecordingFolderTests", ["Files", "RecordingFolder", "Records", "Zones"]),
        tests("PatternsTests", ["Patterns"]),
        tests("RecordsTests", ["Records", "System"]),
        tests("ComparisonTests", ["Comparison", "Records"]),
        tests("LinksTests", ["Links", "Records", "Tables", "Zones"]),
        tests("RedactionTests", ["Files", "Records", "Redaction"]),
        tests("RulesTests", ["Records", "Rules"]),
        tests("RingCentralTests", ["Records", "RingCentral"]),
        tests(
            "SpeechProgramsTests",
            [
                "HTTP", "Records", "Speech", "SpeechPrograms", "SpeechReplies", "SpeechService",
                "System", "TestSound",
            ]),
        tests(
            "SpeechServiceTests",
            ["HTTP", "Records", "Speech", "SpeechReplies", "SpeechService"]),
        tests("SpeechTests", ["Files", "Records", "Speech", "System", "TestSound"]),
        tests("SystemTests", ["System"]),
        tests("MeasuresTests", ["Measures", "Records"]),
        tests("TranscriptsTests", ["Files", "Records", "Transcripts"]),
        tests(
            "WatchTests",
            [
                "Checkpoint", "CheckpointFigures", "CheckpointSupport", "Checks", "Diagnosis",
                "Health", "Machine", "Metrics", "Records",
            ]),
        tests("WhisperXTests", ["HTTP", "Records", "Speech", "WhisperX"]),
        tests("ZonesTests", ["Records", "Zones"]),
        tests("PipelineTests", [], path: "Tests/pipeline"),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
