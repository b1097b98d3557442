// RuleSet: the rules of a run: those that are built in, and those of a file.
public import Records
internal import System

/// Rules by their ids, in order.
public struct RuleSet: Sendable {
    /// The rules that are switched on.
    public private(set) var rules: [Rule] = []
    /// The lines that are no rules, as failures that name rule and line.
    public private(set) var refused: [Failure] = []

    /// No rules.
    public init() {}

    /// The rules that are built in.
    ///
    /// - Parameter budget: The amount that transcripts may cost in a month; `nil` for no limit.
    public init(budget: Double?) {
        add(Array(BuiltInRules.text(budget: budget).utf8), of: "the built-in rules")
    }

    /// Adds the rules of a file; one with the id of another takes its place.
    ///
    /// A line that is no rule is refused by its id or its number, and the others stay.
    ///
    /// - Parameter path: The file: a rule a line; empty lines and lines with `#` count nothing.
    /// - Throws: `Failure` of scope `item` for a file that cannot be read.
    public mutating func add(file path: String) throws(Failure) {
        do throws(SystemError) {
            add(try Descriptor.contents(of: path, atMost: 4 << 20), of: path)
        } catch {
            throw Failure(
                .item, .configuration, "read the rules in \(path): \(error.reason)",
                remedy: "let --rules name a readable file of at most 4 MiB")
        }
    }

    private mutating func add(_ text: [UInt8], of file: String) {
        let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            guard let first = line.first(where: { !ASCII.isSpace($0) }), first != UInt8(ascii: "#")
            else { continue }
            do throws(Rule.Unusable) {
                let rule = try Rule(line: Array(line))
                rules.removeAll { $0.id == rule.id }
                if rule.isEnabled { rules.append(rule) }
            } catch {
                let name =
                    error.id.map { "rule \(Rule.onOneLine(String($0.prefix(64))))" } ?? "a rule"
                refused.append(
                    Failure(
                        .item, .input,
                        "read \(name) in line \(index + 1) of \(file): \(error.reason)",
                        remedy: "mend the line; the other rules are evaluated"))
            }
        }
    }

    /// True for the id of a rule that ``own(_:_:_:remedy:level:)`` makes, or the like.
    public static func isOwn(_ id: String) -> Bool {
        ["rules-refused", "rules-untold"].contains(id) || id.hasPrefix("channel.")
            || id.hasPrefix("unevaluated.")
    }

    /// The rule of a thing that call-alert itself cannot do, such as to reach a channel.
    ///
    /// - Parameters:
    ///   - id: The id.
    ///   - name: The name for people.
    ///   - message: The text.
    ///   - remedy: The command that mends it.
    ///   - level: How loud it is.
    /// - Returns: The rule; its condition is known already.
    public static func own(
        _ id: String, _ name: String, _ message: String, remedy: String, level: Rule.Level
    ) -> Rule {
        Rule(own: id, name, message: message, remedy: remedy, level: level)
    }
}
