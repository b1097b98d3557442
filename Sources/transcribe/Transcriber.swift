// Transcriber: from a record's audio to its transcript, and not twice.
import Audio
import Crypto
import Files
import Filter
import Records
import Speech
import Transcripts

/// Transcribes records by one engine into one data directory.
struct Transcriber: Sendable {
    private enum Plan: String { case auto, mix, split }

    private let engine: any Engine
    private let plan: Plan
    private let speakers: [String]
    private let directory: DataDirectory
    private let room: FreeSpace
    private let isForced: Bool
    private let isDryRun: Bool
    private let observer: Observer

    /// Takes what the options say; the engine's model is found here.
    init(_ options: Options) throws {
        let channels = options.string("channels") ?? Plan.auto.rawValue
        guard let plan = Plan(rawValue: channels) else {
            throw UsageError("option --channels knows auto, mix and split, not \"\(channels)\"")
        }
        self.plan = plan
        speakers = (options.string("speakers") ?? "agent,customer")
            .split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        engine = try EngineChoice(options).engine()
        directory = try DataDirectory(options.dataPath)
        room = FreeSpace(directory.path, keeping: try options.minFree)
        isForced = options.isForced
        isDryRun = options.isDryRun
        observer = options.observer
        Audio.report(to: observer)
    }

    /// Adds `transcript` and writes its files; a record that has both already passes as it is.
    func transcribe(_ record: inout Record) async throws {
        guard let audio = try record.audio() else {
            throw Failure(
                .item, .input, "transcribe the record: it has no member \"audio\"",
                remedy: "run rc-fetch or dir-list before transcribe")
        }
        let key = Digest.sha256(Array(identity(audio).utf8))
        let files = TranscriptFiles(of: record)
        if !isForced, let old = try? record.transcript(), old.key == key,
            try files.areThere(in: directory)
        {
            return
        }
        if isDryRun {
            observer(.note("would transcribe \(record.id) by \(engine.name) \(engine.model.name)"))
            return
        }

        try room.check()
        let path = try directory.absolutePath(of: audio.path)
        let facts: Audio.Facts
        do {
            facts = try Audio.probe(path)
        } catch var failure {
            if failure.remedy.isEmpty {
                failure.remedy = "play the file of audio.path, and bring it again if it is damaged"
            }
            throw failure
        }
        if facts.damagedPackets > 0 {
            observer(.note("\(record.id): \(facts.damagedPackets) damaged packets are left out"))
        }
        let isSplit = shouldSplit(facts)
        let transcription = try await engine.transcribe(
            Sound(
                id: record.id,
                original: Sound.Original(
                    path: path, bytes: audio.bytes, type: audio.type, channels: facts.channels),
                seconds: facts.seconds, rate: facts.rate, channels: isSplit ? facts.channels : 1
            ) { (rate: Int, sink: Sound.Sink) throws(Failure) in
                try Audio.decode(path, channels: isSplit ? .split : .mix, rate: rate, into: sink)
            })
        let segments = transcription.utterances.map { utterance in
            Transcript.Segment(
                start: utterance.start, end: utterance.end, channel: utterance.channel,
                speaker: isSplit ? speaker(utterance.channel) : nil, text: utterance.text,
                confidence: utterance.confidence)
        }
        let transcript = files.transcript(
            segments, language: transcription.language, engine: engine.name,
            model: engine.model.name, key: key)
        try files.write(
            transcript, words: transcription.utterances.map { $0.words.map(TimedWord.init) },
            id: record.id, seconds: facts.seconds, into: directory)
        record.set("transcript", to: transcript)
    }

    /// All that the words depend on.
    private func identity(_ audio: AudioFile) -> String {
        [
            audio.sha256, engine.name, engine.model.identity, engine.settings, plan.rawValue,
            speakers.joined(separator: ","),
        ].joined(separator: "\n")
    }

    /// Two channels are two parties, unless both carry the same call.
    private func shouldSplit(_ facts: Audio.Facts) -> Bool {
        switch plan {
        case .mix: false
        case .split: true
        case .auto: facts.isDualMono == false
        }
    }

    private func speaker(_ channel: Int) -> String {
        let name = channel < speakers.count ? speakers[channel] : ""
        return name.isEmpty ? "channel-\(channel)" : name
    }
}

extension TimedWord {
    fileprivate init(_ word: Word) {
        self.init(word.text, start: word.start, end: word.end, confidence: word.confidence)
    }
}
