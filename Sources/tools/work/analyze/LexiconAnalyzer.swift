// LexiconAnalyzer: the mood of the calls by a list of words.
import Analysis
import Filter
import Records
import System

/// Adds the sentiment of a lexicon to records.
struct LexiconAnalyzer: Sendable {
    private let lexicon: Lexicon
    private let isForced: Bool
    private let isDryRun: Bool
    private let observer: Observer

    /// Reads the options and the lexicon.
    init(_ options: Options<ToolOptions>) throws {
        try options.refuse(options.table.ofChat, "with --engine lexicon")
        if options.isGiven(options.table.tasks), options.tasks != [.sentiment] {
            throw UsageError("engine lexicon knows --task sentiment only")
        }
        let installed =
            "\(OwnProgram.directory)/../share/callpipe/lexicon/vader_lexicon.txt"
        lexicon = try Lexicon(path: options.lexicon ?? installed)
        isForced = options.isForced
        isDryRun = options.isDryRun
        observer = options.observer
    }

    /// Adds `analysis.sentiment`, unless it is there already.
    func analyze(_ record: inout Record) throws {
        let conversation = try Conversation(of: record)
        guard !conversation.isEmpty else { return record.skipAnalysis() }
        let key = record.raw(at: ["analysis", "sentiment", "key"])
            .flatMap { JSON.raw($0).decoded(as: String.self) }
        if !isForced, key == lexicon.key(conversation) { return }
        if isDryRun { return observer(.note("would look up the words of \(record.id)")) }
        record.remove("analysis", "skipped")
        try record.set("analysis", "sentiment", lexicon.result(conversation))
    }
}
