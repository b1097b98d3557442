// DeepgramJSON: a transcription in the JSON of Deepgram.
package import Records
package import Speech

/// A transcription in the times and channels of the file that was sent.
package struct DeepgramJSON: Sendable, Equatable {
    /// The utterances in the order of the answer; none of them is without text.
    package var utterances: [Utterance]
    /// The language's code, where the service heard which language it is.
    package var language: String?
    /// The length of the sound in seconds, as the service measured it.
    package var seconds: Double?
    /// The service's number for the request, as it stands there.
    package var request: String?
    /// The model's whole name, as it stands there.
    package var model: String?
    /// The model's version, as it stands there.
    package var version: String?

    /// A pause between words that parts utterances where the service gives none, in seconds.
    private static let pause = 0.8

    /// Reads an answer.
    ///
    /// - Parameters:
    ///   - json: The answer.
    ///   - wanted: The number of channels that are heard by themselves; `nil` for any.
    /// - Throws: `Failure` of scope `temporary`, kind `bad_response`.
    package init(_ json: ReplyJSON, channels wanted: Int?) throws(Failure) {
        let body = try json.decode(Body.self)
        guard let results = body.results, let heard = results.channels else {
            // That is its answer when it sends the words to another address.
            throw json.unusable("JSON without \"results\"")
        }
        let channels = wanted ?? heard.count
        guard heard.count == channels else {
            throw json.unusable("for \(heard.count) channels, not \(channels)")
        }
        let told = (results.utterances ?? []).compactMap(DeepgramJSON.utterance)
        utterances =
            told.isEmpty
            ? heard.enumerated().flatMap { DeepgramJSON.utterances($1, of: $0, body.metadata) }
            : told
        guard utterances.allSatisfy({ (0..<channels).contains($0.channel) }) else {
            throw json.unusable("for a channel that there is not")
        }
        language = heard.compactMap(\.detected_language).first.flatMap(SpokenLanguage.code)
        // No file lasts longer than ten days.
        seconds = (body.metadata?.duration?.value).flatMap { (0...1e6).contains($0) ? $0 : nil }
        request = body.metadata?.request_id
        let info = body.metadata?.models?.compactMap { body.metadata?.model_info?[$0] }.first
        model = info?.name
        version = info?.version
    }

    // MARK: Utterances

    private static func utterance(_ told: Body.Utterance) -> Utterance? {
        let words = told.words ?? []
        let text =
            (told.transcript ?? words.map(\.spelling).joined(separator: " ")).trimmed
        guard !text.isEmpty else { return nil }
        let start = told.start?.value ?? words.first?.start?.value
        let end = told.end?.value ?? words.last?.end?.value
        let begin = max(0, start ?? 0)
        var utterance = Utterance(
            start: begin, end: max(begin, end ?? begin),
            channel: Int(exactly: told.channel?.value ?? 0) ?? -1, text: text,
            confidence: told.confidence?.value, words: words.map(word),
            speaker: (told.speaker?.value).flatMap { Int(exactly: $0) }.map(voice))
        utterance.isStartKnown = start != nil
        utterance.isEndKnown = end.map { $0 >= begin } ?? false
        return utterance
    }

    /// The words of a channel, parted at pauses and where another voice speaks.
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
        let channel = LenientNumber(Double(number))
        if groups.isEmpty {
            let whole = Body.Utterance(
                start: LenientNumber(0), end: metadata?.duration, channel: channel,
                confidence: best.confidence, transcript: best.transcript, words: nil, speaker: nil)
            return [utterance(whole)].compactMap { $0 }
        }
        return groups.compactMap { group in
            utterance(
                Body.Utterance(
                    start: group.first?.start, end: group.last?.end, channel: channel,
                    confidence: LenientNumber(group.compactMap(\.confidence?.value).mean),
                    transcript: nil, words: group, speaker: group.first?.speaker))
        }
    }

    private static func word(_ told: Body.Word) -> Word {
        Word(
            told.spelling, start: told.start?.value, end: told.end?.value,
            confidence: told.confidence?.value)
    }

    /// The name of a voice, as other engines spell it.
    private static func voice(_ number: Int) -> String {
        let digits = String(number)
        return "SPEAKER_" + (digits.count < 2 ? "0" : "") + digits
    }

    // MARK: JSON

    /// The members that are read.
    private struct Body: Decodable {
        let metadata: Metadata?
        let results: Results?

        struct Metadata: Decodable {
            let request_id: String?
            let duration: LenientNumber?
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
            let confidence: LenientNumber?
            let words: [Word]?
        }

        struct Utterance: Decodable {
            let start: LenientNumber?
            let end: LenientNumber?
            let channel: LenientNumber?
            let confidence: LenientNumber?
            let transcript: String?
            let words: [Word]?
            let speaker: LenientNumber?
        }

        struct Word: Decodable {
            let word: String?
            /// The word with capitals and punctuation, or a tag in its place.
            let punctuated_word: String?
            let start: LenientNumber?
            let end: LenientNumber?
            let confidence: LenientNumber?
            let speaker: LenientNumber?

            var spelling: String { punctuated_word ?? word ?? "" }
        }
    }
}
