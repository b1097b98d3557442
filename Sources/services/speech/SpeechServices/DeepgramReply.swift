// DeepgramReply: what Deepgram answers when all is well.
internal import HTTP
internal import Records
internal import Speech

/// A transcription as Deepgram tells it, in the times and channels of what was sent.
struct DeepgramReply: Sendable, Equatable {
    /// By channel and time, as they came; without text none.
    var utterances: [Utterance]
    /// A code, where it was heard and not told.
    var language: String?
    /// The length of what was sent.
    var seconds: Double?
    /// The number of the request.
    var request: String?
    /// The model's whole name, and its version.
    var model: String?
    var version: String?

    /// Pauses between words that part utterances where the service parts none.
    private static let pause = 0.8

    /// Reads a success.
    ///
    /// - Parameters:
    ///   - response: What came.
    ///   - channels: How many were to be heard apart.
    /// - Throws: `Failure` of scope `temporary`, kind `bad_response`.
    init(_ response: Response, channels: Int) throws(Failure) {
        func unusable(_ reason: String) -> Failure {
            ReplyJSON.unusable(reason, Deepgram.title, response)
        }
        let body = try ReplyJSON.decode(Body.self, response, of: Deepgram.title)
        guard let results = body.results, let heard = results.channels else {
            // So it answers where it is to send the words to somebody else.
            throw unusable("JSON without \"results\"")
        }
        guard heard.count == channels else {
            throw unusable("for \(heard.count) channels, not \(channels)")
        }
        let told = results.utterances ?? []
        utterances =
            told.isEmpty
            ? heard.enumerated().flatMap { DeepgramReply.utterances($1, of: $0, body.metadata) }
            : told.compactMap(DeepgramReply.utterance)
        guard utterances.allSatisfy({ (0..<channels).contains($0.channel) }) else {
            throw unusable("for a channel that there is not")
        }
        language = heard.compactMap(\.detected_language).first.flatMap(SpokenLanguage.code)
        // No file lasts longer than ten days.
        seconds = (body.metadata?.duration?.value).flatMap { (0...1e6).contains($0) ? $0 : nil }
        request = body.metadata?.request_id.flatMap(RequestNumber.plain)
        let info = body.metadata?.models?.compactMap { body.metadata?.model_info?[$0] }.first
        model = info?.name.flatMap(RequestNumber.plain)
        version = info?.version.flatMap(RequestNumber.plain)
    }

    // MARK: Utterances

    private static func utterance(_ told: Body.Utterance) -> Utterance? {
        let words = told.words ?? []
        let text =
            (told.transcript ?? words.map(\.spelling).joined(separator: " ")).trimmed
        guard !text.isEmpty, let start = told.start?.value ?? words.first?.start?.value else {
            return nil
        }
        let begin = max(0, start)
        return Utterance(
            start: begin, end: max(begin, told.end?.value ?? words.last?.end?.value ?? begin),
            channel: Int(exactly: told.channel?.value ?? 0) ?? -1, text: text,
            confidence: told.confidence?.value, words: words.map(word),
            speaker: (told.speaker?.value).flatMap { Int(exactly: $0) }.map(voice))
    }

    /// The words of a channel, parted where somebody takes breath or another speaks.
    private static func utterances(
        _ channel: Body.Channel, of number: Int, _ metadata: Body.Metadata?
    ) -> [Utterance] {
        guard let best = channel.alternatives?.first else { return [] }
        var groups: [[Body.Word]] = []
        for word in best.words ?? [] {
            if let last = groups.last?.last, last.speaker == word.speaker,
                (word.start?.value ?? 0) - (last.end?.value ?? 0) < pause
            {
                groups[groups.count - 1].append(word)
            } else {
                groups.append([word])
            }
        }
        let channel = Figure(Double(number))
        if groups.isEmpty {
            let whole = Body.Utterance(
                start: Figure(0), end: metadata?.duration, channel: channel,
                confidence: best.confidence, transcript: best.transcript, words: nil, speaker: nil)
            return [utterance(whole)].compactMap { $0 }
        }
        return groups.compactMap { group in
            utterance(
                Body.Utterance(
                    start: group.first?.start, end: group.last?.end, channel: channel,
                    confidence: Figure(group.compactMap(\.confidence?.value).mean),
                    transcript: nil, words: group, speaker: group.first?.speaker))
        }
    }

    private static func word(_ told: Body.Word) -> Word {
        Word(
            told.spelling, start: told.start?.value, end: told.end?.value,
            confidence: told.confidence?.value)
    }

    /// Written as other engines write voices.
    private static func voice(_ number: Int) -> String {
        let digits = String(number)
        return "SPEAKER_" + (digits.count < 2 ? "0" : "") + digits
    }

    // MARK: JSON

    /// What is decoded; whatever is not named is not looked at.
    private struct Body: Decodable {
        let metadata: Metadata?
        let results: Results?

        struct Metadata: Decodable {
            let request_id: String?
            let duration: Figure?
            let models: [String]?
            let model_info: [String: Info]?
        }

        struct Info: Decodable {
            let name: String?
            let version: String?
        }

        struct Results: Decodable {
            let channels: [Channel]?
            let utterances: [Utterance]?
        }

        struct Channel: Decodable {
            let alternatives: [Alternative]?
            let detected_language: String?
        }

        struct Alternative: Decodable {
            let transcript: String?
            let confidence: Figure?
            let words: [Word]?
        }

        struct Utterance: Decodable {
            let start: Figure?
            let end: Figure?
            let channel: Figure?
            let confidence: Figure?
            let transcript: String?
            let words: [Word]?
            let speaker: Figure?
        }

        struct Word: Decodable {
            let word: String?
            /// With its capitals and stops, or a tag in its place.
            let punctuated_word: String?
            let start: Figure?
            let end: Figure?
            let confidence: Figure?
            let speaker: Figure?

            var spelling: String { punctuated_word ?? word ?? "" }
        }
    }
}
