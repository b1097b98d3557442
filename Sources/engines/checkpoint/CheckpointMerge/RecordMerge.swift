// RecordMerge: one record from the two that two checkpoints have of the same recording.
import Checkpoint
import Records

/// Merges two stored records of one recording; no member is lost.
///
/// Of members that both have, that of the record which changed last counts. The result of a stage
/// comes with the outcome of that stage: the audio is that of the fetch that won. Destinations keep
/// the ids that are stored here, unless only the other checkpoint has completed the upload.
struct RecordMerge {
    let ours: Record
    let theirs: Record
    /// True when the other record changed after ours.
    let theirsIsNewer: Bool
    /// Stages whose outcome is taken from the other checkpoint.
    let theirStages: Set<Stage>

    private static let made: [(stage: Stage, member: String)] = [
        (.fetch, "audio"), (.transcribe, "transcript"), (.insights, "insights"), (.link, "link"),
        (.measure, "measures"), (.analyze, "analysis"),
    ]
    /// The members that a redaction changes: what it took out of one copy does not come back.
    private static let redacted = ["redaction", "transcript", "audio", "insights", "analysis"]

    /// The merged record.
    func record() throws(Failure) -> Record {
        var result =
            theirsIsNewer
            ? try RecordUpdate.kept(theirs, beside: ours)
            : try RecordUpdate.kept(ours, beside: theirs)
        for (stage, member) in RecordMerge.made {
            let winner = theirStages.contains(stage) ? theirs : ours
            guard let value = winner.raw(member), result.raw(member) != value else { continue }
            result.set(member, .raw(Array(value)))
        }
        let both = theirStages.contains(.redact) ? [theirs, ours] : [ours, theirs]
        if let winner = both.first(where: { $0.has("redaction") }) {
            for member in RecordMerge.redacted {
                if let value = winner.raw(member) { result.set(member, .raw(Array(value))) }
            }
        }
        let winner = theirStages.contains(.upload) ? theirs : ours
        let present = result.members(of: "uploads")
        for destination in winner.members(of: "uploads") ?? []
        where present?.contains(where: { $0 == destination }) != true {
            try result.set("uploads", destination.name, .raw(destination.value))
        }
        return result
    }

    /// The members that contradict each other: a recording that is stored twice, or two audio files.
    func conflicts() -> [Merge.Conflict] {
        let (ours, theirs) = (Facts(ours), Facts(theirs))
        var found: [Merge.Conflict] = []
        if let here = ours.audio, let there = theirs.audio, here != there {
            found.append(conflict("audio.sha256", here, there, .fetch))
        }
        for (name, here) in ours.uploads.sorted(by: { $0.key < $1.key }) {
            guard let there = theirs.uploads[name], here != there else { continue }
            found.append(conflict("uploads.\(name).id", here, there, .upload))
        }
        return found
    }

    private func conflict(
        _ what: String, _ here: String, _ there: String, _ stage: Stage
    ) -> Merge.Conflict {
        Merge.Conflict(
            id: ours.id, what: what, here: here, there: there,
            keepsTheirs: theirStages.contains(stage))
    }

    /// The digest of the audio, and the id of each stored file by destination and part.
    private struct Facts {
        let audio: String?
        var uploads: [String: String] = [:]

        private struct Audio: Decodable { let sha256: String? }

        init(_ record: Record) {
            audio = (try? record.decode("audio", as: Audio.self))?.sha256
            for upload in (try? record.uploads()) ?? [] {
                uploads["\(upload.destination).folder"] = upload.folder?.id
                for part in upload.parts {
                    uploads["\(upload.destination).\(part.kind)"] = part.file.id
                }
            }
        }
    }
}
