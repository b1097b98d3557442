// Stage: the steps of the pipe in their order, and the statuses of a record in each of them.

/// A step of the pipe whose outcome the checkpoint keeps; in the order of the work.
public enum Stage: String, Sendable, CaseIterable {
    case fetch, link, transcribe, insights, redact, measure, analyze, reserve, upload

    /// The place of the stage in the order of the work, from 0.
    package var rank: Int { Stage.allCases.firstIndex(of: self) ?? 0 }

    /// The earlier stages that this one waits for, when they failed or are to be tried again.
    ///
    /// No stage waits for `link`, `measure` and `analyze`: they only add to the record, and a call
    /// is archived also when nothing can be said about it.
    package var awaited: [Stage] {
        switch self {
        case .fetch, .link: []
        case .transcribe: [.fetch]
        case .insights: [.fetch, .transcribe]
        case .redact: [.fetch, .transcribe, .insights]
        case .measure, .analyze, .reserve: [.fetch, .transcribe, .insights, .redact]
        case .upload: [.fetch, .transcribe, .insights, .redact, .reserve]
        }
    }

    /// The stage whose ``product`` this one works on; a call without it is not in the queue.
    package var supplier: Stage? {
        switch self {
        case .transcribe: .fetch
        case .redact, .measure, .analyze: .transcribe
        case .fetch, .link, .insights, .reserve, .upload: nil
        }
    }

    /// The member of the record that is the result of the stage, where others work on it.
    package var product: String? {
        switch self {
        case .fetch: "audio"
        case .transcribe: "transcript"
        case .link, .insights, .redact, .measure, .analyze, .reserve, .upload: nil
        }
    }

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
