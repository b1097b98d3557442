// PruneRule: the local files that may be removed.
import Checkpoint
/// The files to prune, and the recordings.
public struct PruneRule: Sendable {
    /// The files of a recording that go together.
    public enum Kind: String, Sendable, CaseIterable {
        case audio, transcript

        /// The stage that made them.
        var maker: Stage { self == .audio ? .fetch : .transcribe }

        /// The stages that read or write them; while one of these is open, the files stay.
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

        /// Reads one or more, with commas between; `nil` for an unknown stage or status.
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
    ///   - kind: The files.
    ///   - age: The seconds since their upload was completed.
    ///   - keeping: Conditions of recordings that keep their files.
    ///   - wanting: Conditions that a recording has to meet.
    public init(
        _ kind: Kind, olderThan age: Double, unless keeping: [Condition] = [],
        onlyIf wanting: [Condition] = []
    ) {
        self.kind = kind
        self.age = age
        self.keeping = keeping
        self.wanting = wanting
    }

    /// A statement for the calls after `?1` that may have files to prune, by their outcomes.
    var sql: String {
        """
        SELECT c.number, c.id, c.record \(rows) AND NOT \(PruneRule.isHeld)
        ORDER BY o.call LIMIT \(PruneRule.page)
        """
    }

    /// A statement that counts the calls after `?1` that the rule chooses and that are held.
    var heldSQL: String { "SELECT count(*) \(rows) AND \(PruneRule.isHeld)" }

    private static let isHeld =
        "EXISTS (SELECT 1 FROM holds AS h WHERE h.call = c.number AND h.released_at IS NULL)"

    private var rows: String {
        let conditions = keeping.map { "\nAND NOT \($0.sql)" } + wanting.map { "\nAND \($0.sql)" }
        return """
            FROM outcomes AS o JOIN calls AS c ON c.number = o.call
            WHERE o.call > ?1 AND o.stage = 'upload' AND o.status = 'completed'
              AND o.finished_at <= ?2 AND c.erased_at IS NULL
              AND NOT EXISTS (SELECT 1 FROM outcomes AS w WHERE w.call = c.number
                AND w.stage IN (\(kind.users.sqlList)) AND w.status IN ('pending', 'queued', 'processing'))
            \(conditions.joined())
            """
    }

    /// The number of calls that are looked at together.
    static let page = 256
}
