// Matcher: the compiled expression, and the memory that a match works in.
internal import CPCRE2

/// PCRE2's objects for one pattern.
///
/// `@unchecked`: nothing writes to them after the initializer. Each search has match data of its own,
/// and the machine code works on the stack of its thread.
@safe
final class Matcher: @unchecked Sendable {
    private let code: OpaquePointer
    private let context: OpaquePointer

    init(_ pattern: [UInt8], _ options: UInt32, _ limits: Pattern.Limits) throws(PatternProblem) {
        var (problem, offset) = (Int32(0), 0)
        let compiled = unsafe pattern.withUnsafeBufferPointer { pattern in
            // An empty array may have no address.
            unsafe pcre2_compile_8(
                pattern.baseAddress ?? UnsafePointer(bitPattern: 1), pattern.count, options,
                &problem, &offset, nil)
        }
        guard let compiled = unsafe compiled else {
            throw .malformed(reason: PatternProblem.words(of: problem), offset: offset)
        }
        // A machine without a compiler for its processor matches slower, with the same result.
        _ = unsafe pcre2_jit_compile_8(compiled, PCRE2_JIT_COMPLETE)
        guard let context = unsafe pcre2_match_context_create_8(nil) else {
            fatalError("out of memory")
        }
        unsafe pcre2_set_match_limit_8(context, UInt32(clamping: limits.steps))
        unsafe pcre2_set_depth_limit_8(context, UInt32(clamping: limits.depth))
        unsafe pcre2_set_heap_limit_8(context, UInt32(clamping: limits.heap))
        unsafe self.code = compiled
        unsafe self.context = context
    }

    deinit {
        unsafe pcre2_match_context_free_8(context)
        unsafe pcre2_code_free_8(code)
    }

    /// Calls the closure with each match until it answers false.
    func each(
        in text: UnsafeBufferPointer<UInt8>, from start: Int, _ body: (Pattern.Match) -> Bool
    ) throws(PatternProblem) {
        guard let data = unsafe pcre2_match_data_create_from_pattern_8(code, nil) else {
            fatalError("out of memory")
        }
        defer { unsafe pcre2_match_data_free_8(data) }
        var (start, options) = (start, UInt32(0))
        while start <= text.count {
            let count = unsafe search(text, from: start, options, data)
            if count == PCRE2_ERROR_NOMATCH {
                // No match of some bytes began where the empty one was: a character further.
                guard options != 0 else { return }
                start = unsafe Self.next(after: start, in: text)
                options = 0
                continue
            }
            guard count > 0 else { throw PatternProblem(matching: count) }
            let match = unsafe Self.match(data, Int(count))
            guard body(match) else { return }
            start = max(match.range.upperBound, start)
            options = match.range.isEmpty ? PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED : 0
        }
    }

    /// The machine code has 32 KiB of stack; what needs more goes to the interpreter and its limits.
    private func search(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int, _ options: UInt32,
        _ data: OpaquePointer
    ) -> Int32 {
        let base = unsafe text.baseAddress ?? UnsafePointer(bitPattern: 1)
        let count = unsafe pcre2_match_8(code, base, text.count, start, options, data, context)
        guard count == PCRE2_ERROR_JIT_STACKLIMIT else { return count }
        return unsafe pcre2_match_8(
            code, base, text.count, start, options | PCRE2_NO_JIT, data, context)
    }

    /// The start of the next character, so that none is cut.
    private static func next(after start: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
        var next = start + 1
        while next < text.count, unsafe text[next] & 0xC0 == 0x80 { next += 1 }
        return next
    }

    private static func match(_ data: OpaquePointer, _ count: Int) -> Pattern.Match {
        let places = unsafe pcre2_get_ovector_pointer_8(data)
        let all = Int(unsafe pcre2_get_ovector_count_8(data))
        func range(_ group: Int) -> Range<Int>? {
            // A group that took no part has the largest number; behind `count` none did.
            guard group < count, let places = unsafe places,
                unsafe places[2 * group] != Int(bitPattern: UInt.max)
            else { return nil }
            let (start, end) = unsafe (places[2 * group], places[2 * group + 1])
            // \K in a lookahead can put the start behind the end.
            return min(start, end)..<end
        }
        return Pattern.Match(range: range(0) ?? 0..<0, groups: (1..<max(1, all)).map(range))
    }
}
