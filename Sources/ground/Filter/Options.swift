// Options: the settings of one run, by the names and types of its table.
public import Records

/// Reads options from a command line and an environment.
public struct OptionReader: Sendable {
    let arguments: Arguments
    let environment: Environment

    func value<Value>(of option: Option<Value>) throws -> Value {
        let words = arguments.values[option.spelling.name] ?? []
        return try option.read(Given(words: words, environment: environment))
    }
}

/// The settings of one run: by option, by environment, by `--env-file`, in this order of authority.
@dynamicMemberLookup
public struct Options<Table: OptionTable>: Sendable {
    /// The words that are no options.
    public let operands: [String]
    /// Settings by name: options that stand for a setting over the environment of the process, and
    /// that over the env-file.
    public let environment: Environment
    /// Receives the events of engines and services.
    public let observer: Observer
    /// The declarations.
    public let table: Table
    private let reader: OptionReader

    /// Reads all options once, so that what is wrong is told before any work.
    ///
    /// - Throws: ``UsageError`` for the command line, `Failure` for the environment.
    init(_ table: Table, _ reader: OptionReader, _ observer: @escaping Observer = { _ in }) throws {
        for option in table.all { try option.check(reader) }
        self.table = table
        self.reader = reader
        self.observer = observer
        operands = reader.arguments.operands
        var environment = reader.environment
        for option in table.all {
            guard let name = option.spelling.setting,
                let value = reader.arguments.values[option.spelling.name]?.last
            else { continue }
            environment = environment.with(name, value)
        }
        self.environment = environment
    }

    /// The value of an option.
    public subscript<Value>(dynamicMember member: KeyPath<Table, Option<Value>>) -> Value {
        value(of: table[keyPath: member])
    }

    /// The value of an option; of one that is not in the table, the value for when it is not given.
    func value<Value>(of option: Option<Value>) -> Value {
        do {
            return try reader.value(of: option)
        } catch {
            // All options of the table were read before.
            preconditionFailure("--\(option.spelling.name) is not in its table's \"all\"")
        }
    }

    /// The last word that the command line gives an option of that name, whatever its type.
    func word(of option: OptionSpelling) -> String? {
        reader.arguments.values[option.name]?.last
    }

    /// True when the option stands on the command line.
    public func isGiven(_ option: any DeclaredOption) -> Bool {
        reader.arguments.values[option.spelling.name] != nil
    }

    /// Refuses options that mean nothing here, which would else be ignored in silence.
    ///
    /// - Parameters:
    ///   - others: The options.
    ///   - place: The reason, such as "with --runs" or "without --drill".
    /// - Throws: ``UsageError``.
    public func refuse(
        _ others: [any DeclaredOption], _ place: String
    ) throws(UsageError) {
        for other in others where isGiven(other) {
            throw UsageError("option --\(other.spelling.name) means nothing \(place)")
        }
    }

    /// Refuses words that are no options where they mean nothing.
    ///
    /// - Parameter place: The reason, such as "with --runs".
    /// - Throws: ``UsageError``.
    public func refuseOperands(_ place: String) throws(UsageError) {
        guard let word = operands.first else { return }
        throw UsageError("the word \"\(word)\" means nothing \(place)")
    }

    /// True when the tool is to show what it would do, and to change nothing.
    public var isDryRun: Bool { isGiven(Option.dryRun) }

    /// True when the tool is to say more.
    public var isVerbose: Bool { value(of: CommonOptions().isVerbose) }

    /// The value of `--env-file`.
    public var envFile: String? { value(of: CommonOptions().envFile) }

    /// The only operand, which names a case of a type.
    ///
    /// - Throws: ``UsageError``.
    public func operand<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, of type: Choice.Type = Choice.self
    ) throws(UsageError) -> Choice {
        if operands.count == 1, let choice = Choice(rawValue: operands[0]) { return choice }
        throw UsageError("name one \(name): \(Phrase.either(type.allCases.map(\.rawValue)))")
    }
}
