// CommandReply: what a program of the user's own says that it heard.
internal import HTTP
internal import Records
internal import Speech

/// The words of one channel, in any of the shapes that programs print.
struct CommandReply: Sendable {
    var language: String?
    var utterances: [Utterance]
    /// Whether it holds no word.
    let isEmpty: Bool

    /// Reads whisper.cpp's JSON, WhisperX's, OpenAI's, or plain text, which stands for all speech.
    ///
    /// - Throws: `Failure` of scope `temporary`, kind `bad_response`.
    init(_ bytes: [UInt8], of channel: Speaking) throws(Failure) {
        let first = bytes.first { $0 > 0x20 }
        if first == UInt8(ascii: "{"), let heard = WhisperJSON(bytes, channel: channel.channel) {
            language = heard.language
            utterances = heard.utterances
            isEmpty = heard.isEmpty
        } else if first == UInt8(ascii: "{") {
            let reply = try OpenAIReply(Response(status: 200, body: bytes), of: "the command")
            language = reply.language
            utterances = reply.utterances.map { utterance in
                var said = utterance
                said.channel = channel.channel
                return said
            }
            if utterances.isEmpty { utterances = CommandReply.whole(reply.text, channel) }
            isEmpty = !reply.text.hasWord && !utterances.contains { $0.text.hasWord }
        } else if first == UInt8(ascii: "<") || first == UInt8(ascii: "[") && bytes.isBroken {
            throw Failure(
                .temporary, .badResponse, "read what the command printed: it is no transcript",
                remedy: "let it print JSON or plain text")
        } else {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Failure(
                    .temporary, .badResponse, "read what the command printed: it is not UTF-8",
                    remedy: "let it print JSON or plain text in UTF-8")
            }
            utterances = CommandReply.whole(text, channel)
            isEmpty = !text.hasWord
        }
    }

    /// Text without times is what was said from the first sound to the last.
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

extension [UInt8] {
    /// A list of JSON is no transcript; `[BLANK_AUDIO]` is.
    fileprivate var isBroken: Bool {
        guard let start = firstIndex(where: { $0 > 0x20 }) else { return false }
        let next = self[(start + 1)...].first { $0 > 0x20 }
        return next.map { [0x7B, 0x5B, 0x22].contains($0) } ?? true
    }
}
