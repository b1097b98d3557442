// DocumentWriter: the formats of JSON, each in the shape that its own program writes.
internal import Crypto
internal import Glibc
internal import Records
internal import Transcripts

/// Writes a document of JSON.
enum DocumentWriter {
    /// The document on one line.
    static func bytes(_ document: Document, as format: DocumentFormat, _ call: CallFacts) -> [UInt8]
    {
        switch format {
        case .json: own(document)
        case .whisper: whisper(document).bytes + [0x0A]
        case .whisperx: whisperX(document).bytes + [0x0A]
        case .openai: openAI(document).bytes + [0x0A]
        case .deepgram: deepgram(document).bytes + [0x0A]
        default: VConWriter(document, call).json.bytes + [0x0A]
        }
    }

    private static func own(_ document: Document) -> [UInt8] {
        let facts = document.facts
        let transcript = Transcript(
            path: "", spoken: document.spoken.map(\.segment), language: facts.language,
            engine: facts.engine, model: facts.model, key: facts.key, provenance: facts.provenance)
        return TranscriptContents(
            transcript, words: document.spoken.map(\.words), id: facts.id, seconds: facts.seconds
        ).bytes(of: .json)
    }

    // MARK: whisper.cpp

    private static func whisper(_ document: Document) -> JSON {
        let hasChannels = document.spoken.contains { $0.segment.channel > 0 }
        return .members([
            "model": .members(["type": .text(document.facts.model)]),
            "result": .members(["language": .text(document.facts.language)]),
            "transcription": .array(
                document.spoken.map { spoken in
                    let segment = spoken.segment
                    return .members([
                        "timestamps": stamps(segment.start, segment.end),
                        "offsets": offsets(segment.start, segment.end),
                        "text": .string(" " + segment.text),
                        "speaker": hasChannels ? .string(String(segment.channel)) : nil,
                        "tokens": .array(spoken.words.map(token)),
                    ])
                }),
        ])
    }

    private static func token(_ word: Transcript.Word) -> JSON {
        var times: JSON?
        var stamps: JSON?
        if let start = word.start, let end = word.end {
            times = offsets(start, end)
            stamps = self.stamps(start, end)
        }
        return .members([
            "text": .string(" " + word.text), "timestamps": stamps, "offsets": times,
            "p": .number(word.confidence),
        ])
    }

    private static func offsets(_ start: Double, _ end: Double) -> JSON {
        .members([
            "from": .int(Int((start * 1000).rounded())), "to": .int(Int((end * 1000).rounded())),
        ])
    }

    private static func stamps(_ start: Double, _ end: Double) -> JSON {
        let times = Caption(start: start, end: end, text: "").clocks(",")
        return .members(["from": .string(times.start), "to": .string(times.end)])
    }

    // MARK: WhisperX

    private static func whisperX(_ document: Document) -> JSON {
        let words = document.spoken.map { spoken in
            spoken.words.map { word in
                JSON.members([
                    "word": .string(word.text), "start": .number(word.start),
                    "end": .number(word.end), "score": .number(word.confidence),
                    "speaker": .text(spoken.segment.speaker),
                ])
            }
        }
        return .members([
            "segments": .array(
                zip(document.spoken, words).map { spoken, words in
                    .members([
                        "start": .double(spoken.segment.start), "end": .double(spoken.segment.end),
                        "text": .string(" " + spoken.segment.text),
                        "avg_logprob": logarithm(spoken), "words": .array(words),
                        "speaker": .text(spoken.segment.speaker),
                    ])
                }), "word_segments": .array(words.flatMap { $0 }),
            "language": .text(document.facts.language),
        ])
    }

    // MARK: OpenAI

    private static func openAI(_ document: Document) -> JSON {
        let words = document.spoken.flatMap(\.words)
        return .members([
            "task": .string("transcribe"), "language": .text(document.facts.language),
            "duration": .number(document.facts.seconds),
            "text": .string(document.spoken.map(\.segment.text).joined(separator: " ")),
            "words": words.isEmpty
                ? nil
                : .array(
                    words.map {
                        .members([
                            "word": .string($0.text), "start": .number($0.start),
                            "end": .number($0.end),
                        ])
                    }),
            "segments": .array(
                document.spoken.enumerated().map { index, spoken in
                    .members([
                        "id": .int(index), "start": .double(spoken.segment.start),
                        "end": .double(spoken.segment.end), "text": .string(spoken.segment.text),
                        "avg_logprob": logarithm(spoken),
                    ])
                }),
        ])
    }

    /// A confidence as Whisper's logarithm of a probability.
    private static func logarithm(_ spoken: Spoken) -> JSON? {
        .number(spoken.segment.confidence.map { $0 > 0 ? log($0) : -100 })
    }

    // MARK: Deepgram

    private static func deepgram(_ document: Document) -> JSON {
        let facts = document.facts
        let last = document.spoken.map(\.segment.channel).max() ?? 0
        let channels = (0...last).map { channel in
            let spoken = document.spoken.filter { $0.segment.channel == channel }
            let best = JSON.members([
                "transcript": .string(spoken.map(\.segment.text).joined(separator: " ")),
                "words": .array(spoken.flatMap { words(of: $0) }),
            ])
            return JSON.members([
                "alternatives": .array([best]), "detected_language": .text(facts.language),
            ])
        }
        return .members([
            "metadata": .members([
                "duration": .number(facts.seconds), "channels": .int(last + 1),
                "models": facts.model.map { .array([.string($0)]) },
                "model_info": facts.model.map { name in
                    .object([.init(name, .members(["name": .string(name)]))])
                },
            ]),
            "results": .members([
                "channels": .array(channels),
                "utterances": .array(document.spoken.map(utterance)),
            ]),
        ])
    }

    private static func utterance(_ spoken: Spoken) -> JSON {
        .members([
            "start": .double(spoken.segment.start), "end": .double(spoken.segment.end),
            "confidence": .number(spoken.segment.confidence),
            "channel": .int(spoken.segment.channel), "transcript": .string(spoken.segment.text),
            "words": .array(words(of: spoken)), "speaker": voice(spoken),
        ])
    }

    private static func words(of spoken: Spoken) -> [JSON] {
        spoken.words.map { word in
            .members([
                "word": .string(word.text), "start": .number(word.start), "end": .number(word.end),
                "confidence": .number(word.confidence), "punctuated_word": .string(word.text),
                "speaker": voice(spoken),
            ])
        }
    }

    /// The number of a voice such as `SPEAKER_01`; the format has no names.
    private static func voice(_ spoken: Spoken) -> JSON? {
        guard let speaker = spoken.segment.speaker, speaker.hasPrefix("SPEAKER_") else {
            return nil
        }
        return .whole(Int(speaker.dropFirst("SPEAKER_".count)))
    }
}
