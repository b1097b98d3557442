// RecordRedaction: takes what is personal out of a record and all files that were made of it.
public import Files
public import Records
internal import Transcripts

/// Redacts records of one data directory.
///
/// The note of what is taken out is on the disk before anything is changed, so that a run after a kill
/// knows it, though the words are gone.
public struct RecordRedaction: Sendable {
    /// Makes the silent copy of a recording.
    ///
    /// It gets the record, the stretches in seconds, and the copy that an earlier run made. It returns
    /// the new audio and its note, or `nil` when the record has the copy already.
    public typealias Mute =
        @Sendable (
            Record, [ClosedRange<Double>], RedactionNote.Copy?
        ) throws -> (audio: AudioFile, copy: RedactionNote.Copy)?

    private let redactor: Redactor
    private let directory: DataDirectory
    private let mute: Mute?
    private let removeOriginal: @Sendable (RedactionNote.Copy) throws -> Bool
    private let observer: Observer

    /// Prepares the work.
    ///
    /// - Parameters:
    ///   - redactor: The kinds to take out.
    ///   - directory: The data directory.
    ///   - mute: Makes silent copies, where they are wanted.
    ///   - removeOriginal: Removes the recording of a copy where that is wanted, and tells if it did.
    ///   - observer: Told of what cannot be done.
    public init(
        _ redactor: Redactor, in directory: DataDirectory, mute: Mute? = nil,
        removeOriginal: @escaping @Sendable (RedactionNote.Copy) throws -> Bool = { _ in false },
        observer: @escaping Observer
    ) {
        self.redactor = redactor
        self.directory = directory
        self.mute = mute
        self.removeOriginal = removeOriginal
        self.observer = observer
    }

    /// Counts what would be taken out of a record; nothing changes.
    public func count(_ record: Record) throws(Failure) -> Int {
        var spans = try members(of: record).spans
        if var call = CallText(record) {
            spans += try call.redact(by: redactor, own: record.ownPhones)
        }
        return spans.count
    }

    /// Puts the note on a record that has nothing to take out; no file is read or written.
    ///
    /// - Returns: False when there is something to take out or to make silent, and nothing was done.
    /// - Throws: `Failure` of scope `item`.
    public func settle(_ record: inout Record) throws(Failure) -> Bool {
        guard !record.has("redaction"), !record.has("insights"),
            try members(of: record).spans.isEmpty,
            try NoteFile(of: record).read(in: directory) == nil
        else { return false }
        if let call = CallText(record), try !call.isClean(redactor, own: record.ownPhones) {
            return false
        }
        var note = RedactionNote()
        note.kinds = RedactionKind.allCases.filter(redactor.kinds.contains).map(\.rawValue)
        note.keptDigits = redactor.keptDigits
        record.set("redaction", to: note)
        return true
    }

    /// Takes everything out, and puts the note on the record.
    ///
    /// - Throws: `Failure`.
    public func redact(_ record: inout Record) throws {
        let file = NoteFile(of: record)
        var note = try record.decode("redaction", as: RedactionNote.self) ?? RedactionNote()
        if let kept = try file.read(in: directory) {
            note.add(kept.spans)
            if note.audio == nil { note.audio = kept.audio }
        }
        tell(record.id, note)
        note.kinds = RedactionKind.allCases.map(\.rawValue).filter { kind in
            note.kinds.contains(kind) || redactor.kinds.contains { $0.rawValue == kind }
        }
        note.keptDigits = redactor.keptDigits
        let changed = try members(of: record)
        note.add(changed.spans)
        var result = record
        for (name, value) in changed.values { result.set(name, value) }
        try redactTranscript(of: record, into: &result, &note, file)
        try InsightsCopy(of: record).redact(by: redactor, own: record.ownPhones, in: directory)
        result.set("redaction", to: note)
        record = result
    }

    /// Takes what was said off a record that could not be redacted, with all that was made of it.
    ///
    /// The mark behind the failure stores the record as it comes. The files stay, and with them the
    /// next run takes the transcript up again.
    public static func withhold(_ record: inout Record) {
        for name in ["transcript"] + RecordTexts.members { record.remove(name) }
    }

    /// Tells of kinds that an earlier run took out for good and that this one would leave.
    private func tell(_ id: String, _ note: RedactionNote) {
        let gone = Set(note.spans.map(\.kind)).subtracting(redactor.kinds.map(\.rawValue))
        guard !gone.isEmpty else { return }
        observer(
            .note(
                "\(id): an earlier run took out \(gone.sorted().joined(separator: ", ")), which"
                    + " stays so: the words are gone"))
    }

    // MARK: the transcript

