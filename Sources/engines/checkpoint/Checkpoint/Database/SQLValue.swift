// SQLValue: the Swift types that a parameter of a statement takes.
package import Records

/// A value that can be bound to a parameter of a statement.
package protocol SQLValue {
    /// Binds a copy of the value to the parameter at that place, counted from 1.
    func bind(to statement: borrowing Statement, at place: Int32) throws(Failure)
}

extension Int64: SQLValue {
    package func bind(to statement: borrowing Statement, at place: Int32) throws(Failure) {
        try statement.bind(at: place, self)
    }
}

extension Int: SQLValue {
    package func bind(to statement: borrowing Statement, at place: Int32) throws(Failure) {
        try statement.bind(at: place, Int64(self))
    }
}

extension Bool: SQLValue {
    package func bind(to statement: borrowing Statement, at place: Int32) throws(Failure) {
        try statement.bind(at: place, Int64(self ? 1 : 0))
    }
}

extension Double: SQLValue {
    package func bind(to statement: borrowing Statement, at place: Int32) throws(Failure) {
        try statement.bind(at: place, self)
    }
}

extension String: SQLValue {
    package func bind(to statement: borrowing Statement, at place: Int32) throws(Failure) {
        try statement.bind(at: place, self)
    }
}

extension SQLValue where Self: RawRepresentable<String> {
    package func bind(to statement: borrowing Statement, at place: Int32) throws(Failure) {
        try statement.bind(at: place, rawValue)
    }
}

extension Stage: SQLValue {}
extension Status: SQLValue {}

extension Optional: SQLValue where Wrapped: SQLValue {
    package func bind(to statement: borrowing Statement, at place: Int32) throws(Failure) {
        switch self {
        case .some(let value): try value.bind(to: statement, at: place)
        case .none: try statement.bindNull(at: place)
        }
    }
}
