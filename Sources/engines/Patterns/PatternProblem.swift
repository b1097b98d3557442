// PatternProblem: why a pattern cannot be used, or gave no answer on a text.
internal import CPCRE2

/// A fault of a pattern, in words that an operator understands.
public enum PatternProblem: Error, Equatable, Sendable {
    /// The pattern is no regular expression; the offset counts bytes of the pattern from 0.
    case malformed(reason: String, offset: Int)
    /// The pattern tried more ways to match one text than the limits allow.
    case tooManySteps
    /// PCRE2 failed in another way on the text.
    case failed(reason: String)

    /// The fault in words, to stand behind "the pattern".
    public var reason: String {
        switch self {
        case .malformed(let reason, let offset): "is wrong at byte \(offset + 1): \(reason)"
        case .tooManySteps: "tries too many ways to match, because repetitions stand in repetitions"
        case .failed(let reason): "gives no answer: \(reason)"
        }
    }

    /// The fault behind a result of `pcre2_match` below -1.
    init(matching code: Int32) {
        switch code {
        case PCRE2_ERROR_MATCHLIMIT, PCRE2_ERROR_DEPTHLIMIT, PCRE2_ERROR_HEAPLIMIT,
            PCRE2_ERROR_JIT_STACKLIMIT:
            self = .tooManySteps
        default: self = .failed(reason: Self.words(of: code))
        }
    }

    /// PCRE2's own words for one of its numbers; they never hold the text.
    static func words(of code: Int32) -> String {
        var words = [UInt8](repeating: 0, count: 256)
        let length = unsafe words.withUnsafeMutableBufferPointer {
            unsafe pcre2_get_error_message_8(code, $0.baseAddress, $0.count)
        }
        guard length > 0 else { return "error \(code)" }
        return String(decoding: words[..<Int(length)], as: UTF8.self)
    }
}
