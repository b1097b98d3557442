// AnswerText: the one JSON object in the text of an answer, checked.
internal import Records

/// Reads the text of a model's answer.
enum AnswerText {
    /// A fault that can be told to the model; it holds nothing of the answer.
    struct Fault: Error, Equatable {
        let words: String
    }

    /// The longest answer that is read, in bytes.
    private static let longest = 1 << 20

    /// The value that the text is, if it has the form.
    ///
    /// Reasoning before the object and a fence around it are taken away; any other text is a fault.
    static func value(_ text: String, of shape: Shape) throws(Fault) -> AnswerValue {
        guard text.utf8.count <= longest else { throw Fault(words: "the answer is too long") }
        let bare = withoutFence(withoutReasoning(text[...]))
        guard !bare.isEmpty else { throw Fault(words: "the answer is empty") }
        guard bare.hasPrefix("{") else {
            throw Fault(words: "the answer is text, not one JSON object")
        }
        guard JSON.members(of: Array(bare.utf8)) != nil,
            let value = JSON.raw(Array(bare.utf8)).decoded(as: AnswerValue.self)
        else { throw Fault(words: "the answer is not one valid JSON object") }
        if let fault = shape.fault(in: value) { throw Fault(words: fault) }
        return value
    }

    private static func withoutReasoning(_ text: Substring) -> Substring {
        let text = text.trimmed
        guard text.hasPrefix("<think>"), let end = text.firstRange(of: "</think>") else {
            return text
        }
        return text[end.upperBound...].trimmed
    }

    private static func withoutFence(_ text: Substring) -> Substring {
        guard text.hasPrefix("```"), text.hasSuffix("```"),
            let lineEnd = text.firstIndex(where: \.isNewline)
        else { return text }
        return text[text.index(after: lineEnd)...].dropLast(3).trimmed
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var rest = self
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}
