// Transcriber: makes a record's transcript from its audio, once.
import Audio
import Crypto
import Files
import Filter
import Records
import Speech
import System
import Transcripts

/// Transcribes records into one data directory.
struct Transcriber: Sendable {
    private let runner: EngineRunner
    private let parties: Parties
    private let doubts: Doubts
    private let directory: DataDirectory
    private let beside: Beside
    private let room: FreeSpace
    private let options: Options<ToolOptions>

    /// Reads the options, and finds the engine and its model.
    init(_ options: Options<ToolOptions>) throws {
        self.options = options
        parties = Parties(options)
        doubts = Doubts(options)
        runner = try EngineRunner(options)
        directory = try DataDirectory(options.data, isMade: !options.isDryRun)
        beside = Beside(directory: directory, observer: options.observer)
        room = FreeSpace(directory.path, keeping: options.minFree)
        Audio.report(to: options.observer)
    }

    /// Adds `transcript` and writes its files; a record that has both passes unchanged.
    func transcribe(_ record: inout Record) async throws {
        let earlier = options.isBeside ? beside.earlier(record) : []
        try await hear(&record)
        guard options.isBeside, !options.isDryRun else { return }
        try await OwnThread.run { [beside, record] _ in
            try beside.write(record, replacing: earlier)
        }
    }

    private func hear(_ record: inout Record) async throws {
        // A member of another shape is no transcript.
        if options.unlessTranscript, (try? record.transcript()) != nil { return }
        guard let audio = try record.audio() else {
            // In a dry pipeline nothing was fetched.
            if options.isDryRun { return options.observer(.note("would transcribe \(record.id)")) }
            throw Failure(
                .item, .input, "transcribe the record: it has no member \"audio\"",
                remedy: "run rc-fetch or dir-list before transcribe")
        }
        let files = TranscriptFiles(of: record, formats: options.formats)
        let engine = runner.engine
        // Files and models are hashed, which takes long.
        let earlier = try await OwnThread.run { [self, record] _ in
            _ = engine.model
            return try find(record, audio, files)
        }
        switch earlier {
        case .onRecord: return
        case .inFiles(let transcript):
            if options.isDryRun {
                return options.observer(.note("would take the transcript of \(record.id)"))
            }
            try room.check()
            let taken = try await OwnThread.run { [directory, id = record.id] _ in
                try files.complete(transcript, id: id, in: directory)
            }
            record.set("transcript", to: taken)
            record.remove("task")
            return options.observer(.taken)
        case .nowhere: break
        }
        if options.isDryRun {
            options.observer(
                .note("would transcribe \(record.id) by \(engine.name) \(engine.model.name)"))
            return
        }

        try room.check()
        let (sound, isSplit) = try await sound(of: record, audio)
        let heard: EngineRunner.Heard
        do {
            // Nothing is left with a service that has nothing to hear.
            if options.submits, sound.seconds > 0 {
                let task = try await runner.submit(sound)
                return leave(task, try key(of: record, audio, by: engine), on: &record)
            }
            heard = try await runner.hear(sound)
        } catch let unfinished as Unfinished {
            leave(unfinished.task, try key(of: record, audio, by: engine), on: &record)
            throw unfinished.failure
        }
        let utterances = heard.transcription.utterances
        if utterances.isEmpty { try accept(silenceOf: sound.seconds) }
        let speakers = parties.speakers(of: record)
        let segments = zip(utterances, doubts.about(utterances)).map { utterance, doubts in
            Transcript.Segment(
                start: utterance.start, end: utterance.end, channel: utterance.channel,
                speaker: isSplit ? speakers[utterance.channel] : utterance.speaker,
                text: utterance.text, confidence: utterance.confidence,
                doubts: doubts.isEmpty ? nil : doubts.map(\.rawValue))
        }
        let transcript = files.transcript(
            segments, language: heard.transcription.language, engine: heard.engine.name,
            model: heard.transcription.model ?? heard.engine.model.name,
            key: try key(of: record, audio, by: heard.engine), provenance: heard.provenance)
        let words = utterances.map(\.words)
        let written = try await OwnThread.run { [directory, id = record.id] _ in
            try files.write(
                transcript, words: words, id: id, seconds: sound.seconds, into: directory)
        }
        record.set("transcript", to: written)
        record.remove("task")
    }

    /// Where the transcript is that one of the engines would make now.
    private enum Earlier: Sendable {
        case onRecord
        /// A run was killed before the record was written, the record was lost, or a file is missing.
        case inFiles(Transcript)
        case nowhere
    }

    private func find(
        _ record: Record, _ audio: AudioFile, _ files: TranscriptFiles
    ) throws -> Earlier {
        if options.isForced { return .nowhere }
        let old = try? record.transcript()
        if let old, try isCurrent(old, record, audio) {
            if try files.hold(old, in: directory) { return .onRecord }
            // Only a file that is made of it is missing.
            if try files.holdJSON(old, in: directory) { return .inFiles(old) }
        }
        guard var kept = try files.kept(id: record.id, in: directory),
            try isCurrent(kept, record, audio)
        else { return .nowhere }
        guard let old, old.key == kept.key else { return .inFiles(kept) }
        // A file with another hash than the record has for it was changed.
        if let hashes = old.files, hashes.json != kept.files?.json, try !isBeingRedacted(record) {
            return .nowhere
        }
        kept.provenance = old.provenance
        return .inFiles(kept)
    }

    /// True when redact has noted what it takes out of the files; a run of it that was killed goes on.
    private func isBeingRedacted(_ record: Record) throws(Failure) -> Bool {
        try directory.size(of: "redacted/\(record.dayPath)/\(record.fileStem).json") != nil
    }

