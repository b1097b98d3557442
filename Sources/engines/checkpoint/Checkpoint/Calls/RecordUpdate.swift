// RecordUpdate: one record from the line that passes and the one that is stored.
package import Records

/// A checkpoint never forgets a member.
///
/// A member that the line lacks stays as it was stored. Of members that both have, the line's is the
/// newer one; `uploads` is the exception, because the ids in it belong to a recording for ever.
package enum RecordUpdate {
    private static let uploads = "uploads"

    /// The stored record with the line's news, for the stage that comes next.
    ///
    /// Stored destinations keep their ids, whatever the line has. When the line has all members of
    /// the stored record, the result is the line, byte for byte; else the members that the line
    /// does not change are those of the stored record, byte for byte.
    static func resumed(_ line: Record, from stored: Record) throws(Failure) -> Record {
        let kept = stored.members(of: uploads)
        let known = line.members(of: uploads)
        let isWhole = Set(stored.names).isSubset(of: line.names)
        if isWhole, stored.raw(uploads) == nil || kept.map({ holds(known, $0) }) == true {
            return line
        }
        var result = stored
        for name in line.names where name != uploads || stored.raw(uploads) == nil {
            guard let value = line.raw(name), result.raw(name) != value else { continue }
            result.set(name, .raw(Array(value)))
        }
        try add(known, to: &result, unless: kept)
        return result
    }

    /// The record to keep: the line with the members that only the stored record has.
    package static func kept(_ line: Record, beside stored: Record) throws(Failure) -> Record {
        var result = line
        let names = Set(line.names)
        for name in stored.names where !names.contains(name) {
            // A service's task is over when its transcript is there.
            if name == "task", names.contains("transcript") { continue }
            guard let value = stored.raw(name) else { continue }
            result.set(name, .raw(Array(value)))
        }
        try add(stored.members(of: uploads), to: &result, unless: line.members(of: uploads))
        return result
    }

    private typealias Destinations = [(name: String, value: [UInt8])]

    private static func holds(_ all: Destinations?, _ some: Destinations) -> Bool {
        some.allSatisfy { one in all?.contains { $0 == one } == true }
    }

    private static func add(
        _ more: Destinations?, to record: inout Record, unless there: Destinations?
    ) throws(Failure) {
        guard let more, let there else { return }
        for one in more where !there.contains(where: { $0.name == one.name }) {
            try record.set(uploads, one.name, .raw(one.value))
        }
    }
}
