// ToolOptions: the options of redact, and what they ask for.
import Audio
import Files
import Filter
import Muting
import Records
import Redaction

struct ToolOptions: OptionTable {
    private static let kinds = RedactionKind.allCases.map(\.rawValue)

    let only = Option.value(
        "only", "KINDS", "only these of \(kinds.joined(separator: " ")), with commas",
        needs: "a list of \(Phrase.either(kinds))"
    ) { list -> Set<RedactionKind>? in
        let kinds = list.split(separator: ",", omittingEmptySubsequences: false)
            .map { RedactionKind(rawValue: String($0)) }
        return kinds.contains(nil) ? nil : Set(kinds.compactMap { $0 })
    }.or(Set(RedactionKind.allCases))
    let keepLast = Option.integer(
        "keep-last", "N", "leave the last N digits of a number, up to 4", in: 0...4
    ).or(0)
    let audio = Option.flag("audio", "make the same silent in a copy of the recording")
    let replace = Option.flag("replace", "with --audio, remove the recording behind the copy")
    let data = Option.data
    let minFree = Option.minFree
    var all: [any DeclaredOption] { [only, keepLast, audio, replace, data, minFree] }
}

extension RecordRedaction {
    /// Reads the options.
    init(_ options: Options<ToolOptions>) throws {
        if options.replace, !options.audio { throw UsageError("option --replace needs --audio") }
        let directory = try DataDirectory(options.data, isMade: false)
        let muting = Muting(
            in: directory, room: FreeSpace(directory.path, keeping: options.minFree))
        if options.audio { Audio.report(to: options.observer) }
        let (isMuting, replaces) = (options.audio, options.replace)
        let mute: RecordRedaction.Mute = { record, stretches, copy in
            try muting.copy(record, stretches, copy)
        }
        self.init(
            Redactor(kinds: options.only, keptDigits: options.keepLast), in: directory,
            mute: isMuting ? mute : nil,
            removeOriginal: { copy in replaces ? try muting.removeOriginal(of: copy) : false },
            observer: options.observer)
    }
}
