// TranscriptFiles: a transcript as JSON, plain text and WebVTT beside each other.
import Files
import Records
import Speech

/// The three files of one record's transcript.
struct TranscriptFiles {
    private let stem: String

    init(stem: String) { self.stem = stem }

    private var json: String { stem + ".json" }
    private var text: String { stem + ".txt" }
    private var captions: String { stem + ".vtt" }

    func areThere(in directory: DataDirectory) throws -> Bool {
        for path in [json, text, captions] where try directory.size(of: path) == nil {
            return false
        }
        return true
    }

    /// The member for the record.
    func transcript(
        _ transcription: Transcription, engine: any Engine, key: String,
        speaker: (Int) -> String?
    ) -> Transcript {
        let segments = transcription.utterances.map { utterance in
            Transcript.Segment(
                start: rounded(utterance.start), end: rounded(utterance.end),
                channel: utterance.channel, speaker: speaker(utterance.channel),
                text: utterance.text, confidence: utterance.confidence.map(rounded))
        }
        return Transcript(
            path: json, text: segments.map(\.text).joined(separator: "\n"),
            language: transcription.language, engine: engine.name, model: engine.model.name,
            confidence: confidence(segments), segments: segments, key: key)
    }

    /// Writes all three; the JSON comes last, so that where it is the others are.
    func write(
        _ transcript: Transcript, _ transcription: Transcription, id: String, seconds: Double,
        into directory: DataDirectory
    ) throws {
        let lines = transcript.segments.map { segment in
            (segment.speaker.map { "\(title($0)): " } ?? "") + segment.text + "\n"
        }
        try directory.write(Array(lines.joined().utf8), to: text)
        let cues = transcript.segments.map {
            WebVTT.Cue(
                start: $0.start, end: $0.end, speaker: $0.speaker.map(title), text: $0.text)
        }
        try directory.write(Array(WebVTT.text(of: cues).utf8), to: captions)
        let document = document(transcript, transcription, id: id, seconds: seconds)
        try directory.write(document.bytes + [0x0A], to: json)
    }

    private func document(
        _ transcript: Transcript, _ transcription: Transcription, id: String, seconds: Double
    ) -> JSON {
        let segments = zip(transcript.segments, transcription.utterances).enumerated().map {
            index, pair in
            JSON.members([
                "id": .int(index), "start": .double(pair.0.start), "end": .double(pair.0.end),
                "channel": .int(pair.0.channel), "speaker": .text(pair.0.speaker),
                "text": .string(pair.0.text), "confidence": .number(pair.0.confidence),
                "words": .array(pair.1.words.map(word)),
            ])
        }
        return .members([
            "id": .string(id), "language": .text(transcript.language),
            "duration": .double(rounded(seconds)), "engine": .string(transcript.engine),
            "model": .text(transcript.model), "text": .string(transcript.text),
            "segments": .array(segments),
        ])
    }

    private func word(_ word: Word) -> JSON {
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

    /// Milliseconds are as exact as any engine is.
    private func rounded(_ number: Double) -> Double { (number * 1000).rounded() / 1000 }
}
