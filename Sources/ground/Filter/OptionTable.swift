// OptionTable: the options of a program, declared as the members of a value.

/// The options of one program, as the members of a value.
///
/// ```swift
/// struct ToolOptions: OptionTable {
///     let days = Option.integer("days", "N", "calls of the last N days", in: 1...36_500)
///     let isCopying = Option.flag("copy", letter: "c", "copy the audio")
///     var all: [any DeclaredOption] { [days, isCopying] }
/// }
/// ```
///
/// The tool reads them by name and type: `options.days` is an `Int?`.
public protocol OptionTable: Sendable {
    /// All members, in the order of the help.
    var all: [any DeclaredOption] { get }
}
