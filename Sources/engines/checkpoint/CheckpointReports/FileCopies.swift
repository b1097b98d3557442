// FileCopies: the stored files of a record, each with its place and checksum.
import Records

/// One file that is stored somewhere, as far as its record knows.
struct FileCopy {
    /// `disk`, or the name of a destination in `uploads`.
    let destination: String
    /// `audio`, `transcript`, or another kind that the destination has.
    let kind: String
    /// Further facts, in the order in which they are written.
    let facts: [JSON.Member]

    func json(of id: String) -> JSON {
        .object([.init("id", .string(id))] + members)
    }

    var members: [JSON.Member] {
        [.init("destination", .string(destination)), .init("kind", .string(kind))] + facts
    }
}

extension Record {
    /// Every copy that the record knows of; an id that is only reserved is no copy.
    var copies: [FileCopy] {
        var copies: [FileCopy] = []
        if let path = raw(at: ["audio", "path"]) {
            let facts: [JSON.Member?] =
                [.init("path", .raw(path))] + ["bytes", "sha256"].map { fact("audio", $0) }
            copies.append(.init(destination: "disk", kind: "audio", facts: facts.compactMap { $0 }))
        }
        copies += transcriptCopies
        for upload in (try? uploads()) ?? [] {
            for part in upload.parts where part.file.isStored {
                copies.append(
                    FileCopy(
                        destination: upload.destination,
                        kind: TranscriptFormat(rawValue: part.kind)?.kind ?? part.kind,
                        facts: part.file.facts))
            }
        }
        return copies
    }

    /// The transcript's files on the disk: the JSON file, and the others beside it, of which only
    /// the hashes are on the record.
    private var transcriptCopies: [FileCopy] {
        guard let text = raw(at: ["transcript", "path"]),
            let path = JSON.raw(text).decoded(as: String.self)
        else { return [] }
        let isOne = !path.hasSuffix(".json")
        return transcriptFormats.compactMap { format in
            if isOne, format != .json { return nil }
            let hash = raw(at: ["transcript", "files", format.rawValue])
            let facts = [
                .init("path", .string(format.path(beside: path))),
                format == .json ? fact("transcript", "key") : nil,
                hash.map { JSON.Member("sha256", .raw($0)) },
            ].compactMap { $0 }
            return FileCopy(destination: "disk", kind: format.kind, facts: facts)
        }
    }

    /// The formats of the transcript's files; a record of an earlier version does not tell them.
    private var transcriptFormats: [TranscriptFormat] {
        guard raw(at: ["transcript", "files"]) != nil else { return TranscriptFormat.usual }
        return TranscriptFormat.allCases.filter {
            $0 == .json || raw(at: ["transcript", "files", $0.rawValue]) != nil
        }
    }

    private func fact(_ member: String, _ name: String) -> JSON.Member? {
        raw(at: [member, name]).map { JSON.Member(name, .raw($0)) }
    }
}

extension TranscriptFormat {
    /// The kind of the file in a manifest.
    fileprivate var kind: String {
        switch self {
        case .json: "transcript"
        case .txt: "text"
        case .vtt: "captions"
        case .srt: "subtitles"
        case .md: "page"
        }
    }
}

extension UploadedFile {
    /// The members of the file; its id is `file`, because the line's first `id` is the recording's.
    fileprivate var facts: [JSON.Member] {
        let facts: [(String, JSON?)] = [
            ("file", .text(id)), ("name", .text(name)), ("key", .text(key)), ("path", .text(path)),
            ("bytes", .whole(bytes)), ("md5", .text(md5)), ("sha256", .text(sha256)),
            ("link", .text(link)),
        ]
        return facts.compactMap { name, value in value.map { JSON.Member(name, $0) } }
    }
}
