// PruneRule: which local files may go.
import Checkpoint
/// What is to be pruned of which recordings.
public struct PruneRule: Sendable {
    /// The files of a recording that go together.
    public enum Kind: String, Sendable, CaseIterable {
        case audio, transcript

        /// The stage that made them.
        var maker: Stage { self == .audio ? .fetch : .transcribe }

        /// The stages that read or write them: while one of them is open, they stay.
        var users: [Stage] {
            switch self {
            case .audio: [.fetch, .transcribe, .redact, .reserve, .upload]
            case .transcript: [.transcribe, .insights, .analyze, .redact, .reserve, .upload]
            }
        }
    }

    /// `STAGE=STATUS`.
    public struct Condition: Sendable, Equatable {
        let stage: Stage
        let status: Status

        /// Reads one or more, with commas between; `nil` for a stage or a status that is none.
        public static func list(_ text: String) -> [Condition]? {
            var conditions: [Condition] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                let words = part.split(separator: "=", omittingEmptySubsequences: false)
                guard words.count == 2, let stage = Stage(rawValue: String(words[0])),
                    let status = Status(rawValue: String(words[1]))
                else { return nil }
                conditions.append(Condition(stage: stage, status: status))
            }
            return conditions
        }

        var sql: String {
            """
            EXISTS (SELECT 1 FROM outcomes AS u WHERE u.call = c.number
              AND u.stage = '\(stage.rawValue)' AND u.status = '\(status.rawValue)')
            """
        }
    }

    let kind: Kind
    let age: Double
    let keeping: [Condition]
    let wanting: [Condition]

    /// Makes a rule.
    ///
    /// - Parameters:
    ///   - kind: Which files.
    ///   - age: For how many seconds their upload has to be completed.
    ///   - keeping: What keeps them all the same.
    ///   - wanting: What else has to be so.
    public init(
        _ kind: Kind, olderThan age: Double, unless keeping: [Condition] = [],
        onlyIf wanting: [Condition] = []
    ) {
        self.kind = kind
        self.age = age
        self.keeping = keeping
        self.wanting = wanting
    }

    /// The calls that may have files to prune, by what the tables say alone.
    var sql: String {
        let conditions = keeping.map { "\nAND NOT \($0.sql)" } + wanting.map { "\nAND \($0.sql)" }
        let open = kind.users.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return """
            SELECT c.number, c.id, c.record FROM outcomes AS o JOIN calls AS c ON c.number = o.call
            WHERE o.call > ?1 AND o.stage = 'upload' AND o.status = 'completed'
              AND o.finished_at <= ?2 AND c.erased_at IS NULL
              AND NOT EXISTS (SELECT 1 FROM outcomes AS w WHERE w.call = c.number
                AND w.stage IN (\(open)) AND w.status IN ('pending', 'queued', 'processing'))
              AND NOT EXISTS (
                SELECT 1 FROM holds AS h WHERE h.call = c.number AND h.released_at IS NULL)
            \(conditions.joined())
            ORDER BY o.call LIMIT \(PruneRule.page)
            """
    }

    /// How many calls are looked at together.
    static let page = 256
}
