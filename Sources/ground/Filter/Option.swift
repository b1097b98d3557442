// Option: one option of a program, declared once: its spelling, its help, and how it is read.
public import Records

/// An option as the parser, the help and the completion see it.
public struct OptionSpelling: Sendable {
    /// The long name, without its two hyphens.
    public let name: String
    /// The short form, where there is one.
    let letter: Character?
    /// The name of the value in the help; `nil` for an option without a value.
    let valueName: String?
    /// One line of help.
    let help: String
    /// All possible values, where they are few.
    var choices: [String] = []
    /// The setting in whose place the value comes, for services, which read settings alone.
    var setting: String?
}

/// The words and settings from which an option is read.
struct Given {
    /// The values of the option on the command line, in their order; `""` for one without a value.
    var words: [String]
    var environment: Environment
}

/// An option of any type of value.
public protocol DeclaredOption: Sendable {
    /// How the option is written, and its help.
    var spelling: OptionSpelling { get }
    /// Reads the option and throws its value away.
    ///
    /// - Throws: ``UsageError`` for the command line, `Failure` for the environment.
    func check(_ options: OptionReader) throws
}

/// One option of a program.
///
/// A tool declares its options as the members of an ``OptionTable``.
public struct Option<Value: Sendable>: DeclaredOption {
    /// How the option is written, and its help.
    public let spelling: OptionSpelling
    let read: @Sendable (Given) throws -> Value

    /// Reads the option and throws its value away.
    public func check(_ options: OptionReader) throws { _ = try options.value(of: self) }
}

extension Option {
    /// Declares an option with one value, in the words of a tool's help.
    ///
    /// - Parameters:
    ///   - name: The long name, without its two hyphens.
    ///   - letter: The short form.
    ///   - valueName: The name of the value in the help.
    ///   - help: One line.
    ///   - variable: The environment variable that is read when the option is not given.
    ///   - needs: A description of the right values, such as "a size such as 5G".
    ///   - choices: All possible values, where they are few.
    ///   - parse: Reads a value. It returns `nil` for a wrong one, or throws ``UsageError`` where
    ///     the reason is worth telling.
    /// - Returns: The option; its value is `nil` when it is not given.
    public static func value<Wrapped>(
        _ name: String, letter: Character? = nil, _ valueName: String, _ help: String,
        or variable: String? = nil, needs: String, choices: [String] = [],
        parse: @escaping @Sendable (String) throws -> Wrapped?
    ) -> Option where Value == Wrapped? {
        let spelling = OptionSpelling(
            name: name, letter: letter, valueName: valueName, help: help, choices: choices)
        return Option(spelling: spelling) { given in
            if let text = given.words.first {
                guard given.words.allSatisfy({ $0 == text }) else {
                    throw UsageError("option --\(name) takes one value, and is given several")
                }
                if let value = try parse(text) { return value }
                throw UsageError("option --\(name) needs \(needs), not \"\(text)\"")
            }
            guard let variable, let text = given.environment.value(variable) else { return nil }
            if let value = try parse(text) { return value }
            throw Failure(
                .stop, .configuration, "use \(variable): it is not \(needs)",
                remedy: "set it to \(needs), or leave it out")
        }
    }

    /// The same option, whose value services read as the setting of that name.
    func asSetting(_ name: String) -> Option {
        var spelling = spelling
        spelling.setting = name
        return Option(spelling: spelling, read: read)
    }

    /// The same option with a value for when it is not given.
    public func or<Wrapped>(_ usual: Wrapped) -> Option<Wrapped> where Value == Wrapped? {
        Option<Wrapped>(spelling: spelling) { [read] given in try read(given) ?? usual }
    }
}

extension Option where Value == Bool {
    /// An option without a value: true when it is given.
    public static func flag(
        _ name: String, letter: Character? = nil, _ help: String
    ) -> Option {
        Option(
            spelling: OptionSpelling(name: name, letter: letter, valueName: nil, help: help)
        ) { !$0.words.isEmpty }
    }
}

extension Option where Value == [String] {
    /// An option that may be given several times.
    public static func texts(
        _ name: String, letter: Character? = nil, _ valueName: String, _ help: String
    ) -> Option {
        Option(
            spelling: OptionSpelling(name: name, letter: letter, valueName: valueName, help: help)
        ) { $0.words }
    }
}

extension Option where Value == String? {
    /// Any text but an empty one, which a script gives that lacks a setting.
    public static func text(
        _ name: String, letter: Character? = nil, _ valueName: String, _ help: String,
        or variable: String? = nil
    ) -> Option {
        value(name, letter: letter, valueName, help, or: variable, needs: "a text") {
            $0.isEmpty ? nil : $0
        }
    }
}

extension Option where Value == Int? {
    /// A whole number within a range.
    public static func integer(
        _ name: String, letter: Character? = nil, _ valueName: String, _ help: String,
        in range: ClosedRange<Int>, or variable: String? = nil
    ) -> Option {
        let needs =
            range.upperBound == .max
            ? "a whole number of at least \(range.lowerBound)"
            : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return value(name, letter: letter, valueName, help, or: variable, needs: needs) {
            Int($0).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension Option where Value == Double? {
    /// A number within a range.
    public static func number(
        _ name: String, _ valueName: String, _ help: String, in range: ClosedRange<Double>,
        needs: String
    ) -> Option {
        value(name, valueName, help, needs: needs) {
            Double($0).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A span such as `60s`, `5m`, `2h` or `7d` in seconds; a number alone is seconds.
    public static func time(
        _ name: String, _ valueName: String, _ help: String,
        in range: ClosedRange<Double> = 0...1e9, or variable: String? = nil,
        needs: String = "a time such as 60s or 5m"
    ) -> Option {
        value(name, valueName, help, or: variable, needs: needs) { text in
            TimeSpan.seconds(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension Option where Value == ByteCount? {
    /// An amount of bytes such as `5G`.
    public static func size(
        _ name: String, _ valueName: String, _ help: String, atLeast least: Int = 0,
        or variable: String? = nil
    ) -> Option {
        value(name, valueName, help, or: variable, needs: "a size such as 5G") {
            ByteCount($0).flatMap { $0.bytes >= least ? $0 : nil }
        }
    }
}

extension Option {
    /// One of the cases of a type.
    public static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, letter: Character? = nil, _ valueName: String, _ help: String,
        of type: Choice.Type = Choice.self
    ) -> Option where Value == Choice? {
        choice(name, letter: letter, valueName, help, among: Array(type.allCases))
    }

    /// One of some cases of a type.
    public static func choice<Choice: RawRepresentable<String>>(
        _ name: String, letter: Character? = nil, _ valueName: String, _ help: String,
        among cases: [Choice]
    ) -> Option where Value == Choice? {
        let names = cases.map(\.rawValue)
        return value(
            name, letter: letter, valueName, help, needs: Phrase.either(names), choices: names
        ) { names.contains($0) ? Choice(rawValue: $0) : nil }
    }
}
