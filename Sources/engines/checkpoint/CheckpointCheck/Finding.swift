// Finding: one line of what state-check says.
import Checkpoint
public import Records

/// What was looked at, what was found, and whether that is as it should be.
public struct Finding: Sendable {
    /// What kind of look it was: `integrity`, `invariant`, `size`, `index`, `holder`, ….
    public let check: String
    /// What was looked at.
    public let what: String
    /// What was found, for people.
    public let found: String
    /// Whether it is as it should be.
    public let isFine: Bool
    private let values: [JSON.Member]

    init(
        _ check: String, _ what: String, _ found: String, isFine: Bool = true,
        _ values: KeyValuePairs<String, JSON> = [:]
    ) {
        self.check = check
        self.what = what
        self.found = found
        self.isFine = isFine
        self.values = values.map { JSON.Member($0.key, $0.value) }
    }

    /// For programs: `check`, `what`, `fine`, and numbers by their names.
    public var json: JSON {
        .object(
            [
                JSON.Member("check", .string(check)), JSON.Member("what", .string(what)),
                JSON.Member("fine", .bool(isFine)), JSON.Member("found", .string(found)),
            ] + values)
    }
}
