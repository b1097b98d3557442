// Copies: what a record says is stored, where, and with which checksum.
import Checkpoint
import Records

/// One file that is stored somewhere, as far as its record knows.
struct FileCopy {
    /// `disk`, or the name of the member of `uploads`.
    let destination: String
    /// `audio`, `transcript`, or what else the destination calls it.
    let kind: String
    /// The rest of what is known, in the order in which it is written.
    let facts: [JSON.Member]

    func json(of id: String) -> JSON {
        .object(
            [
                .init("id", .string(id)), .init("destination", .string(destination)),
                .init("kind", .string(kind)),
            ] + facts)
    }
}

extension Record {
    /// Every copy that the record knows of; an id that is only reserved is none.
    var copies: [FileCopy] {
        var copies: [FileCopy] = []
        if let path = raw(at: ["audio", "path"]) {
            let facts: [JSON.Member?] =
                [.init("path", .raw(path))] + ["bytes", "sha256"].map { fact("audio", $0) }
            copies.append(.init(destination: "disk", kind: "audio", facts: facts.compactMap { $0 }))
        }
        if let path = raw(at: ["transcript", "path"]) {
            let key = fact("transcript", "key")
            copies.append(
                .init(
                    destination: "disk", kind: "transcript",
                    facts: [.init("path", .raw(path))] + (key.map { [$0] } ?? [])))
            // The text and WebVTT lie beside the JSON, which alone stands on the record.
            let text = String(decoding: path.dropFirst().dropLast(), as: UTF8.self)
            if text.hasSuffix(".json") {
                for (kind, suffix) in [("text", "txt"), ("captions", "vtt")] {
                    let beside = "\"\(text.dropLast(4))\(suffix)\""
                    copies.append(
                        .init(
                            destination: "disk", kind: kind,
                            facts: [.init("path", .raw(Array(beside.utf8)))]))
                }
            }
        }
        for (destination, value) in members(of: "uploads") ?? [] {
            copies += uploaded(destination, value)
        }
        return copies
    }

    private func fact(_ member: String, _ name: String) -> JSON.Member? {
        raw(at: [member, name]).map { JSON.Member(name, .raw($0)) }
    }

    /// The files of one destination: each member that says how many bytes are there.
    private func uploaded(_ destination: String, _ value: [UInt8]) -> [FileCopy] {
        let wrapped = Array(#"{"id":"-","files":"#.utf8) + value + [UInt8(ascii: "}")]
        guard let holder = try? Record(wrapped) else { return [] }
        return (holder.members(of: "files") ?? []).compactMap { kind, _ in
            let path = ["files", kind]
            guard kind != "folder", holder.raw(at: path + ["bytes"]) != nil else { return nil }
            let names = ["id", "name", "key", "path", "bytes", "md5", "sha256", "link"]
            let facts = names.compactMap { name in
                holder.raw(at: path + [name]).map { value in
                    // The first "id" of the line is the recording's.
                    JSON.Member(name == "id" ? "file" : name, .raw(value))
                }
            }
            return FileCopy(destination: destination, kind: kind, facts: facts)
        }
    }
}
