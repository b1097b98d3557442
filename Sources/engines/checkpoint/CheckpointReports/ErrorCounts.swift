// ErrorCounts: the number of errors in each group.
public import Checkpoint
public import Records

/// Counts of errors by the keys that a group has in common.
public struct ErrorCounts: Sendable {
    /// A member of an error by which errors are counted.
    public enum Key: String, CaseIterable, Sendable {
        case severity, category, kind, stage, run, day, hour
    }

    /// The keys, in their order.
    public let keys: [Key]

    /// Reads keys with commas between them; `nil` for a name that is no key, or a key twice.
    public init?(_ text: String) {
        let names = text.split(separator: ",", omittingEmptySubsequences: false)
        keys = names.compactMap { Key(rawValue: String($0)) }
        guard keys.count == names.count, Set(keys).count == keys.count else { return nil }
    }

    /// An object for each group, with its keys and `count`, the largest groups first.
    ///
    /// - Parameters:
    ///   - selection: The errors, as in ``ErrorList/forEach(_:of:atMost:_:)``.
    ///   - checkpoint: The open file.
    /// - Returns: The groups.
    /// - Throws: `Failure` of scope `stop`.
    public func groups(_ selection: Selection, in checkpoint: Checkpoint) throws(Failure) -> [JSON]
    {
        let columns = keys.map { key in
            switch key {
            case .severity, .category, .kind, .stage, .run: "e.\(key.rawValue)"
            case .day: "substr(e.time, 1, 10)"
            case .hour: "substr(e.time, 1, 13)"
            }
        }
        let conditions = selection.onErrors(nil)
        let question = try Statement(
            checkpoint.database,
            """
            SELECT count(*) AS count, \(columns.joined(separator: ", ")) FROM errors AS e
            WHERE \(conditions.sql)
            GROUP BY \(keys.indices.map { "\($0 + 2)" }.joined(separator: ", "))
            ORDER BY count DESC, \(keys.indices.map { "\($0 + 2)" }.joined(separator: ", "))
            """)
        try conditions.bind(to: question)
        var groups: [JSON] = []
        while try question.step() {
            var members: [JSON.Member] = []
            for (index, key) in keys.enumerated() {
                let value = JSON.text(try question.string(Int32(index + 1))) ?? .null
                members.append(JSON.Member(key.rawValue, value))
            }
            groups.append(.object(members + [.init("count", .int(Int(try question.integer(0))))]))
        }
        return groups
    }
}