    private func redactTranscript(
        of record: Record, into result: inout Record, _ note: inout RedactionNote, _ file: NoteFile
    ) throws {
        guard var call = CallText(record) else {
            try finish(record, into: &result, &note, file)
            return
        }
        let own = record.ownPhones
        guard try !call.isClean(redactor, own: own) else {
            try finish(record, into: &result, &note, file)
            return
        }
        let files = TranscriptFiles(of: record)
        guard let transcript = try? record.transcript(), try isThere(transcript, files) else {
            let spans = try call.redact(by: redactor, own: own)
            note.add(spans)
            try finish(record, into: &result, &note, file)
            if record.raw(at: ["transcript", "files"]) != nil {
                observer(
                    .note(
                        "\(record.id): the files of its transcript are not here; copies elsewhere"
                            + " keep their words"))
            }
            result.set("transcript", call.transcript(of: record))
            return
        }
        // The note and the silent copy come before the files lose the words.
        var (kept, end) = (note, result)
        let written = try files.rewrite(transcript, id: record.id, in: directory) {
            segments, words in
            var call = CallText(segments, words)
            kept.add(try call.redact(by: redactor, own: own))
            try finish(record, into: &end, &kept, file)
            (segments, words) = call.changed(segments)
        }
        (note, result) = (kept, end)
        var members =
            record.members(of: "transcript")?.map { JSON.Member($0.name, .raw($0.value)) } ?? []
        for new in JSON.members(of: written.json.bytes) ?? [] {
            if let place = members.firstIndex(where: { $0.name == new.name }) {
                members[place] = new
            } else {
                members.append(new)
            }
        }
        result.set("transcript", .object(members))
    }

    private func isThere(
        _ transcript: Transcript, _ files: TranscriptFiles
    ) throws(Failure) -> Bool {
        guard transcript.path == files.path else { return false }
        return try directory.size(of: files.path) != nil
    }

    /// Writes the note, and makes the silent copy where one is wanted.
    private func finish(
        _ record: Record, into result: inout Record, _ note: inout RedactionNote, _ file: NoteFile
    ) throws {
        let stretches = note.spans.compactMap { span -> ClosedRange<Double>? in
            guard let start = span.start, let end = span.end, start <= end else { return nil }
            return start...end
        }
        if !note.spans.isEmpty { try file.write(note, into: directory) }
        guard let mute, !stretches.isEmpty,
            let (audio, copy) = try mute(record, stretches, note.audio)
        else { return }
        note.audio = copy
        // The note tells of the copy before anything may remove the recording.
        try file.write(note, into: directory)
        if try removeOriginal(copy) { note.audio?.original = nil }
        result.set("audio", to: audio)
    }

    // MARK: other members

    private func members(
        of record: Record
    ) throws(Failure) -> (values: [(String, JSON)], spans: [RedactionNote.Span]) {
        var values: [(String, JSON)] = []
        var spans: [RedactionNote.Span] = []
        var names = RecordTexts.members
        // A transcript of another form has no utterances, but its texts are looked at.
        if record.raw("transcript")?.first != UInt8(ascii: "{") { names.append("transcript") }
        for name in names {
            guard let value = record.raw(name) else { continue }
            let (new, found) = try redactor.redact(
                value: Array(value), member: name, own: record.ownPhones)
            guard !found.isEmpty else { continue }
            values.append((name, new))
            spans += found
        }
        return (values, spans)
    }
}

extension Redactor {
    /// Takes everything out of the texts of a JSON value.
    func redact(
        value: [UInt8], member: String, own: Set<[UInt8]>
    ) throws(Failure) -> (JSON, [RedactionNote.Span]) {
        var pieces = RecordTexts.strings(in: value).map { SpokenPiece(Array($0.utf8)) }
        var spans: [RedactionNote.Span] = []
        try redact(
            &pieces, own: own,
            found: { findings in
                for finding in findings {
                    spans.append(
                        .init(kind: finding.kind.rawValue, member: member, number: spans.count + 1))
                }
            })
        guard !spans.isEmpty else { return (.raw(value), []) }
        var texts = pieces.map { String(decoding: $0.text, as: UTF8.self) }[...]
        return (RecordTexts.changed(value) { texts.popFirst() ?? $0 }, spans)
    }
}

extension Record {
    /// The business's own telephone numbers, which everybody may know.
    var ownPhones: Set<[UInt8]> {
        let side = direction == "outbound" ? "from" : "to"
        guard direction != nil, let phone = string(side, "phone") else { return [] }
        let digits = phone.utf8.filter { 0x30...0x39 ~= $0 }.map { $0 - 0x30 }
        return digits.count >= 7 ? [Array(digits.suffix(10))] : []
    }
}
