// Transcript: the member that says what was said, by whom, and how that is known.

/// The words of a call, by whom they were said, and how that is known.
public struct Transcript: MemberValue {
    /// One utterance of one party.
    public struct Segment: MemberValue {
        /// Seconds from the start of the audio.
        public var start: Double
        /// Seconds from the start of the audio.
        public var end: Double
        /// The channel, from 0.
        public var channel: Int
        /// The party, such as `agent`; `nil` when only the channel is known.
        public var speaker: String?
        /// The words.
        public var text: String
        /// From 0 to 1, as the engine says.
        public var confidence: Double?
        /// Why the text is to be doubted, such as `repeated`; `nil` where nothing speaks against it.
        public var doubts: [String]?

        /// Makes a segment.
        public init(
            start: Double, end: Double, channel: Int, speaker: String? = nil, text: String,
            confidence: Double? = nil, doubts: [String]? = nil
        ) {
            self.start = start
            self.end = end
            self.channel = channel
            self.speaker = speaker
            self.text = text
            self.confidence = confidence
            self.doubts = doubts
        }

        /// The segment as it is written.
        public var json: JSON {
            .members([
                "start": .double(start), "end": .double(end), "channel": .int(channel),
                "speaker": .text(speaker), "text": .string(text), "confidence": .number(confidence),
                "doubts": doubts.map { .array($0.map(JSON.string)) },
            ])
        }
    }

    /// How a transcript came about, so that it can be made again and its cost be added up.
    public struct Provenance: MemberValue {
        /// The version of the engine's program or service, as it says.
        public var version: String?
        /// The SHA-256 of the model's file, where it is here; it tells models of one name apart.
        public var identity: String?
        /// The engine's parameters.
        public var settings: String?
        /// The number by which the service finds the request.
        public var request: String?
        /// The seconds of audio that the engine was given, over all channels.
        public var seconds: Double?
        /// The seconds that it took.
        public var wall: Double?
        /// The cost in the operator's own currency, when a price was named.
        public var cost: Double?
        /// The engine that failed on the record before, and why.
        public var after: String?
        /// When it was made, RFC 3339 in UTC.
        public var at: String?

        /// Says nothing yet.
        public init() {}

        /// The provenance as it is written.
        public var json: JSON {
            .members([
                "version": .text(version), "identity": .text(identity), "settings": .text(settings),
                "request": .text(request), "seconds": .number(seconds), "wall": .number(wall),
                "cost": .number(cost), "after": .text(after), "at": .text(at),
            ])
        }
    }

    /// The SHA-256 of each file, in lower-case hexadecimal, by which a changed one is known.
    ///
    /// It has the formats that were written: JSON, and those that were asked for.
    public struct Files: Codable, Sendable, Equatable {
        /// Of the JSON file.
        public var json: String
        /// Of the plain text.
        public var txt: String?
        /// Of the captions as WebVTT.
        public var vtt: String?
        /// Of the captions as SubRip.
        public var srt: String?
        /// Of the page.
        public var md: String?

        /// Names the files that there are.
        public init(
            json: String, txt: String? = nil, vtt: String? = nil, srt: String? = nil,
            md: String? = nil
        ) {
            self.json = json
            self.txt = txt
            self.vtt = vtt
            self.srt = srt
            self.md = md
        }

        /// The hash of the file of a format; `nil` when it was not written.
        public subscript(format: TranscriptFormat) -> String? {
            get {
                switch format {
                case .json: json
                case .txt: txt
                case .vtt: vtt
                case .srt: srt
                case .md: md
                }
            }
            set {
                switch format {
                case .json: json = newValue ?? ""
                case .txt: txt = newValue
                case .vtt: vtt = newValue
                case .srt: srt = newValue
                case .md: md = newValue
                }
            }
        }

        /// The formats that were written, JSON first.
        public var formats: [TranscriptFormat] {
            TranscriptFormat.allCases.filter { self[$0] != nil }
        }
    }

    /// The JSON file, relative to the data directory; the files of other formats lie beside it.
    public var path: String
    /// All of it.
    public var text: String
    /// The language's code, such as `en`.
    public var language: String?
    /// The engine that wrote it down, such as `whisper.cpp` or `ringcentral`.
    public var engine: String
    /// The model's name.
    public var model: String?
    /// From 0 to 1, over all segments, weighted by their length.
    public var confidence: Double?
    /// Utterances by start time.
    public var segments: [Segment]
    /// A hash over what the transcript was made from: audio, engine, model and settings.
    public var key: String?
    /// How it came about.
    public var provenance: Provenance?
    /// The hashes of its files, once they are written.
    public var files: Files?

    /// Makes a transcript.
    public init(
        path: String, text: String, language: String?, engine: String, model: String?,
        confidence: Double?, segments: [Segment], key: String?, provenance: Provenance? = nil
    ) {
        self.path = path
        self.text = text
        self.language = language
        self.engine = engine
        self.model = model
        self.confidence = confidence
        self.segments = segments
        self.key = key
        self.provenance = provenance
    }

    /// The member's value as it is written.
    public var json: JSON {
        .members([
            "path": .string(path), "text": .string(text), "language": .text(language),
            "engine": .string(engine), "model": .text(model), "confidence": .number(confidence),
            "segments": .array(segments.map(\.json)), "key": .text(key),
            "provenance": provenance?.json,
            "files": files.map { files in
                .object(
                    files.formats.map { .init($0.rawValue, JSON.text(files[$0]) ?? .null) })
            },
        ])
    }
}
