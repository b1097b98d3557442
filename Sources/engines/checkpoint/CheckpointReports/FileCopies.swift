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
        if let path = raw(at: ["transcript", "path"]) {
            let facts: [JSON.Member?] = [.init("path", .raw(path)), fact("transcript", "key")]
            copies.append(
                .init(destination: "disk", kind: "transcript", facts: facts.compactMap { $0 }))
            // The text and WebVTT lie beside the JSON file, which alone is named on the record.
            let text = String(decoding: path.dropFirst().dropLast(), as: UTF8.self)
            if text.hasSuffix(".json") {
                for (kind, suffix) in [("text", "txt"), ("captions", "vtt")] {
                    let beside = JSON.raw(Array("\"\(text.dropLast(4))\(suffix)\"".utf8))
                    copies.append(
                        .init(destination: "disk", kind: kind, facts: [.init("path", beside)]))
                }
            }
        }
        for upload in (try? uploads()) ?? [] {
            for part in upload.parts where part.file.isStored {
                copies.append(
                    FileCopy(
                        destination: upload.destination, kind: part.kind, facts: part.file.facts))
            }
        }
        return copies
    }

    private func fact(_ member: String, _ name: String) -> JSON.Member? {
        raw(at: [member, name]).map { JSON.Member(name, .raw($0)) }
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
