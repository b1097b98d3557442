// SharedOptions: options that mean the same in every tool, and those that the frame itself reads.
public import Records

extension Option where Value == String {
    /// The directory of audio and transcripts.
    public static var data: Option {
        Option<String?>.text(
            "data", "DIR", "keep files below DIR ($CALLPIPE_DATA, default data)",
            or: "CALLPIPE_DATA"
        ).or("data")
    }
}

extension Option where Value == String? {
    /// The checkpoint; the tool knows its default.
    public static var state: Option {
        text(
            "state", "FILE", "use the checkpoint FILE ($CALLPIPE_STATE, default state.db)",
            or: "CALLPIPE_STATE")
    }
    /// The file that gets a line for each request to a service.
    public static var httpLog: Option {
        text(
            "http-log", "FILE", "append a line for each request to FILE ($CALLPIPE_HTTP_LOG)",
            or: "CALLPIPE_HTTP_LOG"
        ).asSetting("CALLPIPE_HTTP_LOG")
    }
    /// The file for lines that are not records.
    public static var rejects: Option {
        text("rejects", "FILE", "append lines that are not records to FILE")
    }
}

extension Option where Value == [TranscriptFormat] {
    /// The files of a transcript that are written; JSON is always one of them.
    public static var transcriptFormats: Option {
        Option<[TranscriptFormat]?>.value(
            "write", "LIST", "the files of a transcript (default json,txt,vtt; also srt and md)",
            or: "CALLPIPE_TRANSCRIPT_FILES",
            needs: "a list of json, txt, vtt, srt and md, such as json,txt",
            parse: TranscriptFormat.list
        ).or(TranscriptFormat.usual)
    }
}

extension Option where Value == Timestamp? {
    /// A day, a time, or a span before now; a day as the end is included.
    public static func moment(
        _ name: String, _ help: String, endingDay: Bool = false
    ) -> Option {
        value(
            name, "WHEN", help, needs: "a date such as 2024-01-15, a time, or a span such as 7d"
        ) { text in
            if let day = Day(text) { return (endingDay ? day.adding(days: 1) : day).start }
            if let time = Timestamp(text) { return time }
            guard text.last?.isLetter == true, let span = TimeSpan.seconds(text) else {
                return nil
            }
            return Timestamp.now.adding(seconds: -span)
        }
    }
}

extension Option where Value == ByteCount {
    /// The room that must stay free on the file system.
    public static var minFree: Option {
        Option<ByteCount?>.size(
            "min-free", "SIZE", "stop while less than SIZE is free, as in 5G ($CALLPIPE_MIN_FREE)",
            or: "CALLPIPE_MIN_FREE"
        ).or(ByteCount(0))
    }
}

extension Option where Value == Int? {
    /// The wait for other processes that write to the checkpoint, in seconds.
    public static var busyTimeout: Option {
        integer(
            "busy-timeout", "SECONDS", "wait at most SECONDS for the checkpoint (default 30)",
            in: 0...86_400)
    }
}

extension Option where Value == Int {
    /// The number of records to read or write.
    public static var limit: Option {
        Option<Int?>.integer("limit", "N", "stop after N records", in: 0...Int.max).or(.max)
    }
}

extension Option where Value == Double? {
    /// The time in seconds for which a claimed record belongs to this run.
    public static var lease: Option {
        time(
            "lease", "TIME", "keep records claimed for TIME after the last mark (default 30m)",
            in: 1...2_592_000, needs: "a time from 1s to 30d")
    }
}

extension Option where Value == Bool {
    /// True when finished work is to be done again.
    public static var force: Option { flag("force", letter: "f", "do it again, even if done") }
    /// True when the tool is to change nothing.
    public static var dryRun: Option {
        flag("dry-run", letter: "n", "show what would be done; change nothing")
    }
}

extension Option where Value == OutputFormat? {
    /// The form of a report.
    public static var format: Option {
        choice("format", "FORMAT", "table or json (default: table on a terminal, else json)")
    }
}

/// The forms of a report.
public enum OutputFormat: String, Sendable, CaseIterable {
    /// Columns for people.
    case table
    /// An object a line for programs.
    case json
}

/// The options that every tool has.
struct CommonOptions: OptionTable {
    let envFile = Option.text(
        "env-file", "FILE", "read settings from FILE (default .env, if it exists)")
    let logFormat = Option.choice(
        "log-format", "FORMAT", "text or json on standard error", of: LogFormat.self)
    let log = Option.text(
        "log", "FILE", "append the messages to FILE as well ($CALLPIPE_LOG)", or: "CALLPIPE_LOG")
    let isQuiet = Option.flag("quiet", letter: "q", "print errors only")
    let isVerbose = Option.flag("verbose", letter: "v", "print more messages")
    let completion = Option.choice(
        "completion", "SHELL", "print the completion for bash, zsh or fish", of: Shell.self)
    let help = Option.flag("help", letter: "h", "print this help")
    let version = Option.flag("version", letter: "V", "print the version")
    var all: [any DeclaredOption] {
        [envFile, logFormat, log, isQuiet, isVerbose, completion, help, version]
    }
}

/// The options that every filter has.
struct FilterOptions: OptionTable {
    let jobs: Option<Int>
    let limit = Option.limit
    let dryRun = Option.dryRun
    let keepsOrder = Option.flag("keep-order", "write records in the order of the input")
    let rejects = Option.rejects
    var all: [any DeclaredOption] { [jobs, limit, dryRun, keepsOrder, rejects] }

    /// - Parameter jobs: The number of records in work at once when the user does not say it.
    init(jobs: Int) {
        self.jobs = Option<Int?>.integer(
            "jobs", letter: "j", "N", "work on N records at once ($MAX_WORKERS)", in: 1...256,
            or: "MAX_WORKERS"
        ).or(jobs)
    }
}

/// The options that every source has.
struct SourceOptions: OptionTable {
    let limit = Option.limit
    let dryRun = Option.dryRun
    var all: [any DeclaredOption] { [limit, dryRun] }
}

/// No options.
struct NoOptions: OptionTable {
    var all: [any DeclaredOption] { [] }
}

/// The options of every tool that works group by group.
struct GroupOptions: OptionTable {
    let limit = Option.limit
    let dryRun = Option.dryRun
    let rejects = Option.rejects
    var all: [any DeclaredOption] { [limit, dryRun, rejects] }
}
