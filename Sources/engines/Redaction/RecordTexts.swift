// RecordTexts: the texts on a record that came from its call, and how they are changed.
internal import Records

/// The strings inside a JSON value that people read.
struct RecordTexts {
    /// The members that hold what was said, or what was made of it.
    static let members = [
        "insights", "analysis", "rules", "sides", "subject", "summary", "notes", "topics",
    ]

    /// Names, numbers and times of machines, which no rule should take for a telephone number.
    private static func isText(_ name: String) -> Bool {
        let machine = [
            "id", "key", "start", "end", "at", "path", "uri", "url", "href", "sha256", "model",
            "engine", "language", "type", "kind", "schema", "etag", "version", "label",
        ]
        return !machine.contains(name) && !name.hasSuffix("Id") && !name.hasSuffix("_id")
            && !name.hasSuffix("Time") && !name.hasSuffix("_at") && !name.hasSuffix("Uri")
    }

    /// The texts of a value in their order.
    static func strings(in value: [UInt8]) -> [String] {
        var strings: [String] = []
        _ = changed(value, "") { text in
            strings.append(text)
            return text
        }
        return strings
    }

    /// The value with each of its texts changed; what is not changed stays byte for byte.
    static func changed(
        _ value: [UInt8], _ name: String = "", _ change: (String) -> String
    ) -> JSON {
        switch value.first {
        case UInt8(ascii: "\""):
            guard isText(name), let text = JSON.raw(value).decoded(as: String.self) else {
                return .raw(value)
            }
            let new = change(text)
            return new == text ? .raw(value) : .string(new)
        case UInt8(ascii: "{"):
            guard let members = JSON.members(of: value) else { return .raw(value) }
            return .object(
                members.map { .init($0.name, changed($0.value.bytes, $0.name, change)) })
        case UInt8(ascii: "["):
            guard let elements = JSON.elements(of: value) else { return .raw(value) }
            return .array(elements.map { changed($0.bytes, name, change) })
        default: return .raw(value)
        }
    }
}
