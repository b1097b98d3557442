// FieldReader: the values of fields, for one recording after another.
import CheckpointSchema
import Checkpoint
import Records

/// Looks up the fields of a report.
final class FieldReader {
    private let fields: Fields
    private let selection: Selection
    private let statuses: StageStatusReader
    /// One row: the columns of the call, of the view and the hold, each as JSON.
    private let columns: Statement?
    private let columnOf: [String: Int32]

    /// Prepares the statements.
    ///
    /// - Parameters:
    ///   - fields: The fields.
    ///   - selection: Its stage is meant where no field names one.
    ///   - checkpoint: The open file.
    /// - Throws: `Failure` of scope `stop`.
    init(
        _ fields: Fields, about selection: Selection, in checkpoint: Checkpoint
    ) throws(Failure) {
        self.fields = fields
        self.selection = selection
        statuses = try StageStatusReader(checkpoint)
        var expressions: [String] = []
        var columnOf: [String: Int32] = [:]
        var usesView = false
        for (name, source) in fields.all where columnOf[name] == nil {
            switch source {
            case .call(let column): expressions.append("json_quote(c.\(column))")
            case .old(let expression):
                expressions.append(expression)
                usesView = true
            case .hold:
                expressions.append(
                    "json_quote((SELECT reason FROM holds WHERE call = c.number "
                        + "AND released_at IS NULL))")
            case .member, .outcome, .error, .stages: continue
            }
            columnOf[name] = Int32(expressions.count - 1)
        }
        self.columnOf = columnOf
        if expressions.isEmpty {
            columns = nil
            return
        }
        // Names of the view that are columns of the table as well would be ambiguous.
        let view = usesView ? ", (SELECT * FROM (\(Schema.recordings)) WHERE id = ?1)" : ""
        columns = try Statement(
            checkpoint.database,
            """
            SELECT \(expressions.joined(separator: ", "))
            FROM (SELECT number, batch, expires, seen_at, updated_at FROM calls
              WHERE number = ?1) AS c\(view)
            """)
    }

    /// The fields of a call as one object; an unknown value is `null`.
    func object(_ call: Int64, _ record: Record) throws(Failure) -> JSON {
        let stages = needsStages ? try statuses.stages(of: call) : []
        let focus = focus(stages)
        try columns?.bind(call)
        defer { columns?.reset() }
        let hasRow = try columns?.step() ?? false
        var members: [JSON.Member] = []
        for (name, source) in fields.all {
            let value: JSON? =
                switch source {
                case .member(let path): record.raw(at: path).map { .raw($0) }
                case .call, .old, .hold: hasRow ? try column(name) : nil
                case .outcome(nil, let column): focus?[column]
                case .outcome(let stage?, let column): stages.first { $0.stage == stage }?[column]
                case .error:
                    (focus.flatMap { $0.error } ?? stages.lazy.compactMap { $0.error }.first)
                case .stages:
                    .object(stages.map { .init($0.stage.rawValue, .string($0.status)) })
                }
            members.append(.init(name, value ?? .null))
        }
        return .object(members)
    }

    private func column(_ name: String) throws(Failure) -> JSON? {
        guard let index = columnOf[name] else { return nil }
        return try columns?.copy(index).map { .raw($0) }
    }

    private var needsStages: Bool {
        fields.all.contains { field in
            switch field.source {
            case .outcome, .error, .stages: true
            case .member, .call, .old, .hold: false
            }
        }
    }

    /// The stage of fields without a stage: that of the selection, else the first open one.
    private func focus(_ stages: [StageStatus]) -> StageStatus? {
        if let stage = selection.stage { return stages.first { $0.stage == stage } }
        if let status = selection.status,
            let found = stages.first(where: { $0.status == status.rawValue })
        {
            return found
        }
        return stages.first { !$0.isDone } ?? stages.last
    }
}
