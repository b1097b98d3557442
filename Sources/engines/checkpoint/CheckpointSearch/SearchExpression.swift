// SearchExpression: what a person asks for in words, read so that no text of theirs is an error of FTS5.

import Records

/// A question about what was said: words, "phrases", AND, OR, NOT, NEAR(a b, 5), a prefix*, and
/// parentheses.
///
/// Words beside each other have all to be said. FTS5's own language has more, and refuses much that
/// people write, such as `can't` or `555-0100`: so nothing of the text reaches it unquoted.
public indirect enum SearchExpression: Equatable, Sendable {
    /// Words right after each other; with `isPrefix` the last one may go on.
    case phrase(String, isPrefix: Bool)
    /// Phrases with at most so many words between them.
    case near([SearchExpression], Int)
    /// All of them.
    case all([SearchExpression])
    /// At least one of them.
    case any([SearchExpression])
    /// The first and not the second.
    case but(SearchExpression, SearchExpression)

    /// Why a text is no question.
    public struct Malformed: Error, Equatable {
        /// The reason, and the remedy.
        public let reason: String
    }

    /// The expression in the language of FTS5.
    package var match: String {
        switch self {
        case .phrase(let text, let isPrefix):
            "\""
                + text.split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\"\"") + "\"" + (isPrefix ? " *" : "")
        case .near(let phrases, let distance):
            "NEAR(" + phrases.map(\.match).joined(separator: " ") + ", \(distance))"
        case .all(let parts): "(" + parts.map(\.match).joined(separator: " AND ") + ")"
        case .any(let parts): "(" + parts.map(\.match).joined(separator: " OR ") + ")"
        case .but(let first, let second): "(\(first.match) NOT \(second.match))"
        }
    }

    /// True when the index cannot answer alone: words are near each other only on one side, and one
    /// of its words stands between the sides.
    package var needsRecord: Bool {
        switch self {
        case .phrase(let text, _): text.unicodeScalars.contains(SpokenText.boundary)
        case .near: true
        case .all(let parts), .any(let parts): parts.contains(where: \.needsRecord)
        case .but(let first, let second): first.needsRecord || second.needsRecord
        }
    }

    /// An expression that the index answers with all calls that fulfil this one, and perhaps others.
    package var candidates: SearchExpression {
        switch self {
        case .phrase, .near: self
        case .all(let parts): .all(parts.map(\.candidates))
        case .any(let parts): .any(parts.map(\.candidates))
        case .but(let first, let second):
            second.needsRecord ? first.candidates : .but(first.candidates, second)
        }
    }

    /// An expression that every text fulfils of which a part fulfils this one.
    package var onAnyPart: SearchExpression {
        switch self {
        case .phrase, .near: self
        case .all(let parts): .all(parts.map(\.onAnyPart))
        case .any(let parts): .any(parts.map(\.onAnyPart))
        case .but(let first, _): first.onAnyPart
        }
    }
}
