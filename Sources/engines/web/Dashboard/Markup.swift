// Markup: HTML in which every text from outside stays text.

internal import Documents

/// A piece of HTML, written as a string literal.
///
/// A text that is put into the literal by `\( )` is escaped; only other markup goes in as it is.
public struct Markup: ExpressibleByStringInterpolation, Sendable {
    /// The HTML.
    public let text: String

    /// Takes a literal.
    public init(stringLiteral value: String) { text = value }
    /// Takes a literal with values in it.
    public init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    /// Puts a literal together.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        /// Begins.
        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity)
        }
        /// Adds a part of the literal.
        public mutating func appendLiteral(_ literal: String) { text += literal }
        /// Adds a text, escaped.
        public mutating func appendInterpolation(_ value: String) {
            text += HTMLText.escaped(value)
        }
        /// Adds a text, escaped; nothing for nothing.
        public mutating func appendInterpolation(_ value: String?) {
            if let value { text += HTMLText.escaped(value) }
        }
        /// Adds a number.
        public mutating func appendInterpolation(_ value: Int) { text += String(value) }
        /// Adds markup.
        public mutating func appendInterpolation(_ value: Markup) { text += value.text }
        /// Adds markup; nothing for nothing.
        public mutating func appendInterpolation(_ value: Markup?) { text += value?.text ?? "" }
        /// Adds pieces of markup.
        public mutating func appendInterpolation(_ values: [Markup]) {
            for value in values { text += value.text }
        }
    }
}
