// Document: the JSON that a program wrote, asked by dotted paths.
internal import FoundationEssentials
internal import Records

/// A JSON document whose members are asked by paths such as `checks.disk.status`.
public struct Document: Sendable {
    private indirect enum Node: Decodable, Sendable {
        case value(Condition.Value)
        case object([String: Node])
        case null

        private struct Name: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            if let object = try? decoder.container(keyedBy: Name.self) {
                var members: [String: Node] = [:]
                for name in object.allKeys {
                    members[name.stringValue] = try object.decode(Node.self, forKey: name)
                }
                self = .object(members)
                return
            }
            guard let single = try? decoder.singleValueContainer(), !single.decodeNil() else {
                self = .null
                return
            }
            if let answer = try? single.decode(Bool.self) {
                self = .value(Condition.Value(answer ? "true" : "false"))
            } else if let number = try? single.decode(Double.self) {
                self = .value(Condition.Value(number))
            } else if let text = try? single.decode(String.self) {
                self = .value(Condition.Value(text))
            } else {
                // The elements of an array have no path.
                self = .null
            }
        }
    }

    private let root: Node

    /// Reads an object; `nil` for what is none.
    public init?(_ text: [UInt8]) {
        guard let root = try? JSONDecoder().decode(Node.self, from: Data(text)) else { return nil }
        guard case .object = root else { return nil }
        self.root = root
    }

    /// Reads the lines of `state-summary` as one object: `stages.NAME`, `facts.NAME` and
    /// `alerts.NAME`, the last with the sum of its counts; `nil` for what is no list of objects.
    public init?(summary text: [UInt8]) {
        struct Line: Decodable {
            let stage: String?
            let what: String?
            let name: String?
            let count: Double?
        }
        var (stages, facts): ([String: Node], [String: Node]) = ([:], [:])
        // Zero is the count of an alert that there is none of.
        var alerts = Dictionary(
            uniqueKeysWithValues: [
                "purge_soon", "list_overdue", "pending_old", "failures", "stalled", "leases_lost",
            ].map { ($0, 0.0) })
        for line in text.split(separator: 0x0A) {
            let data = Data(line)
            guard let form = try? JSONDecoder().decode(Line.self, from: data),
                let node = try? JSONDecoder().decode(Node.self, from: data)
            else { return nil }
            if form.what == "alert", let alert = form.name {
                alerts[alert, default: 0] += form.count ?? 1
            } else if form.what == "stage", let stage = form.stage {
                stages[stage] = node
            } else if let what = form.what {
                facts[what] = node
            }
        }
        root = .object([
            "stages": .object(stages), "facts": .object(facts),
            "alerts": .object(alerts.mapValues { .value(Condition.Value($0)) }),
        ])
    }

    /// The value at a path; `nil` when there is none, or no single one.
    public func value(at path: [String]) -> Condition.Value? {
        var node = root
        for name in path {
            guard case .object(let members) = node, let next = members[name] else { return nil }
            node = next
        }
        if case .value(let value) = node { return value }
        return nil
    }
}
