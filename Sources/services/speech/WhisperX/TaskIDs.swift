// TaskIDs: the service's ids for the pieces of a sound, as a record keeps them.
internal import Records
internal import Speech
internal import System

/// The tasks of a sound's pieces, in the order of the pieces, as they stand on a record.
struct TaskIDs: Equatable {
    private static let version = "1"
    private static let none = "-"
    private let ids: [String?]

    init(_ ids: [String?]) { self.ids = ids }

    /// Reads a record's text; ids of another number of pieces count for nothing.
    init(_ text: String?, count: Int) {
        let parts = (text ?? "").split(separator: " ").map(String.init)
        if parts.first == TaskIDs.version, parts.count == count + 1 {
            ids = parts.dropFirst().map { TaskIDs.isID($0) ? $0 : nil }
        } else {
            ids = Array(repeating: nil, count: count)
        }
    }

    subscript(index: Int) -> String? { ids.indices.contains(index) ? ids[index] : nil }

    /// The text for a record.
    var text: String {
        ([TaskIDs.version] + ids.map { $0 ?? TaskIDs.none }).joined(separator: " ")
    }

    /// The failure, together with the tasks that may still end well.
    func left(with failure: Failure) -> any Error {
        guard failure.scope == .temporary, ids.contains(where: { $0 != nil }) else {
            return failure
        }
        return Unfinished(task: text, failure: failure)
    }

    /// The failure that decides over a sound: one that stops the line, else one for good, else the
    /// first.
    static func worst(_ failures: [Failure]) -> Failure? {
        failures.first { $0.scope == .stop } ?? failures.first { $0.scope == .item }
            ?? failures.first
    }

    /// True for a text that may be part of an address and of a record.
    static func isID(_ text: String) -> Bool {
        ASCII.isWord(text, marks: "-", lengths: 4...64)
    }
}
