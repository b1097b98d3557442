// TranscriptFiles: a transcript as JSON, plain text and WebVTT beside each other.
internal import Crypto
public import Files
public import Records
internal import System

/// The three files of one record's transcript; every engine's transcript has the same.
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

    /// Looks for all three files, and compares their hashes with those of the transcript.
    ///
    /// - Parameters:
    ///   - transcript: The transcript on the record. One without hashes only needs the files.
    ///   - directory: The data directory.
    /// - Returns: True when nothing has to be written again.
    /// - Throws: `Failure` of kind `storage` when a file cannot be read.
    public func hold(
        _ transcript: Transcript, in directory: DataDirectory
    ) throws(Failure) -> Bool {
        let hashes = transcript.files
        for (path, hash) in [
            (path, hashes?.json), (text, hashes?.txt), (captions, hashes?.vtt),
        ] {
            guard try directory.size(of: path) != nil else { return false }
            if let hash, try directory.sha256(of: path) != hash { return false }
        }
        return true
    }

    /// Makes the member for the record.
    ///
    /// Text and confidence follow from the segments. Numbers are rounded to three decimals.
    public func transcript(
        _ segments: [Transcript.Segment], language: String?, engine: String, model: String?,
        key: String, provenance: Transcript.Provenance? = nil
    ) -> Transcript {
        let segments = segments.map { segment in
            var segment = segment
            segment.start = rounded(segment.start)
            segment.end = rounded(segment.end)
            segment.text = plain(segment.text)
            segment.speaker = segment.speaker.map(plain)
            segment.confidence = segment.confidence.map(rounded)
            return segment
        }
        return Transcript(
            path: path, text: segments.map(\.text).joined(separator: "\n"), language: language,
            engine: engine, model: model, confidence: confidence(segments), segments: segments,
            key: key, provenance: provenance)
    }

    /// Writes the three files; the JSON comes last, so that the others are there when it is.
    ///
    /// - Parameters:
    ///   - transcript: As ``transcript(_:language:engine:model:key:provenance:)`` made it.
    ///   - words: Those of each segment, where they are known.
    ///   - id: The record's.
    ///   - seconds: The length of the sound, where it is known.
    ///   - directory: The data directory.
    /// - Returns: The transcript with the hashes of its files.
    /// - Throws: `Failure` of kind `storage`.
    public func write(
        _ transcript: Transcript, words: [[Transcript.Word]] = [], id: String, seconds: Double?,
        into directory: DataDirectory
    ) throws(Failure) -> Transcript {
        let contents = contents(transcript, words, id: id, seconds: seconds)
        try directory.write(contents.txt, to: text)
        try directory.write(contents.vtt, to: captions)
        try directory.write(contents.json, to: path)
        return with(contents, transcript)
    }

    /// The transcript in the files of an earlier run, which was killed before the record was written.
    ///
    /// The files are whole when a transcript that was read from the JSON file would be written with
    /// the same bytes into all three.
    ///
    /// - Parameters:
    ///   - id: The record's.
    ///   - directory: The data directory.
    /// - Returns: The transcript with its key and the hashes of its files; `nil` when a file is missing,
    ///   is damaged, belongs to another record or has no key.
    /// - Throws: `Failure` of kind `input` for a path that could leave the directory.
    public func kept(id: String, in directory: DataDirectory) throws(Failure) -> Transcript? {
        func contents(of file: String) throws(Failure) -> [UInt8]? {
            try? Descriptor.contents(
                of: try directory.absolutePath(of: file), atMost: Self.longestFile)
        }
        guard let json = try contents(of: path), let kept = KeptTranscript(json),
            kept.id == id, kept.key != nil
        else { return nil }
        let transcript = transcript(
            kept.spoken, language: kept.language, engine: kept.engine, model: kept.model,
            key: kept.key ?? "", provenance: kept.provenance)
        let made = self.contents(transcript, kept.words, id: id, seconds: kept.duration)
        guard made.json == json, try contents(of: text) == made.txt,
            try contents(of: captions) == made.vtt
        else { return nil }
        return with(made, transcript)
    }

    private static let longestFile = 64 << 20

    /// The bytes of the three files.
    private struct Contents {
        var json: [UInt8]
        var txt: [UInt8]
        var vtt: [UInt8]
    }

    private func contents(
        _ transcript: Transcript, _ words: [[Transcript.Word]], id: String, seconds: Double?
    ) -> Contents {
        let lines = transcript.segments.map { segment in
            (segment.speaker.map { "\(title($0)): " } ?? "") + segment.text + "\n"
        }
        let cues = transcript.segments.map {
            WebVTT.Cue(
                start: $0.start, end: $0.end, speaker: $0.speaker.map(title), text: $0.text)
        }
        return Contents(
            json: document(transcript, words, id: id, seconds: seconds).bytes + [0x0A],
            txt: Array(lines.joined().utf8), vtt: Array(WebVTT.text(of: cues).utf8))
    }

    private func with(_ contents: Contents, _ transcript: Transcript) -> Transcript {
        var transcript = transcript
        transcript.files = Transcript.Files(
            json: Digest.sha256(contents.json), txt: Digest.sha256(contents.txt),
            vtt: Digest.sha256(contents.vtt))
        return transcript
    }

    private func document(
        _ transcript: Transcript, _ words: [[Transcript.Word]], id: String, seconds: Double?
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
            "model": .text(transcript.model), "key": .text(transcript.key),
            "text": .string(transcript.text), "segments": .array(segments),
            "provenance": transcript.provenance?.repeatable.json,
        ])
    }

    private func word(_ word: Transcript.Word) -> JSON {
        .members([
            "word": .string(plain(word.text)), "start": .number(word.start.map(rounded)),
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

    /// One line, and nothing that a terminal would obey.
    private func plain(_ text: String) -> String {
        var plain = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: plain.append(" ")
            default: plain.append(scalar)
            }
        }
        return String(plain)
    }

    /// No engine is more exact than a millisecond.
    private func rounded(_ number: Double) -> Double { (number * 1000).rounded() / 1000 }
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
