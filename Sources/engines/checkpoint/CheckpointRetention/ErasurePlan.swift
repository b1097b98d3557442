// ErasurePlan: the files that an erasure removes, kept in the place of the record until it is done.
import Checkpoint
internal import Crypto
internal import FoundationEssentials
import Files
import Records

/// The only facts about a recording while it is erased.
///
/// The plan takes the record's place in the commit that removes all else, so that the next run of a
/// killed erasure knows the files that are still to be removed, and those that were.
struct ErasurePlan: Codable, Equatable {
    /// A file that is there, or was removed by the plan.
    struct File: Codable, Equatable {
        let path: String
        let bytes: Int
        /// `nil` for a link, which has no content.
        let sha256: String?
    }

    let reason: String
    let files: [File]
    /// The ids of deleted files, by destination.
    let gone: [String: [String]]
    /// The size and the hash of the record.
    let bytes: Int
    let sha256: String

    init(
        _ record: Record, in data: DataDirectory, gone: [String: [String]], reason: String
    ) throws(Failure) {
        self.reason = reason
        self.gone = gone
        var files: [File] = []
        for file in try data.files(of: record) {
            let sha256 = try data.sha256(of: file)
            files.append(File(path: file.path, bytes: file.bytes, sha256: sha256))
        }
        self.files = files
        bytes = record.bytes.count
        sha256 = Digest.sha256(record.bytes)
    }

    /// Reads the plan from the text in a record's place; `nil` without one.
    init?(_ text: [UInt8]) {
        guard let record = try? Record(text),
            let plan = try? record.decode("erasing", as: ErasurePlan.self)
        else { return nil }
        self = plan
    }

    /// The text for the place of the record.
    func record(_ id: String) throws(Failure) -> [UInt8] {
        do {
            let plan = try JSONEncoder().encode(self)
            return JSON.members(["id": .string(id), "erasing": .raw(Array(plan))]).bytes
        } catch {
            throw Failure(.stop, .internal, "plan to erase \(id): \(error)")
        }
    }

    /// The facts that the audit chain keeps for ever: names, sizes and hashes; no time of the call.
    var detail: String {
        let files = files.map { file in
            JSON.members([
                "name": .string(String(file.path.split(separator: "/").last ?? "")),
                "bytes": .int(file.bytes), "sha256": .text(file.sha256),
                "link": file.sha256 == nil ? .bool(true) : nil,
            ])
        }
        let gone = gone.sorted { $0.key < $1.key }.map { destination, ids in
            JSON.members([
                "destination": .string(destination), "ids": .array(ids.map(JSON.string)),
                "unproven": ids.isEmpty ? .bool(true) : nil,
            ])
        }
        return JSON.members([
            "reason": .string(reason), "files": .array(files),
            "bytes": .int(self.files.reduce(0) { $0 + $1.bytes }), "gone": .array(gone),
            "record": .members(["bytes": .int(bytes), "sha256": .string(sha256)]),
        ]).text
    }
}
