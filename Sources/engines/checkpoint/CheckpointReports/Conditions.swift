// Conditions: what a report asks for, as a part of an SQL statement.
import Checkpoint
import Records

/// Conditions on the columns of a table, each with the parameter that it needs.
struct Conditions {
    typealias Condition = (parameter: StaticString, value: String?, sql: String)

    private let all: [(parameter: StaticString, value: String, sql: String)]

    /// Takes the conditions; one whose value is `nil` does not matter.
    init(_ all: [Condition]) {
        self.all = all.compactMap { condition in
            condition.value.map { (condition.parameter, $0, condition.sql) }
        }
    }

    /// True when there is no condition.
    var isEmpty: Bool { all.isEmpty }

    /// Each condition as SQL.
    var terms: [String] { all.map(\.sql) }

    /// All conditions as one, for a `WHERE`.
    var sql: String { isEmpty ? "true" : terms.joined(separator: " AND ") }

    /// Binds the parameters of the conditions.
    func bind(to question: borrowing Statement) throws(Failure) {
        for condition in all {
            try condition.value.bind(to: question, at: question.place(of: condition.parameter))
        }
    }
}
