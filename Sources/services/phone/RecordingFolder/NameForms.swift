// NameForms: all the patterns that the names in a folder may have.

/// Reads the names of files, by patterns of the user's own or those of known recorders.
public struct NameForms: Sendable {
    private enum Form: Sendable {
        /// Names with their ending, such as {from}_{start}.wav.
        case whole(NamePattern)
        /// Names without their ending, which has to be that of a recording.
        case stems([NamePattern])
    }

    private let forms: [Form]
    /// The members of the JSON files that these recorders write beside their recordings.
    let members: [SidecarMap.Entry]

    /// The names of the recorders that are known.
    public static var recorders: [String] { Recorder.all.map(\.name) }

    /// Reads patterns, each with fields in braces or the name of a recorder.
    ///
    /// - Throws: ``PatternError``.
    public init(_ patterns: [String]) throws(PatternError) {
        var forms: [Form] = []
        var members: [SidecarMap.Entry] = []
        for pattern in patterns {
            if pattern.contains("{") {
                forms.append(.whole(try NamePattern(pattern)))
            } else if let recorder = Recorder.named(pattern) {
                var stems: [NamePattern] = []
                for form in recorder.forms { stems.append(try NamePattern(form)) }
                forms.append(.stems(stems))
                members += recorder.members
            } else {
                let known = NameForms.recorders.joined(separator: ", ")
                throw PatternError(
                    message: "needs a pattern with fields such as {from}, or one of \(known)")
            }
        }
        self.forms = forms
        self.members = members
    }

    /// True when one of the patterns says which recording it is.
    public var hasID: Bool {
        forms.contains {
            switch $0 {
            case .whole(let pattern): pattern.has(.id, .uniqueid)
            case .stems(let patterns): patterns.contains { $0.has(.id, .uniqueid) }
            }
        }
    }

    /// The facts in a name; `nil` when it is of none of the patterns.
    func facts(of name: FileName) -> CallFacts? {
        // The mark of a copy is no part of a field, unless a pattern has a place for it.
        name.original.flatMap(read) ?? read(name)
    }

    private func read(_ name: FileName) -> CallFacts? {
        for form in forms {
            switch form {
            case .whole(let pattern):
                let text = pattern.hasDirectories ? name.path : name.base
                // A pattern without an ending is for names with any.
                if pattern.endsWithField, name.isRecording,
                    let facts = NameForms.facts(pattern, Array(text.dropLast(name.endingLength)))
                {
                    return facts
                }
                if let facts = NameForms.facts(pattern, text) { return facts }
            case .stems(let patterns):
                guard name.isRecording else { continue }
                let stem = Array(name.base.dropLast(name.endingLength))
                for strictness in [Strictness.all, .times, .digits] {
                    for pattern in patterns {
                        if let match = pattern.match(stem, strictness) {
                            return CallFacts(match, in: stem)
                        }
                    }
                }
            }
        }
        return nil
    }

    private static func facts(_ pattern: NamePattern, _ text: [UInt8]) -> CallFacts? {
        pattern.match(text).map { CallFacts($0, in: text) }
    }
}
