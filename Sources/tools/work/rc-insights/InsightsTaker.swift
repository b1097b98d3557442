// InsightsTaker: puts insights on records, and takes their transcript where that is wanted.
import Files
import Filter
import Records
import RingCentral
import System
import Transcripts

/// Works on records by one account, into one data directory.
struct InsightsTaker: Sendable {
    /// The least share of the recording that a transcript covers without a note.
    private static let usualCoverage = 0.8

    private let account: Account
    private let query: InsightsQuery
    private let directory: DataDirectory
    private let room: FreeSpace
    private let takesTranscript: Bool
    private let formats: [TranscriptFormat]
    private let leavesTranscribed: Bool
    private let isForced: Bool
    private let isDryRun: Bool
    private let observer: Observer

    /// Takes what the options say; nothing is asked yet.
    init(_ options: Options<ToolOptions>) throws {
        query = try InsightsQuery(options)
        account = try Account(options.environment, observer: options.observer)
        directory = try DataDirectory(options.data, isMade: !options.isDryRun)
        room = FreeSpace(directory.path, keeping: options.minFree)
        takesTranscript = options.asTranscript
        formats = options.formats
        leavesTranscribed = options.unlessTranscript
        isForced = options.isForced
        isDryRun = options.isDryRun
        observer = options.observer
    }

    /// Adds `insights`, and `transcript` where it is wanted and whole.
    func take(_ record: inout Record) async throws {
        if leavesTranscribed, (try? record.transcript()) != nil { return }
        let stored = isForced ? nil : Insights(of: record)
        if let stored, query.isAnswered(by: stored, of: record) {
            return try await takeTranscript(of: stored, &record)
        }
        let kept = try kept(of: record)
        if isDryRun {
            let verb = kept == nil ? "ask for" : "take from its files"
            observer(.note("would \(verb) the insights of \(record.id)"))
            return
        }
        try room.check()
        let insights: Insights
        if let kept {
            insights = kept
            observer(.taken)
        } else {
            insights = try await account.insights(of: record, query)
            try await keep(insights, of: record)
        }
        // The transcript comes first: a record with insights is not asked about again.
        try await takeTranscript(of: insights, &record)
        record.set("insights", insights.json)
    }

    /// Writes the insights to the disk before anything else can fail.
    private func keep(_ insights: Insights, of record: Record) async throws {
        // That there are none costs nothing, and may change.
        guard insights.skipped == nil else { return }
        let file = InsightsFile(of: record)
        try await OwnThread.run { [directory] _ in try file.write(insights, into: directory) }
    }

    /// The insights in the files of an earlier run, which was killed before the record was written.
    private func kept(of record: Record) throws -> Insights? {
        guard !isForced, let insights = try InsightsFile(of: record).read(in: directory),
            query.isAnswered(byKept: insights, of: record)
        else { return nil }
        return insights
    }

    private func takeTranscript(
        of insights: Insights, _ record: inout Record
    ) async throws {
        guard insights.skipped == nil, query.asksForTranscript else { return }
        guard let segments = insights.segments(within: record), !segments.isEmpty else {
            if takesTranscript { observer(.note("\(record.id): RingCentral has no transcript")) }
            return
        }
        let coverage = insights.coverage(of: record)
        let isWhole = query.isWhole(insights)
        if let coverage, coverage < Self.usualCoverage || !isWhole {
            let share = Int((coverage * 100).rounded())
            observer(
                .note(
                    "\(record.id): RingCentral's transcript ends after \(share) % of the recording"
                        + (!takesTranscript || isWhole ? "" : " and is not taken")))
        }
        guard takesTranscript, isWhole else { return }
        let files = TranscriptFiles(of: record, formats: formats)
        let key = insights.transcriptKey
        if !isForced, let old = try? record.transcript(), old.key == key {
            let isThere = try await OwnThread.run { [directory] _ in
                try files.hold(old, in: directory)
            }
            if isThere { return }
        }
        if isDryRun {
            observer(.note("would write the transcript of \(record.id)"))
            return
        }
        try room.check()
        let heard = files.transcript(
            segments, language: nil, engine: Insights.engine, model: Insights.model, key: key,
            provenance: insights.provenance)
        let seconds = insights.seconds ?? record.number("duration")
        let transcript = try await OwnThread.run { [directory, id = record.id] _ in
            try files.write(heard, id: id, seconds: seconds, into: directory)
        }
        record.set("transcript", to: transcript)
    }
}

extension InsightsQuery {
    /// Reads the options; a wrong one is wrong usage.
    init(_ options: Options<ToolOptions>) throws {
        self.init()
        domain = options.domain ?? domain
        isBySession = options.by == .session
        types = options.types
        wait = options.wait ?? wait
        minimumCoverage = options.minCoverage ?? minimumCoverage
        if options.asTranscript, !asksForTranscript {
            throw UsageError("option --as-transcript needs Transcript among --types")
        }
    }

    /// The types of a list such as `Transcript,Summary`.
    static func types(_ list: String) throws(UsageError) -> [InsightType] {
        try list.split(separator: ",", omittingEmptySubsequences: false).map {
            name throws(UsageError) in
            if let type = InsightType(anySpelling: String(name)) { return type }
            let known = Phrase.either(InsightType.allCases.map(\.rawValue))
            throw UsageError("option --types needs a list of \(known), not \"\(name)\"")
        }
    }
}
