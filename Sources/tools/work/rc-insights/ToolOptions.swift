// ToolOptions: the options of rc-insights.
import Filter
import RingCentral

struct ToolOptions: OptionTable {
    enum Subject: String, CaseIterable {
        case recording, session
    }

    let by = Option.choice(
        "by", "WHAT", "recording, or session for whole conversations", of: Subject.self)
    let types = Option.value(
        "types", "LIST", "only these, as in Transcript,Summary (default all)", needs: "a list"
    ) { try InsightsQuery.types($0) }.or([])
    let domain = Option.value(
        "domain", "NAME", "pbx, rcv, rcx, nice-incontact or ms-teams (default pbx)",
        needs: Phrase.either(InsightsQuery.domains), choices: InsightsQuery.domains
    ) { InsightsQuery.domains.contains($0) ? $0 : nil }
    let asTranscript = Option.flag("as-transcript", "use the transcript as the record's own")
    let minCoverage = Option.number(
        "min-coverage", "SHARE", "only a transcript that covers this share, from 0 to 1",
        in: 0...1, needs: "a number from 0 to 1")
    let unlessTranscript = Option.flag("unless-transcript", "skip records with a transcript")
    let wait = Option.time(
        "wait", "TIME", "expect late insights until TIME after the call (default 60m)",
        in: 0...36_500 * 86_400)
    let formats = Option.transcriptFormats
    let data = Option.data
    let minFree = Option.minFree
    let isForced = Option.force
    let httpLog = Option.httpLog
    var all: [any DeclaredOption] {
        [
            by, types, domain, asTranscript, minCoverage, unlessTranscript, wait, formats, data,
            minFree, isForced, httpLog,
        ]
    }
}
