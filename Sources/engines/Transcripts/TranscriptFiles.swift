// TranscriptFiles: a record's transcript in the files that people and programs read.
internal import Crypto
public import Files
public import Records

/// The files of one record's transcript, beside each other; every engine's transcript has the same.
///
/// JSON is always one of them. The others are made of the same words, so that they can be written
/// again from the JSON file.
public struct TranscriptFiles: Sendable {
    private let stem: String
    /// The formats to write, JSON last, so that the others are there when it is.
    private let formats: [TranscriptFormat]

    /// The files of a record, below any data directory.
    ///
    /// - Parameters:
    ///   - record: The record. Formats that its transcript has in `files` are always written.
    ///   - formats: Further formats.
    public init(of record: Record, formats: [TranscriptFormat] = []) {
        stem = "transcripts/\(record.dayPath)/\(record.fileStem)"
        let listed = record.raw(at: ["transcript", "files"])
            .flatMap { JSON.raw(Array($0)).decoded(as: Transcript.Files.self) }?.formats
        // A transcript of an earlier version has the usual files, and does not list them.
        let isOld = listed == nil && record.raw(at: ["transcript", "path"]) != nil
        let wanted = formats + (listed ?? (isOld ? TranscriptFormat.usual : []))
        let others = TranscriptFormat.allCases.filter { $0 != .json && wanted.contains($0) }
        self.formats = others + [.json]
    }

    /// The JSON file, which the record names.
    public var path: String { path(of: .json) }

    private func path(of format: TranscriptFormat) -> String { "\(stem).\(format.rawValue)" }

    /// Looks for the files, and compares their hashes with those of the transcript.
    ///
    /// - Parameters:
    ///   - transcript: The transcript on the record. For one without hashes, which is of an earlier
    ///     version, the usual files only have to be there.
    ///   - directory: The data directory.
    /// - Returns: True when nothing has to be written.
    /// - Throws: `Failure` of kind `storage` when a file cannot be read.
    public func hold(
        _ transcript: Transcript, in directory: DataDirectory
    ) throws(Failure) -> Bool {
        let usual = transcript.files == nil ? TranscriptFormat.usual : []
        for format in Set(formats + usual) {
            guard try holds(format, of: transcript, in: directory) else { return false }
        }
        return true
    }

    /// True when the JSON file is the one that the transcript names, so that the others can be
    /// written from it by ``complete(_:id:in:)``.
    public func holdJSON(
        _ transcript: Transcript, in directory: DataDirectory
    ) throws(Failure) -> Bool {
        guard transcript.files != nil else { return false }
        return try holds(.json, of: transcript, in: directory)
    }

    private func holds(
        _ format: TranscriptFormat, of transcript: Transcript, in directory: DataDirectory
    ) throws(Failure) -> Bool {
        guard try directory.size(of: path(of: format)) != nil else { return false }
        guard let hashes = transcript.files else {
            return TranscriptFormat.usual.contains(format)
        }
        guard let hash = hashes[format] else { return false }
        return try directory.sha256(of: path(of: format)) == hash
    }

    /// Makes the member for the record.
    ///
    /// Text and confidence follow from the segments. Numbers are rounded to three decimals.
    public func transcript(
        _ segments: [Transcript.Segment], language: String?, engine: String, model: String?,
        key: String, provenance: Transcript.Provenance? = nil
    ) -> Transcript {
        Transcript(
            path: path, spoken: segments, language: language, engine: engine, model: model,
            key: key, provenance: provenance)
    }

    /// Writes the files; the JSON comes last, so that the others are there when it is.
    ///
    /// A file of a format that is not written has the words of an earlier transcript, and is removed.
    ///
    /// - Parameters:
    ///   - transcript: As ``transcript(_:language:engine:model:key:provenance:)`` made it.
    ///   - words: Those of each segment, where they are known.
    ///   - id: The record's.
    ///   - seconds: The length of the sound, where it is known.
    ///   - directory: The data directory.
    /// - Returns: The transcript with the hashes of its files.
    /// - Throws: `Failure` of kind `storage`.
    public func write(
        _ transcript: Transcript, words: [[Transcript.Word]] = [], id: String, seconds: Double?,
        into directory: DataDirectory
    ) throws(Failure) -> Transcript {
        try removeOthers(from: directory)
        return try write(
            formats, TranscriptContents(transcript, words: words, id: id, seconds: seconds),
            into: directory)
    }

