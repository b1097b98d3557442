// InsightsFile: insights in a file of their own, for the run after one that was killed.
internal import Crypto
public import Files
public import Records
internal import System

/// The file of one record's insights, which are paid for.
///
/// A run that is killed before the record is written has the insights on the disk, and the next run
/// takes them from there.
public struct InsightsFile: Sendable {
    private let id: String
    private let path: String
    private static let longest = 64 << 20

    /// The file of a record, below any data directory.
    public init(of record: Record) {
        id = record.id
        path = "insights/\(record.dayPath)/\(record.fileStem).json"
    }

    /// Reads the insights; `nil` when there is no file, or it is not as it was written for this record.
    ///
    /// - Throws: `Failure` of kind `input` for a path that could leave the directory.
    public func read(in directory: DataDirectory) throws(Failure) -> Insights? {
        let path = try directory.absolutePath(of: path)
        guard let text = try? Descriptor.contents(of: path, atMost: InsightsFile.longest),
            let member = JSON.members(of: text)?.last(where: { $0.name == "insights" })?.value,
            text == content(member)
        else { return nil }
        return Insights(kept: member)
    }

    /// Writes the insights, durably.
    ///
    /// - Throws: `Failure` of kind `storage`.
    public func write(_ insights: Insights, into directory: DataDirectory) throws(Failure) {
        try directory.write(content(insights.kept), to: path)
    }

    private func content(_ insights: JSON) -> [UInt8] {
        JSON.members([
            "id": .string(id), "insights": insights,
            "sha256": .string(Digest.sha256(insights.bytes)),
        ]).bytes + [0x0A]
    }
}
