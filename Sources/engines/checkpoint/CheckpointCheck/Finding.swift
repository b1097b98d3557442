// Finding: one result of a check.
import Checkpoint
public import Records

/// The object of a look, its result, and the verdict.
public struct Finding: Sendable {
    /// The kind of look: `integrity`, `invariant`, `size`, `index`, `holder`, ….
    public let check: String
    /// The object of the look.
    public let what: String
    /// The result, for people.
    public let found: String
    /// False for a fault.
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

    /// The finding for programs: `check`, `what`, `fine`, and numbers by their names.
    public var json: JSON {
        .object(
            [
                JSON.Member("check", .string(check)), JSON.Member("what", .string(what)),
                JSON.Member("fine", .bool(isFine)), JSON.Member("found", .string(found)),
            ] + values)
    }
}
