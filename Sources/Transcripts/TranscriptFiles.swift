// TranscriptFiles: a transcript as JSON, plain text and WebVTT beside each other.
public import Files
public import Records

/// A word and where it was said; it may not be known of each.
public struct TimedWord: Sendable, Equatable {
    /// As it is written.
    public var text: String
    /// Seconds from the start of the sound.
    public var start: Double?
    /// Seconds from the start of the sound.
    public var end: Double?
    /// From 0 to 1.
    public var confidence: Double?

    /// Makes a word.
    public init(
        _ text: String, start: Double? = nil, end: Double? = nil, confidence: Double? = nil
    ) {
        self.text = text
        self.start = start
        self.end = end
        self.confidence = confidence
    }
}

/// The three files of one record's transcript, whoever wrote down what was said.
public struct TranscriptFiles: Sendable {
    private let stem: String

    /// The files of a record, below any data directory.
    public init(of record: Record) {
        stem = "transcripts/\(record.dayPath)/\(record.fileStem)"
    }

    /// The JSON file, which the record names.
    public var path: String { stem + ".json" }
    private var text: String { stem + ".txt" }
    private var captions: String { stem + ".vtt" }

    /// Whether all three are there.
    public func areThere(in directory: DataDirectory) throws(Failure) -> Bool {
        for path in [path, text, captions] where try directory.size(of: path) == nil {
            return false
        }
        return true
    }

    /// The member for the record: text and confidence follow from the segments, whose numbers are
    /// rounded.
    public func transcript(
        _ segments: [Transcript.Segment], language: String?, engine: String, model: String?,
        key: String, provenance: Transcript.Provenance? = nil
    ) -> Transcript {
        let segments = segments.map { segment in
            var segment = segment
            segment.start = rounded(segment.start)
            segment.end = rounded(segment.end)
            segment.confidence = segment.confidence.map(rounded)
            return segment
        }
        return Transcript(
            path: path, text: segments.map(\.text).joined(separator: "\n"), language: language,
            engine: engine, model: model, confidence: confidence(segments), segments: segments,
            key: key, provenance: provenance)
    }

    /// Writes all three; the JSON comes last, so that where it is the others are.
    ///
    /// - Parameters:
    ///   - transcript: As ``transcript(_:language:engine:model:key:provenance:)`` made it.
    ///   - words: Those of each segment, where they are known.
    ///   - id: The record's.
    ///   - seconds: The length of the sound, where it is known.
    ///   - directory: The data directory.
    /// - Throws: `Failure` of kind `storage`.
    public func write(
        _ transcript: Transcript, words: [[TimedWord]] = [], id: String, seconds: Double?,
        into directory: DataDirectory
    ) throws(Failure) {
        let lines = transcript.segments.map { segment in
            (segment.speaker.map { "\(title($0)): " } ?? "") + segment.text + "\n"
        }
        try directory.write(Array(lines.joined().utf8), to: text)
        let cues = transcript.segments.map {
            WebVTT.Cue(
                start: $0.start, end: $0.end, speaker: $0.speaker.map(title), text: $0.text)
        }
        try directory.write(Array(WebVTT.text(of: cues).utf8), to: captions)
        let document = document(transcript, words, id: id, seconds: seconds)
        try directory.write(document.bytes + [0x0A], to: path)
    }

    private func document(
        _ transcript: Transcript, _ words: [[TimedWord]], id: String, seconds: Double?
    ) -> JSON {
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
            "duration": .number(seconds.map(rounded)), "engine": .string(transcript.engine),
            "model": .text(transcript.model), "text": .string(transcript.text),
            "segments": .array(segments), "provenance": transcript.provenance?.repeatable.json,
        ])
    }

    private func word(_ word: TimedWord) -> JSON {
        .members([
            "word": .string(word.text), "start": .number(word.start.map(rounded)),
            "end": .number(word.end.map(rounded)), "score": .number(word.confidence.map(rounded)),
        ])
    }

    /// The mean over all segments, by their length.
    private func confidence(_ segments: [Transcript.Segment]) -> Double? {
        var sum = 0.0
        var weight = 0.0
        for segment in segments {
            guard let confidence = segment.confidence else { continue }
            sum += confidence * (segment.end - segment.start)
            weight += segment.end - segment.start
        }
        return weight > 0 ? rounded(sum / weight) : nil
    }

    /// `agent` as it begins a line.
    private func title(_ speaker: String) -> String {
        speaker.prefix(1).uppercased() + speaker.dropFirst()
    }

    /// Milliseconds are as exact as anybody is.
    private func rounded(_ number: Double) -> Double { (number * 1000).rounded() / 1000 }
}

extension Transcript.Provenance {
    /// Without what differs each time: the same work gives the same file, byte for byte, so that a
    /// transcript can be verified by making it again.
    fileprivate var repeatable: Transcript.Provenance {
        var repeatable = self
        (repeatable.request, repeatable.wall, repeatable.cost, repeatable.at) = (nil, nil, nil, nil)
        return repeatable
    }
}
