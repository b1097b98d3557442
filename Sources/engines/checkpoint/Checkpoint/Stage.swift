// Stage: the steps of the pipe in their order, and the statuses of a record in each of them.

/// A step of the pipe whose outcome the checkpoint keeps; in the order of the work.
public enum Stage: String, Sendable, CaseIterable {
    case fetch, transcribe, insights, analyze, redact, measure, reserve, upload

    /// The place of the stage in the order of the work, from 0.
    package var rank: Int { Stage.allCases.firstIndex(of: self) ?? 0 }

    /// The record's member whose `skipped` says that the stage has nothing to do.
    var skippingMember: StaticString? { self == .insights ? "insights" : nil }

    /// This stage and those before it.
    package var upToHere: ArraySlice<Stage> { Stage.allCases[...rank] }
}

/// How far a record is in a stage.
public enum Status: String, Sendable, CaseIterable {
    case pending, queued, processing, completed, failed, skipped

    /// True when the stage is over: completed, failed or skipped.
    var isOver: Bool { self == .completed || self == .failed || self == .skipped }
}

extension CaseIterable where Self: RawRepresentable<String> {
    /// The names of all values, for a message.
    public static var list: String { allCases.map(\.rawValue).joined(separator: " ") }
}

extension Collection where Element: RawRepresentable<String> {
    /// The values as SQL, each in quotation marks, with commas between them.
    package var sqlList: String { map { "'\($0.rawValue)'" }.joined(separator: ", ") }
}
