// UploadItem: one file of a record that goes to the Drive, and its copy there.
internal import Files
internal import Records
internal import System

/// The remedies that only the tool knows: they name the tools of its pipe.
public struct UploadAdvice: Sendable {
    let fetchFirst: String
    let reserveFirst: String
    let makeAgain: String

    /// Takes the advice.
    ///
    /// - Parameters:
    ///   - fetchFirst: For a record without audio.
    ///   - reserveFirst: For a record without reserved ids.
    ///   - makeAgain: For a file that is missing or damaged.
    public init(fetchFirst: String, reserveFirst: String, makeAgain: String) {
        self.fetchFirst = fetchFirst
        self.reserveFirst = reserveFirst
        self.makeAgain = makeAgain
    }
}

/// One file of a record that goes to the Drive.
struct UploadItem: Sendable {
    /// The member of `uploads.drive` that a file has.
    enum Kind: String, CaseIterable {
        case audio
        /// The JSON file of the transcript.
        case transcript
        /// The files of the transcript that people read.
        case txt, vtt, srt, md

        /// The kind of a transcript's file.
        init(_ format: TranscriptFormat) {
            switch format {
            case .json: self = .transcript
            case .txt: self = .txt
            case .vtt: self = .vtt
            case .srt: self = .srt
            case .md: self = .md
            }
        }

        /// The member of the record whose tool makes the file again.
        var member: String { (self == .audio ? Kind.audio : .transcript).rawValue }
    }

    /// The path relative to the data directory.
    let path: String
    let type: String
    /// The recording as its source names it, for the audio.
    let source: Recording?
    /// The copy on the Drive, as far as the record tells.
    let copy: UploadedFile?
    let kind: Kind
    /// The size and the hash of the file as it was made, as far as the record tells.
    let bytes: Int?
    let sha256: String?

    /// The files of a record; its transcript may come later than its audio.
    static func all(_ record: Record, _ advice: UploadAdvice) throws(Failure) -> [UploadItem] {
        guard let audio = try record.audio() else {
            throw Failure(
                .item, .input, "upload the recording: the record has no \"audio\"",
                remedy: advice.fetchFirst)
        }
        // After a redaction the recording itself must never leave; a repair may have brought it back.
        if let copy = record.mutedAudio, copy != audio.sha256 {
            throw Failure(
                .item, .input,
                "upload the recording: personal data was made silent in a copy, which is not its audio",
                remedy: "run redact --audio on the record first")
        }
        let upload = try record.driveUpload()
        var items = [
            UploadItem(
                path: audio.path, type: audio.type, source: try record.recording(),
                copy: upload?[.audio], kind: .audio,
                bytes: audio.bytes, sha256: audio.sha256)
        ]
        if let transcript = try record.transcript() {
            for format in transcript.files?.formats ?? [.json] {
                let copy = upload?[Kind(format)]
                // A file that people read has an id only where it was chosen for the Drive.
                guard format == .json || copy?.id != nil else { continue }
                items.append(UploadItem(transcript, format, copy))
            }
        }
        return items
    }

    /// True when the Drive holds the bytes that the record tells or, where it does not tell, that
    /// the disk has.
    func isDone(in data: DataDirectory) async throws(Failure) -> Bool {
        guard let copy, copy.isStored else { return false }
        if let sha256 { return copy.sha256 == sha256 && (bytes ?? copy.bytes) == copy.bytes }
        guard try data.size(of: path) != nil else { return true }
        let digests = try await OwnThread.blocking { [path] () throws(Failure) in
            try data.digests(of: path)
        }
        return copy.holds(
            bytes: digests.bytes, sha256: digests.sha256, md5: digests.md5)
    }

    /// Fails for a file that was changed since it was made: it must not go into the archive.
    func check(_ file: LocalFile, _ advice: UploadAdvice) throws(Failure) {
        guard let sha256, sha256 != file.sha256 || (bytes ?? file.bytes) != file.bytes else {
            return
        }
        throw .changed(kind.member, "upload \(path)", remedy: advice.makeAgain)
    }

    /// The failure of a record whose file is not on the disk.
    func missing(_ advice: UploadAdvice) -> Failure {
        .missing(kind.member, "upload \(path)", remedy: advice.makeAgain)
    }
}

extension UploadItem {
    /// A file of a transcript.
    private init(_ transcript: Transcript, _ format: TranscriptFormat, _ copy: UploadedFile?) {
        self.init(
            path: format.path(beside: transcript.path), type: format.mediaType, source: nil,
            copy: copy, kind: Kind(format), bytes: nil,
            sha256: transcript.files?[format])
    }
}

extension TranscriptFormat {
    /// The media type, by which Drive chooses how to show the file.
    fileprivate var mediaType: String {
        switch self {
        case .json: "application/json"
        case .txt: "text/plain"
        case .vtt: "text/vtt"
        case .srt: "application/x-subrip"
        case .md: "text/markdown"
        }
    }
}
