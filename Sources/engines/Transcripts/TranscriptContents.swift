// TranscriptContents: the bytes of a transcript's files.
package import Records

/// A transcript with all that its files tell, and the bytes of each of them.
package struct TranscriptContents {
    package let transcript: Transcript
    private let words: [[Transcript.Word]]
    private let id: String
    private let seconds: Double?

    /// Takes all that the files tell.
    ///
    /// - Parameters:
    ///   - transcript: The transcript.
    ///   - words: Those of each segment, where they are known.
    ///   - id: The record's.
    ///   - seconds: The length of the sound, where it is known.
    package init(
        _ transcript: Transcript, words: [[Transcript.Word]], id: String, seconds: Double?
    ) {
        self.transcript = transcript
        self.words = words
        self.id = id
        self.seconds = seconds
    }

    init(_ transcript: Transcript, _ kept: KeptTranscript) {
        self.init(transcript, words: kept.words, id: kept.id, seconds: kept.duration)
    }

    /// The bytes of one file.
    package func bytes(of format: TranscriptFormat) -> [UInt8] {
        switch format {
        case .json: document.bytes + [0x0A]
        case .txt:
            Array(captions.map { Speaker.prefix($0.speaker) + $0.text + "\n" }.joined().utf8)
        case .vtt: Array(WebVTT.text(of: captions).utf8)
        case .srt: Array(SubRip.text(of: captions).utf8)
        case .md: Array((head + captions.map(MarkdownPage.paragraph).joined()).utf8)
        }
    }

    private var captions: [Caption] {
        transcript.segments.map {
            Caption(
                start: $0.start, end: $0.end, speaker: $0.speaker.map(Speaker.title),
                text: $0.text)
        }
    }

    private var head: String {
        MarkdownPage.head(
            id: id, seconds: seconds, language: transcript.language, engine: transcript.engine,
            model: transcript.model)
    }

    private var document: JSON {
        let segments = transcript.segments.enumerated().map { index, segment in
            JSON.members([
                "id": .int(index), "start": .double(segment.start), "end": .double(segment.end),
                "channel": .int(segment.channel), "speaker": .text(segment.speaker),
                "text": .string(segment.text), "confidence": .number(segment.confidence),
                "doubts": segment.doubts.map { .array($0.map(JSON.string)) },
                "words": .array(words.indices.contains(index) ? words[index].map(word) : []),
            ])
        }
        return .members([
            "id": .string(id), "language": .text(transcript.language),
            "duration": .number(seconds?.inMilliseconds), "engine": .string(transcript.engine),
            "model": .text(transcript.model), "key": .text(transcript.key),
            "text": .string(transcript.text), "segments": .array(segments),
            "provenance": transcript.provenance?.repeatable.json,
        ])
    }

    private func word(_ word: Transcript.Word) -> JSON {
        .members([
            "word": .string(word.text.onOneLine), "start": .number(word.start?.inMilliseconds),
            "end": .number(word.end?.inMilliseconds),
            "score": .number(word.confidence?.inMilliseconds),
        ])
    }
}

extension Transcript {
    /// A transcript whose text and confidence follow from its segments.
    ///
    /// Numbers are rounded to three decimals; text has no control characters.
    package init(
        path: String, spoken: [Segment], language: String?, engine: String, model: String?,
        key: String?, provenance: Provenance?
    ) {
        let segments = spoken.map { segment in
            var segment = segment
            segment.start = segment.start.inMilliseconds
            segment.end = segment.end.inMilliseconds
            segment.text = segment.text.onOneLine
            segment.speaker = segment.speaker?.onOneLine
            segment.confidence = segment.confidence?.inMilliseconds
            return segment
        }
        self.init(
            path: path, text: segments.map(\.text).joined(separator: "\n"), language: language,
            engine: engine, model: model, confidence: segments.confidence, segments: segments,
            key: key, provenance: provenance)
    }
}

extension [Transcript.Segment] {
    /// The mean over all segments, by their length.
    fileprivate var confidence: Double? {
        var sum = 0.0
        var weight = 0.0
        for segment in self {
            guard let confidence = segment.confidence else { continue }
            sum += confidence * (segment.end - segment.start)
            weight += segment.end - segment.start
        }
        return weight > 0 ? (sum / weight).inMilliseconds : nil
    }
}

extension String {
    /// One line, and nothing that a terminal would obey.
    fileprivate var onOneLine: String {
        var plain = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: plain.append(" ")
            default: plain.append(scalar)
            }
        }
        return String(plain)
    }
}

extension Double {
    /// With three decimals: no engine is more exact than a millisecond.
    fileprivate var inMilliseconds: Double { (self * 1000).rounded() / 1000 }
}

extension Transcript.Provenance {
    /// The provenance without the members that differ each time.
    ///
    /// The same work then gives the same file, byte for byte, so that a transcript can be verified
    /// by making it again.
    fileprivate var repeatable: Transcript.Provenance {
        var repeatable = self
        (repeatable.request, repeatable.wall, repeatable.cost, repeatable.at) = (nil, nil, nil, nil)
        return repeatable
    }
}
