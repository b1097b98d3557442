// Tool: a program of callpipe: its name, its purpose and its options.

/// A program of callpipe.
///
/// Its `main.swift` makes one and calls one of its loops:
/// ``source(_:)`` for a program that lists, ``filter(jobs:finishes:_:)`` for one that works on
/// records, ``groups(of:within:_:)`` for one that keeps the checkpoint, ``report(_:)`` for one that
/// tells something, ``command(_:)`` for one that runs another program.
public struct Tool<Table: OptionTable>: Sendable {
    let table: Table
    private let program: Program

    /// Describes a program.
    ///
    /// - Parameters:
    ///   - name: The command.
    ///   - summary: One line that starts with a verb, without full stop.
    ///   - stage: The stage of its work, for the `error` member of records.
    ///   - operands: The words after the options, as the usage line shows them; empty for none.
    ///   - examples: Command lines for the help.
    ///   - options: Its own options; the frame adds those of every tool.
    public init(
        _ name: String, _ summary: String, stage: String = "", operands: String = "",
        examples: [String] = [], options: Table
    ) {
        table = options
        program = Program(
            name: name, summary: summary, stage: stage, operands: operands, examples: examples)
    }

    /// The description of the program with the options of its loop.
    func program(with frame: some OptionTable) -> Program {
        var program = program
        program.options = (table.all + frame.all + CommonOptions().all).map(\.spelling)
        return program
    }
}

/// The description of a program, from which its help, completion and command line are made.
struct Program: Sendable {
    /// The version of all tools.
    static let version = "0.1.0"

    let name: String
    let summary: String
    let stage: String
    let operands: String
    let examples: [String]
    var options: [OptionSpelling] = []
}
