// Tool: what a program is called, what it is for and which options it has.

/// A program of callpipe.
///
/// Its `main.swift` makes one and calls one of its loops:
/// ``source(_:)`` for a program that lists, ``filter(jobs:_:)`` for one that works on records,
/// ``groups(_:)`` for one that keeps the checkpoint.
public struct Tool: Sendable {
    /// The version of all tools.
    public static let version = "0.1.0"

    let name: String
    let summary: String
    let stage: String
    let operands: String
    let examples: [String]
    let ownOptions: [Option]
    var frameOptions: [Option] = []

    /// Describes a program.
    ///
    /// - Parameters:
    ///   - name: As it is called.
    ///   - summary: One line, starting with a verb, without full stop.
    ///   - stage: The stage whose work it does; written into the `error` member.
    ///   - operands: The words after the options, as the usage line shows them; empty for none.
    ///   - examples: Command lines that the help shows.
    ///   - options: Its own options; those that every tool has are added.
    public init(
        _ name: String, _ summary: String, stage: String = "", operands: String = "",
        examples: [String] = [], options: [Option] = []
    ) {
        self.name = name
        self.summary = summary
        self.stage = stage
        self.operands = operands
        self.examples = examples
        ownOptions = options
    }

    var allOptions: [Option] { ownOptions + frameOptions + Option.forAll }

    func with(_ options: [Option]) -> Tool {
        var tool = self
        tool.frameOptions = options
        return tool
    }
}
