// CommandReply: the answer of a user's program.
internal import Records
internal import Speech
internal import SpeechReplies
internal import SpeechService

/// The words of one channel, in any of the shapes that programs print.
struct CommandReply: Sendable {
    var language: String?
    var utterances: [Utterance]
    /// True when no word is in it.
    let isEmpty: Bool

    private static let remedy = "let it print JSON or plain text in UTF-8"

    /// Reads the JSON of whisper.cpp, of WhisperX or of OpenAI, or plain text, which stands for the
    /// whole channel.
    ///
    /// Warnings before the JSON and the colours of a terminal are left out. JSON that cannot be read is
    /// never taken for text.
    ///
    /// - Throws: `Failure` of scope `temporary`, kind `bad_response`.
    init(_ output: [UInt8], of channel: Speaking) throws(Failure) {
        let bytes = TerminalCodes.removed(from: output)
        let first = bytes.first { $0 > 0x20 }
        if let document = CommandReply.document(in: bytes) {
            if let heard = WhisperJSON(document, channel: channel.channel) {
                language = heard.language
                utterances = heard.utterances
                isEmpty = heard.isEmpty
                return
            }
            let transcript = try TranscriptJSON(
                ReplyJSON(document, of: "the command", remedy: CommandReply.remedy))
            language = transcript.language
            utterances = transcript.utterances.map { utterance in
                var said = utterance
                said.channel = channel.channel
                return said
            }
            if utterances.isEmpty { utterances = CommandReply.whole(transcript.text, channel) }
            isEmpty = transcript.isEmpty
        } else if first == UInt8(ascii: "<") {
            throw CommandReply.unusable("no transcript")
        } else {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw CommandReply.unusable("not UTF-8")
            }
            guard !text.isOfJSON else { throw CommandReply.unusable("a part of JSON") }
            guard !text.isOfHTML else { throw CommandReply.unusable("a page of HTML") }
            guard !text.contains("-->") else { throw CommandReply.unusable("text with times") }
            guard !text.contains("Traceback (most recent call last)") else {
                throw CommandReply.unusable("an error of Python")
            }
            utterances = CommandReply.whole(text, channel)
            isEmpty = !text.hasWord
        }
    }

    /// The JSON in the output: from the first `{` with a name behind it to the last `}`.
    ///
    /// No speech is spelled like that. A list of values without names is no text either.
    private static func document(in bytes: [UInt8]) -> [UInt8]? {
        let mark = UInt8(ascii: "\"")
        let start = bytes.indices.first { index in
            guard bytes[index] == UInt8(ascii: "{") else { return false }
            let next = bytes[(index + 1)...].first { $0 > 0x20 }
            return next == mark || next == UInt8(ascii: "}") || next == nil
        }
        if let start {
            let end = bytes.lastIndex(of: UInt8(ascii: "}")) ?? bytes.endIndex - 1
            return Array(bytes[start...max(start, end)])
        }
        return bytes.isList ? bytes : nil
    }

    private static func unusable(_ reason: String) -> Failure {
        Failure(
            .temporary, .badResponse, "read the output of the command: it is \(reason)",
            remedy: remedy)
    }

    /// Text without times, from the first sound of the channel to the last.
    private static func whole(_ text: String, _ channel: Speaking) -> [Utterance] {
        let words = SoundTags.removed(
            from: text.split(whereSeparator: \.isWhitespace).map(String.init)
        ) { $0 }
        guard !words.isEmpty else { return [] }
        return [
            Utterance(
                start: channel.span.lowerBound, end: channel.span.upperBound,
                channel: channel.channel, text: words.joined(separator: " "))
        ]
    }
}

extension String {
    /// True when a page begins or ends anywhere in the text.
    fileprivate var isOfHTML: Bool {
        let text = lowercased()
        return ["<!doctype html", "<html", "</html>", "</body>"].contains(where: text.contains)
    }

    /// True for `null`, and for text with braces or quotation marks as only JSON has them: the rest of
    /// a document whose beginning is lost.
    fileprivate var isOfJSON: Bool {
        if trimmed == "null" || count(where: { $0 == "{" }) != count(where: { $0 == "}" }) {
            return true
        }
        // Ends and beginnings side by side, and a name before its value.
        let seam = #/}[\]},]|\][},]|"[}\]]|[{\[]"|":(?:["\[{\-\d]|null|true|false)/#
        return filter { !$0.isWhitespace }.contains(seam)
    }
}

extension [UInt8] {
    /// True for a list in JSON; `[BLANK_AUDIO]` is none.
    fileprivate var isList: Bool {
        guard let start = firstIndex(where: { $0 > 0x20 }), self[start] == UInt8(ascii: "[")
        else { return false }
        let next = self[(start + 1)...].first { $0 > 0x20 }
        return next.map { [0x7B, 0x5B, 0x22].contains($0) } ?? true
    }
}
