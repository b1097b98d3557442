// Shape: the form of an answer, as a schema for the server and as a check of our own.
public import Records

/// The form of a JSON value, of the parts that every server with schemas knows: objects of which all
/// members are required, lists, texts, choices, whole numbers, and nothing.
///
/// The limits of lengths are not part of the schema, because some servers refuse them; the check
/// knows them.
public indirect enum Shape: Sendable, Equatable {
    /// A text of at most so many characters.
    case text(limit: Int)
    /// One of the words.
    case choice([String])
    /// A whole number.
    case number
    /// A value, or `null`.
    case optional(Shape)
    /// At most so many values.
    case list(Shape, limit: Int)
    /// All of the members, and no others.
    case object([Member])

    /// A member of an object.
    public struct Member: Sendable, Equatable {
        let name: String
        let shape: Shape

        init(_ name: String, _ shape: Shape) {
            self.name = name
            self.shape = shape
        }
    }

    /// The schema as `response_format` takes it.
    public var schema: JSON {
        switch self {
        case .text: Shape.type("string")
        case .choice(let words):
            .members(["type": .string("string"), "enum": .array(words.map(JSON.string))])
        case .number: Shape.type("integer")
        case .optional(.choice(let words)):
            .members([
                "type": .array([.string("string"), .string("null")]),
                "enum": .array(words.map(JSON.string) + [.null]),
            ])
        case .optional(.number): Shape.type("integer", "null")
        case .optional: Shape.type("string", "null")
        case .list(let item, _):
            .members(["type": .string("array"), "items": item.schema])
        case .object(let members):
            .members([
                "type": .string("object"),
                "properties": .object(members.map { JSON.Member($0.name, $0.shape.schema) }),
                "required": .array(members.map { .string($0.name) }),
                "additionalProperties": .bool(false),
            ])
        }
    }

    private static func type(_ names: String...) -> JSON {
        .members([
            "type": names.count == 1 ? .string(names[0]) : .array(names.map(JSON.string))
        ])
    }

    /// The first fault of a value, in words that a model understands and that hold none of its text;
    /// `nil` when it has the form.
    func fault(in value: AnswerValue, at place: String = "the answer") -> String? {
        switch (self, value) {
        case (.text(let limit), .text(let text)):
            text.count <= limit ? nil : "\(place) has more than \(limit) characters"
        case (.text, _): "\(place) is not a string"
        case (.choice(let words), .text(let text)) where words.contains(text): nil
        case (.choice(let words), _):
            "\(place) is not one of \(words.joined(separator: ", "))"
        case (.number, .number(let number)) where number == number.rounded(): nil
        case (.number, _): "\(place) is not an integer"
        case (.optional, .null): nil
        case (.optional(let shape), _): shape.fault(in: value, at: place)
        case (.list(_, let limit), .list(let items)) where items.count > limit:
            "\(place) has more than \(limit) items"
        case (.list(let shape, _), .list(let items)):
            items.indices.lazy.compactMap { shape.fault(in: items[$0], at: "\(place)[\($0)]") }
                .first
        case (.list, _): "\(place) is not an array"
        case (.object(let members), .object(let values)):
            Shape.fault(in: values, members, at: place)
        case (.object, _): "\(place) is not an object"
        }
    }

    private static func fault(
        in values: [String: AnswerValue], _ members: [Member], at place: String
    ) -> String? {
        for member in members {
            guard let value = values[member.name] else {
                return "\(place) has no member \"\(member.name)\""
            }
            let inner = place == "the answer" ? member.name : "\(place).\(member.name)"
            if let fault = member.shape.fault(in: value, at: inner) { return fault }
        }
        return values.count > members.count
            ? "\(place) has members that the schema does not have" : nil
    }
}

/// A value of an answer.
enum AnswerValue: Decodable, Sendable, Equatable {
    case null
    case number(Double)
    case text(String)
    case bool(Bool)
    case list([AnswerValue])
    case object([String: AnswerValue])

    init(from decoder: any Decoder) throws {
        if let keyed = try? decoder.container(keyedBy: Name.self) {
            self = .object(
                try Dictionary(
                    keyed.allKeys.map { ($0.stringValue, try keyed.decode(Self.self, forKey: $0)) }
                ) { $1 })
        } else if var list = try? decoder.unkeyedContainer() {
            var items: [AnswerValue] = []
            while !list.isAtEnd { items.append(try list.decode(Self.self)) }
            self = .list(items)
        } else {
            self = AnswerValue(scalar: try decoder.singleValueContainer())
        }
    }

    private init(scalar: any SingleValueDecodingContainer) {
        if let text = try? scalar.decode(String.self) {
            self = .text(text)
        } else if let truth = try? scalar.decode(Bool.self) {
            self = .bool(truth)
        } else if let number = try? scalar.decode(Double.self) {
            self = .number(number)
        } else {
            self = .null
        }
    }

    private struct Name: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// A member of an object.
    subscript(name: String) -> AnswerValue {
        if case .object(let members) = self { members[name] ?? .null } else { .null }
    }

    /// The text that it is.
    var text: String? { if case .text(let text) = self { text } else { nil } }
    /// The whole number that it is.
    var number: Int? {
        if case .number(let number) = self { Int(exactly: number.rounded()) } else { nil }
    }
    /// The values of the list that it is.
    var items: [AnswerValue] { if case .list(let items) = self { items } else { [] } }

    /// The value as JSON.
    var json: JSON {
        switch self {
        case .null: .null
        case .number(let number): .double(number)
        case .text(let text): .string(text)
        case .bool(let truth): .bool(truth)
        case .list(let items): .array(items.map(\.json))
        case .object(let members): .sorted(members.mapValues(\.json))
        }
    }
}