    /// Writes the files that are not there or not whole, from the JSON file, which stays.
    ///
    /// - Parameters:
    ///   - transcript: A transcript whose JSON file was found whole, by ``holdJSON(_:in:)`` or by
    ///     ``kept(id:in:)``.
    ///   - id: The record's.
    ///   - directory: The data directory.
    /// - Returns: The transcript with the hashes of its files.
    /// - Throws: `Failure`; of kind `integrity` when the JSON file is not that transcript's.
    public func complete(
        _ transcript: Transcript, id: String, in directory: DataDirectory
    ) throws(Failure) -> Transcript {
        guard let (kept, bytes) = try KeptTranscript.read(path, id: id, in: directory),
            transcript.files.map({ $0.json == Digest.sha256(bytes) }) ?? true
        else {
            throw .changed(
                "transcript", "complete the files of the transcript",
                remedy: "run the tool again that made it: transcribe or rc-insights")
        }
        var missing: [TranscriptFormat] = []
        for format in formats where format != .json {
            if try !holds(format, of: transcript, in: directory) { missing.append(format) }
        }
        var whole = transcript
        var hashes = whole.files ?? Transcript.Files(json: Digest.sha256(bytes))
        let contents = TranscriptContents(kept.transcript(at: path), kept)
        let written = try write(missing, contents, into: directory).files
        for format in missing { hashes[format] = written?[format] }
        whole.files = hashes
        return whole
    }

    /// Writes all files of a record's transcript again, with other words.
    ///
    /// A file of a format that the record does not list is removed: it has the words of before. The
    /// key of the transcript stays, so that it is not heard again. Run again after a kill, it takes
    /// the files as it finds them; so the change has to leave alone what it has changed before.
    ///
    /// - Parameters:
    ///   - transcript: The transcript on the record.
    ///   - id: The record's.
    ///   - directory: The data directory.
    ///   - change: Changes the segments, and the words of each, of which there are as many lists as
    ///     segments.
    /// - Returns: The transcript with the segments and the hashes of its files.
    /// - Throws: `Failure`, with `file` when the JSON file is missing or not that record's, and the
    ///   error of the change.
    public func rewrite(
        _ transcript: Transcript, id: String, in directory: DataDirectory,
        _ change: (inout [Transcript.Segment], inout [[Transcript.Word]]) throws -> Void
    ) throws -> Transcript {
        let remedy = "run the tool again that made it: transcribe or rc-insights"
        guard try directory.size(of: path) != nil else {
            throw Failure.missing("transcript", "write the transcript again", remedy: remedy)
        }
        guard let (kept, _) = try KeptTranscript.read(path, id: id, in: directory),
            kept.key == transcript.key
        else {
            throw Failure.changed("transcript", "write the transcript again", remedy: remedy)
        }
        var (segments, words) = (kept.spoken, kept.words)
        try change(&segments, &words)
        let changed = self.transcript(
            segments, language: transcript.language, engine: transcript.engine,
            model: transcript.model, key: transcript.key ?? "", provenance: transcript.provenance)
        return try write(changed, words: words, id: id, seconds: kept.duration, into: directory)
    }

    /// The transcript in the files of an earlier run, which was killed before the record was written.
    ///
    /// The JSON file is whole when a transcript that was read from it would be written with the same
    /// bytes. Every other file that is there has to be what would be made of it.
    ///
    /// - Parameters:
    ///   - id: The record's.
    ///   - directory: The data directory.
    /// - Returns: The transcript with its key and the hashes of the files that are there; `nil` when
    ///   the JSON file is missing or without a key, or when a file is damaged or another record's.
    /// - Throws: `Failure` of kind `input` for a path that could leave the directory.
    public func kept(id: String, in directory: DataDirectory) throws(Failure) -> Transcript? {
        guard let (kept, json) = try KeptTranscript.read(path, id: id, in: directory),
            kept.key != nil
        else { return nil }
        var transcript = kept.transcript(at: path)
        let contents = TranscriptContents(transcript, kept)
        var files = Transcript.Files(json: Digest.sha256(json))
        for format in TranscriptFormat.allCases where format != .json {
            guard try directory.size(of: path(of: format)) != nil else { continue }
            let hash = Digest.sha256(contents.bytes(of: format))
            guard (try? directory.sha256(of: path(of: format))) == hash else { return nil }
            files[format] = hash
        }
        transcript.files = files
        return transcript
    }

    private func write(
        _ formats: [TranscriptFormat], _ contents: TranscriptContents,
        into directory: DataDirectory
    ) throws(Failure) -> Transcript {
        var files = Transcript.Files(json: "")
        for format in formats {
            let bytes = contents.bytes(of: format)
            files[format] = Digest.sha256(bytes)
            try directory.write(bytes, to: path(of: format))
        }
        var transcript = contents.transcript
        transcript.files = files
        return transcript
    }

    private func removeOthers(from directory: DataDirectory) throws(Failure) {
        var gone: [DataFile] = []
        for format in TranscriptFormat.allCases where !formats.contains(format) {
            guard let file = try directory.file(at: path(of: format)) else { continue }
            if try directory.remove(file) { gone.append(file) }
        }
        try directory.sync(after: gone)
    }
}
