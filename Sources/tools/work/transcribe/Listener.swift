// Listener: an engine, another for what it fails on, and what both cost.
import Filter
import Records
import Speech

/// Hears a sound with the first engine that can.
struct Listener: Sendable {
    /// The engine that the user chose.
    let engine: any Engine
    /// The one for records that it fails on.
    let fallback: (any Engine)?
    private let purse: Purse
    private let observer: Observer

    /// Makes the engines that the options name.
    init(_ options: Options<ToolOptions>) throws {
        let choice = EngineChoice(options)
        engine = try choice.engine()
        fallback = try choice.fallback()
        try EngineOptions.check(options, [engine, fallback].compactMap { $0 })
        purse = try Purse(options, engine: engine.name, fallback: fallback?.name)
        observer = options.observer
        if options.submits, !(engine is any SubmittingEngine) {
            throw UsageError(
                "option --submit needs an engine that is asked for its words later:"
                    + " --engine whisperx --dialect fastapi")
        }
    }

    /// What was heard, by which engine, at what price.
    struct Heard: Sendable {
        var transcription: Transcription
        var engine: any Engine
        var provenance: Transcript.Provenance
    }

    /// What was said.
    ///
    /// - Throws: `Failure`, and `Unfinished` when a service still works on it.
    func hear(_ sound: Sound) async throws -> Heard {
        do {
            return try await hear(sound, by: engine)
        } catch let failure as Failure where Listener.isEngines(failure) && !Task.isCancelled {
            guard let fallback else { throw failure }
            observer(
                .note("\(sound.id): unable to \(failure.message); \(fallback.name) takes over"))
            var heard = try await hear(sound.anew, by: fallback)
            heard.provenance.after = "\(engine.name): \(failure.message)"
            return heard
        }
    }

    /// Leaves the sound with the service, for a later run to ask for the words.
    ///
    /// - Returns: The task.
    /// - Throws: `Failure`, and `Unfinished` when the service took a part of it.
    func submit(_ sound: Sound) async throws -> String {
        guard let engine = engine as? any SubmittingEngine else {
            throw Failure(.stop, .internal, "leave a sound with \(engine.name): it takes none")
        }
        let reserved = try await purse.reserve(sound, engine.name)
        var spent = reserved
        do {
            let task = try await engine.submit(sound)
            await purse.settle(reserved, spent: spent)
            return task
        } catch {
            if !(error is Unfinished) { spent = 0 }
            await purse.settle(reserved, spent: spent)
            throw error
        }
    }

    private func hear(_ sound: Sound, by engine: any Engine) async throws -> Heard {
        let reserved = try await purse.reserve(sound, engine.name)
        let began = ContinuousClock.now
        let result: Result<Transcription, any Error>
        do {
            result = .success(try await engine.transcribe(sound))
        } catch {
            result = .failure(error)
        }
        // Of several pieces that failed, some were answered, and charged.
        let cost = purse.cost(ofSeconds: sound.meter.seconds, engine.name)
        // What a service works on still, it will charge for.
        let isUnfinished = if case .failure(is Unfinished) = result { true } else { false }
        if case .failure(let failure as Failure) = result, failure.scope == .stop {
            await purse.close(for: failure)
        }
        await purse.settle(reserved, spent: isUnfinished ? reserved : cost ?? 0)
        let transcription = try result.get()
        let told = transcription.provenance
        var provenance = Transcript.Provenance()
        provenance.version = told.version
        provenance.identity = engine.model.identity
        provenance.settings = engine.settings
        provenance.request = told.request
        provenance.seconds = rounded(sound.meter.seconds)
        provenance.wall = rounded((ContinuousClock.now - began) / .seconds(1))
        provenance.cost = cost
        provenance.at = Timestamp.now.text
        return Heard(transcription: transcription, engine: engine, provenance: provenance)
    }

    /// Whether another engine may do better: not where the file is at fault, or the disk, nor where
    /// the service only asks for patience.
    private static func isEngines(_ failure: Failure) -> Bool {
        guard failure.scope != .stop else { return false }
        switch failure.kind {
        // The recording was decoded here; that a service cannot read it, or finds it too large, is
        // the service's own.
        case .audio: return failure.status != nil
        case .engine, .timeout, .server, .network, .badResponse, .input: return true
        default: return false
        }
    }

    private func rounded(_ number: Double) -> Double { (number * 1000).rounded() / 1000 }
}
