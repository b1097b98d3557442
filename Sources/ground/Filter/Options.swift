// Options: what a tool is told, by option, environment and env-file, in this order of authority.
public import Records

/// The settings of one run.
public struct Options: Sendable {
    /// Words that are no options.
    public let operands: [String]
    /// Settings by name: the process environment over the env-file.
    public let environment: Environment
    /// Where engines tell what they do.
    public let observer: Observer
    private let arguments: Arguments

    init(_ arguments: Arguments, _ environment: Environment, _ observer: @escaping Observer) {
        self.arguments = arguments
        self.environment = environment
        self.observer = observer
        operands = arguments.operands
    }

    /// The value of an option, if it was given.
    public func string(_ name: String) -> String? { arguments.values[name] }

    /// The values of an option that may be given several times.
    public func strings(_ name: String) -> [String] { arguments.lists[name] ?? [] }

    /// Whether an option was given.
    public func flag(_ name: String) -> Bool { arguments.values[name] != nil }

    /// A whole number within a range, or a failure that names the option.
    ///
    /// - Throws: ``UsageError``.
    public func integer(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = string(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let bound =
                range.upperBound == .max
                ? "of at least \(range.lowerBound)"
                : "from \(range.lowerBound) to \(range.upperBound)"
            throw UsageError("option --\(name) needs a whole number \(bound), not \"\(text)\"")
        }
        return number
    }

    /// A span such as `60s`, `5m`, `2h` or `7d` in seconds; a number alone is seconds.
    ///
    /// - Throws: ``UsageError``.
    public func seconds(_ name: String) throws(UsageError) -> Double? {
        guard let text = string(name) else { return nil }
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let unit = text.last.flatMap { units[$0] }
        let number = unit == nil ? text[...] : text.dropLast()
        guard let value = Double(number), value >= 0, value <= 1e9 else {
            throw UsageError("option --\(name) needs a time such as 60s or 5m, not \"\(text)\"")
        }
        return value * (unit ?? 1)
    }

    /// What has to stay free where files are written: `--min-free`, `$CALLPIPE_MIN_FREE`, else 0.
    public var minFree: ByteCount {
        get throws {
            if let text = string("min-free") {
                if let size = ByteCount(text) { return size }
                throw UsageError("option --min-free needs a size such as 5G, not \"\(text)\"")
            }
            guard let text = environment.value("CALLPIPE_MIN_FREE") else { return ByteCount(0) }
            if let size = ByteCount(text) { return size }
            throw Failure(
                .stop, .configuration, "use CALLPIPE_MIN_FREE: it is not a size",
                remedy: "set it to a size such as 5G, or leave it out")
        }
    }

    /// Whether the tool is only to say what it would do.
    public var isDryRun: Bool { flag("dry-run") }
    /// Whether the tool is to do again what is done.
    public var isForced: Bool { flag("force") }
    /// Whether the tool is to say nothing but errors.
    public var isQuiet: Bool { flag("quiet") }
    /// The directory under which files go.
    public var dataPath: String { string("data") ?? environment.value("CALLPIPE_DATA") ?? "data" }
    /// The checkpoint as `--state` or `$CALLPIPE_STATE` names it.
    public var statePath: String? { string("state") ?? environment.value("CALLPIPE_STATE") }

    /// How many seconds to wait while others commit, if it is said.
    public func busyTimeout() throws(UsageError) -> Int? {
        try integer("busy-timeout", in: 0...86_400)
    }

    /// How many seconds a lease lasts, if it is said: from a second to thirty days.
    public func lease() throws(UsageError) -> Double? {
        guard let seconds = try seconds("lease") else { return nil }
        guard (1...2_592_000).contains(seconds) else {
            throw UsageError("option --lease needs a time from 1s to 30d")
        }
        return seconds
    }

    /// How many records to work on at once: `--jobs`, `$MAX_WORKERS`, else what the tool likes.
    func jobs(default usual: Int) throws -> Int {
        if let jobs = try integer("jobs", in: 1...256) { return jobs }
        guard let text = environment.value("MAX_WORKERS") else { return usual }
        guard let jobs = Int(text), (1...256).contains(jobs) else {
            throw Failure(
                .stop, .configuration, "use MAX_WORKERS: it is not a whole number from 1 to 256",
                remedy: "set it to such a number, or leave it out")
        }
        return jobs
    }

    func limit() throws(UsageError) -> Int { try integer("limit", in: 0...Int.max) ?? .max }
}
