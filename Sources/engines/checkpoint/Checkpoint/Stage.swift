// Stage: the steps of the pipe in their order, and how far a record can be in one of them.

/// A step of the pipe whose outcome the checkpoint keeps; in the order of the work.
public enum Stage: String, Sendable, CaseIterable {
    case fetch, transcribe, insights, analyze, redact, reserve, upload

    /// All of them, for a message.
    public static var list: String { allCases.map(\.rawValue).joined(separator: " ") }

    /// The member in which the stage says that it has nothing to do for a record, by a member
    /// `skipped` of it.
    var skippingMember: StaticString? { self == .insights ? "insights" : nil }

    /// This stage and those before it.
    var upToHere: [Stage] {
        Array(Stage.allCases.prefix { $0 != self }) + [self]
    }
}

/// How far a record is in a stage.
public enum Status: String, Sendable, CaseIterable {
    case pending, queued, processing, completed, failed, skipped

    /// All of them, for a message.
    public static var list: String { allCases.map(\.rawValue).joined(separator: " ") }
}
