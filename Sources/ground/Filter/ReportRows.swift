// ReportRows: the same things as lines for programs and as a table for people.
public import Records

/// A member of objects as a column for people.
public struct Column: Sendable {
    let member: String
    let title: String
    let side: Table.Side
    let shown: @Sendable (JSON) -> String

    /// A column.
    ///
    /// - Parameters:
    ///   - member: The member's name.
    ///   - title: The column's heading; the member's name when it is not said.
    ///   - side: On which side of its column a text stands.
    ///   - shown: The value as people want to read it; what is not there is an empty text.
    public init(
        _ member: String, _ title: String? = nil, _ side: Table.Side = .left,
        shown: @escaping @Sendable (JSON) -> String = Column.plain
    ) {
        self.member = member
        self.title = title ?? member
        self.side = side
        self.shown = shown
    }

    /// A value without quotation marks.
    public static let plain: @Sendable (JSON) -> String = { value in
        switch value {
        case .string(let text): text
        case .null: ""
        case .bool(let answer): answer ? "yes" : "no"
        default: value.text
        }
    }

    /// A time to the second.
    public static let time: @Sendable (JSON) -> String = { value in
        let text = plain(value)
        return text.count == 24 ? text.prefix(19) + "Z" : text
    }

    /// A number of bytes as `23.4 MiB`.
    public static let bytes: @Sendable (JSON) -> String = { value in
        guard case .int(let bytes) = value else { return "" }
        return ByteCount(bytes).description
    }

    /// A number of seconds as hours and minutes.
    public static let span: @Sendable (JSON) -> String = { value in
        switch value {
        case .int(let seconds): Progress.span(Double(seconds))
        case .double(let seconds): Progress.span(seconds)
        default: ""
        }
    }
}

extension Report {
    /// Writes objects, one a line for programs, and for people the columns of a table.
    public func write(_ objects: [JSON], as columns: [Column]) throws {
        guard isForPeople else {
            for object in objects { try write(object) }
            return
        }
        var table = Table(columns.map { ($0.title, $0.side) })
        for case .object(let members) in objects {
            table.add(
                columns.map { column in
                    members.first { $0.name == column.member }.map { column.shown($0.value) } ?? ""
                })
        }
        try write(table)
    }
}
