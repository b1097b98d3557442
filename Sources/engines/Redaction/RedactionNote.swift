// RedactionNote: what was taken out of a record, without a word of it.
public import Records

/// The member `redaction` of a record.
public struct RedactionNote: MemberValue {
    /// One thing that was taken out.
    public struct Span: MemberValue, Hashable {
        /// The kind.
        public var kind: String
        /// The member of the record that it stood in.
        public var member: String
        /// Its place: seconds of the audio for the transcript, else the number among all of the member.
        public var start: Double?
        /// The end in seconds of the audio.
        public var end: Double?
        /// The number among all that were found in the member in one run, where no time is known; else
        /// the number of the stretch, from the second one on.
        public var number: Int?

        /// True for a further stretch of something that was said in several utterances.
        var isContinued: Bool { start != nil && number != nil }

        private enum CodingKeys: String, CodingKey {
            case kind, start, end, number
            case member = "in"
        }

        /// The span as it is written.
        public var json: JSON {
            .members([
                "kind": .string(kind), "in": .string(member), "start": .number(start),
                "end": .number(end), "number": .whole(number),
            ])
        }
    }

    /// The copy of the recording in which the same is silent.
    public struct Copy: MemberValue {
        /// The file, relative to the data directory.
        public var path: String
        /// The SHA-256 of the copy.
        public var sha256: String
        /// The SHA-256 of the recording that it was made from.
        public var of: String
        /// The file of the recording, where it was left.
        public var original: String?
        /// The length of all silences, in seconds.
        public var muted: Double
        /// True when each sample outside the silences is that of the recording.
        public var isExact: Bool

        private enum CodingKeys: String, CodingKey {
            case path, sha256, of, original, muted
            case isExact = "exact"
        }

        /// Names a copy.
        public init(
            path: String, sha256: String, of: String, original: String?, muted: Double,
            isExact: Bool
        ) {
            self.path = path
            self.sha256 = sha256
            self.of = of
            self.original = original
            self.muted = muted
            self.isExact = isExact
        }

        /// The copy as it is written.
        public var json: JSON {
            .members([
                "path": .string(path), "sha256": .string(sha256), "of": .string(of),
                "original": .text(original),
                "muted": .double(muted), "exact": .bool(isExact),
            ])
        }
    }

    /// The kinds that were looked for.
    public var kinds: [String]
    /// The last digits that stayed.
    public var keptDigits: Int
    /// The places, each once.
    public var spans: [Span]
    /// The silent copy, if one was made.
    public var audio: Copy?

    private enum CodingKeys: String, CodingKey {
        case kinds, spans, audio
        case keptDigits = "keep_last"
    }

    /// Begins with nothing.
    public init() { (kinds, keptDigits, spans) = ([], 0, []) }

    /// How many were taken out of each kind.
    public var counts: [(kind: String, count: Int)] {
        RedactionKind.allCases.compactMap { kind in
            let count = spans.count { $0.kind == kind.rawValue && !$0.isContinued }
            return count > 0 ? (kind.rawValue, count) : nil
        }
    }

    /// The note as it is written.
    public var json: JSON {
        .members([
            "kinds": .array(kinds.map(JSON.string)), "keep_last": .int(keptDigits),
            "counts": .object(counts.map { JSON.Member($0.kind, .int($0.count)) }),
            "spans": .array(spans.map(\.json)), "audio": audio?.json,
        ])
    }

    /// Adds places that are not there yet.
    mutating func add(_ more: [Span]) {
        var known = Set(spans)
        for span in more where known.insert(span).inserted { spans.append(span) }
    }
}
