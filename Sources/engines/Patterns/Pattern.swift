// Pattern: a regular expression, compiled once, that always ends.
internal import CPCRE2

/// A regular expression in the syntax of pcre2pattern(3).
///
/// A text that is no UTF-8 is matched as well: the broken bytes match nothing. Several threads may use
/// one object at the same time.
public final class Pattern: Sendable {
    /// The unit that a dot, a class and `\d` stand for.
    public enum Mode: Sendable {
        /// A byte; `\d`, `\w` and `\b` know ASCII. It is several times as fast.
        case bytes
        /// A character of UTF-8; `\d`, `\w`, `\b` and case follow Unicode.
        case characters
    }

    /// The work for one text after which a match is given up.
    public struct Limits: Sendable {
        /// The steps back of the matcher.
        public var steps: Int
        /// The depth of nested steps back.
        public var depth: Int
        /// Memory in KiB.
        public var heap: Int

        /// Sets the limits; the usual ones end a hopeless match within a few milliseconds.
        public init(steps: Int = 100_000, depth: Int = 10_000, heap: Int = 4096) {
            self.steps = steps
            self.depth = depth
            self.heap = heap
        }
    }

    /// One match.
    public struct Match: Equatable, Sendable {
        /// The bytes that matched.
        public let range: Range<Int>
        /// The bytes of each group, from group 1; `nil` for one that took no part.
        public let groups: [Range<Int>?]
    }

    private let matcher: Matcher

    /// Compiles a pattern.
    ///
    /// The corresponding C functions are `pcre2_compile` and `pcre2_jit_compile`.
    ///
    /// - Parameters:
    ///   - pattern: The expression.
    ///   - mode: The unit that it counts in.
    ///   - ignoresCase: True when small and capital letters are the same.
    ///   - limits: The most work for one text.
    /// - Throws: ``PatternProblem/malformed(reason:offset:)``.
    public init(
        _ pattern: String, mode: Mode = .characters, ignoresCase: Bool = false,
        limits: Limits = Limits()
    ) throws(PatternProblem) {
        var options = ignoresCase ? PCRE2_CASELESS : 0
        if mode == .characters { options |= PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF }
        // The byte mode must stay one, whatever the pattern begins with.
        if mode == .bytes { options |= PCRE2_NEVER_UTF | PCRE2_NEVER_UCP }
        matcher = try Matcher(Array(pattern.utf8), options, limits)
    }

    /// The first match at the byte or behind it; `nil` when there is none.
    ///
    /// - Throws: ``PatternProblem``, when the limits end the search.
    public func firstMatch(
        in text: Span<UInt8>, from start: Int = 0
    ) throws(PatternProblem) -> Match? {
        var found: Match?
        try each(in: text, from: start) { match in
            found = match
            return false
        }
        return found
    }

    /// All matches that do not overlap, in their order.
    ///
    /// - Throws: ``PatternProblem``, when the limits end the search.
    public func matches(in text: Span<UInt8>) throws(PatternProblem) -> [Match] {
        var found: [Match] = []
        try each(in: text) { match in
            found.append(match)
            return true
        }
        return found
    }

    /// Calls the closure with each match until it answers false.
    ///
    /// A match of no bytes is told as well; the search goes on behind it.
    ///
    /// - Throws: ``PatternProblem``, when the limits end the search.
    public func each(
        in text: Span<UInt8>, from start: Int = 0, _ body: (Match) -> Bool
    ) throws(PatternProblem) {
        try unsafe text.withUnsafeBufferPointer { text throws(PatternProblem) in
            try unsafe matcher.each(in: text, from: start, body)
        }
    }
}