    /// True when one of the engines would make the same transcript now.
    private func isCurrent(
        _ transcript: Transcript, _ record: Record, _ audio: AudioFile
    ) throws -> Bool {
        try [runner.engine, runner.fallback].compactMap { $0 }.contains {
            try $0.name == transcript.engine && key(of: record, audio, by: $0) == transcript.key
        }
    }

    /// The audio as an engine hears it; split when its channels are parties.
    private func sound(of record: Record, _ audio: AudioFile) async throws -> (
        Sound, isSplit: Bool
    ) {
        let path = try directory.absolutePath(of: audio.path)
        let facts: Audio.Facts
        do {
            // A long file takes seconds, and other tasks need the shared threads meanwhile.
            facts = try await OwnThread.run { [self] cancellation in
                try verify(audio, while: { !cancellation.isCancelled })
                return try Audio.probe(path)
            }
        } catch var failure as Failure {
            if failure.remedy.isEmpty {
                failure.remedy = "play the file of audio.path, and fetch it again if it is damaged"
            }
            throw failure
        }
        for remark in facts.remarks { options.observer(.note("\(record.id): \(remark)")) }
        if let cut = facts.cut {
            guard options.acceptTruncated else {
                throw Failure(
                    .item, .audio, "transcribe the audio: \(cut)",
                    remedy:
                        "fetch it again with rc-fetch --force, or accept the part that is there"
                        + " with --accept-truncated")
            }
            options.observer(.note("\(record.id): \(cut)"))
        }
        let channels = parties.channels(of: facts)
        let isSplit = channels == .split
        // Services get the file as it is now; the record's size may be old.
        let bytes = try directory.size(of: audio.path) ?? 0
        let sound = Sound(
            id: record.id,
            original: facts.isPlain
                ? Sound.Original(
                    path: path, bytes: bytes, type: audio.type, channels: facts.channels) : nil,
            task: try task(of: record, audio), prompt: try prompt(of: record),
            seconds: facts.seconds, rate: facts.rate, channels: isSplit ? facts.channels : 1
        ) { (rate: Int, sink: Sound.Sink) throws(Failure) in
            try Audio.decode(path, channels: channels, rate: rate, into: sink)
        }
        return (sound, isSplit)
    }

    /// Fails when the file is missing, cut off or changed: then it has to be fetched again.
    private func verify(_ audio: AudioFile, while isWanted: () -> Bool) throws {
        guard try directory.size(of: audio.path) != nil else {
            throw Failure.missing(
                "audio", "transcribe the audio",
                remedy: "fetch it with rc-fetch or dir-list, or let --data name its directory")
        }
        let sha256 = try directory.sha256(of: audio.path, while: isWanted)
        guard sha256 == audio.sha256.lowercased() else {
            throw Failure.changed(
                "audio", "transcribe the audio",
                remedy: "fetch it again with rc-fetch or dir-list")
        }
    }

    /// Accepts a call without a word, but not one of hours: then a line was left open or is broken.
    private func accept(silenceOf seconds: Double) throws(Failure) {
        let hours = Int(seconds / 3600)
        guard hours > 0, !options.acceptEmpty else { return }
        throw Failure(
            .item, .audio, "transcribe the audio: there is no speech in \(hours) h and more of it",
            remedy: "listen to the file of audio.path; --accept-empty accepts a call without words")
    }

    /// Puts the service's task onto the record, where a later run finds it.
    private func leave(_ task: String, _ key: String, on record: inout Record) {
        record.set("task", to: EngineTask(engine: runner.engine.name, key: key, id: task))
    }

    /// The task that an earlier run left with the service, if it is the same work.
    private func task(of record: Record, _ audio: AudioFile) throws -> String? {
        guard let task = try record.decode("task", as: EngineTask.self), !options.isForced,
            try task.key == key(of: record, audio, by: runner.engine)
        else { return nil }
        return task.id
    }

    /// The names and words to expect in a recording: those of the option, then its own.
    private func prompt(of record: Record) throws(Failure) -> String? {
        let texts = try [options.prompt, Prompt.checked(record.prompt())].compactMap { $0 }
        return texts.isEmpty ? nil : texts.joined(separator: ", ")
    }

    /// The SHA-256 of what was heard: a copy in which redact made something silent is heard as its
    /// recording was, and not again.
    private func source(of audio: AudioFile, _ record: Record) -> String {
        guard record.mutedAudio == audio.sha256,
            let of = record.raw(at: ["redaction", "audio", "of"])
        else { return audio.sha256 }
        return JSON.raw(of).decoded(as: String.self) ?? audio.sha256
    }

    /// A hash over everything that decides the words.
    private func key(
        of record: Record, _ audio: AudioFile, by engine: any Engine
    ) throws(Failure) -> String {
        let prompt = engine.takesPrompt ? try prompt(of: record) : nil
        let parts = [
            source(of: audio, record), engine.name, engine.model.identity,
            engine.settings(with: prompt),
            parties.identity(of: record),
        ]
        return Digest.sha256(Array(parts.joined(separator: "\n").utf8))
    }
}

/// The member `task`: the work that a service has not finished.
private struct EngineTask: MemberValue {
    var engine: String
    /// The key of the transcript that will come of it.
    var key: String
    /// The engine's own text.
    var id: String

    var json: JSON {
        .members(["engine": .string(engine), "key": .string(key), "id": .string(id)])
    }
}

extension Doubts {
    /// Reads `--doubt-below`.
    fileprivate init(_ options: Options<ToolOptions>) {
        self.init()
        leastConfidence = options.doubtBelow ?? leastConfidence
    }
}
