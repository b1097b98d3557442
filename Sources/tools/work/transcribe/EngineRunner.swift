// EngineRunner: an engine, the fallback for its failures, and the cost of both.
import Filter
import Money
import Records
import Speech

/// Hears a sound with the first engine that succeeds.
struct EngineRunner: Sendable {
    /// The engine that the user chose.
    let engine: any Engine
    /// The engine for records on which the first one fails.
    let fallback: (any Engine)?
    private let prices: Prices
    private let budget: Budget
    private let observer: Observer

    /// Makes the engines that the options name.
    init(_ options: Options<ToolOptions>) throws {
        let engines = try ChosenEngines(options)
        (engine, fallback) = (engines.first, engines.fallback)
        prices = try Prices(options, engine: engine.name, fallback: fallback?.name)
        budget = Budget(limit: options.budget, for: "transcribe")
        observer = options.observer
        if options.submits, !(engine is any SubmittingEngine) {
            throw UsageError(
                "option --submit needs an engine that is asked for its words later:"
                    + " --engine whisperx --dialect fastapi")
        }
    }

    /// A transcription, its engine and its cost.
    struct Heard: Sendable {
        var transcription: Transcription
        var engine: any Engine
        var provenance: Transcript.Provenance
    }

    /// Transcribes a sound; one of no length is not given to any engine.
    ///
    /// - Throws: `Failure`, and `Unfinished` when a service is still working on it.
    func hear(_ sound: Sound) async throws -> Heard {
        guard sound.seconds > 0 else {
            let nothing = Transcription(language: nil, utterances: [])
            return heard(nothing, of: sound, by: engine, seconds: 0, since: .now, cost: nil)
        }
        do {
            return try await hear(sound, by: engine, hasOther: fallback != nil)
        } catch let failure as Failure where EngineRunner.isOfEngine(failure) && !Task.isCancelled {
            guard let fallback else { throw failure }
            observer(
                .note("\(sound.id): unable to \(failure.message); \(fallback.name) takes over"))
            var heard = try await hear(sound.anew, by: fallback)
            heard.provenance.after = "\(engine.name): \(failure.message)"
            return heard
        }
    }

    /// Leaves the sound with the service; a later run asks for the words.
    ///
    /// - Returns: The task.
    /// - Throws: `Failure`, and `Unfinished` when the service took a part of it.
    func submit(_ sound: Sound) async throws -> String {
        guard let engine = engine as? any SubmittingEngine else {
            throw Failure(.stop, .internal, "leave a sound with \(engine.name): it takes none")
        }
        let reserved = prices.highest(of: sound, engine.name)
        try await budget.reserve(reserved, for: sound.id)
        var spent = reserved
        do {
            let task = try await engine.submit(sound)
            await budget.settle(reserved, spent: spent)
            return task
        } catch {
            if !(error is Unfinished) { spent = 0 }
            await budget.settle(reserved, spent: spent)
            throw error
        }
    }

    /// Transcribes a sound by one engine; its failure ends the line unless another can take over.
    private func hear(
        _ wanted: Sound, by engine: any Engine, hasOther: Bool = false
    ) async throws -> Heard {
        var sound = wanted
        if !engine.takesPrompt { sound.prompt = nil }
        let reserved = prices.highest(of: sound, engine.name)
        try await budget.reserve(reserved, for: sound.id)
        let began = ContinuousClock.now
        let result: Result<Transcription, any Error>
        do {
            result = .success(try await engine.transcribe(sound))
        } catch {
            result = .failure(error)
        }
        // Some pieces of a sound that failed were answered, and charged.
        let cost = prices.cost(ofSeconds: sound.meter.seconds, engine.name)
        // A service will charge for a task that is still running.
        let isUnfinished = if case .failure(is Unfinished) = result { true } else { false }
        if case .failure(let failure as Failure) = result, failure.scope == .stop,
            !hasOther || !EngineRunner.isOfEngine(failure)
        {
            await budget.close(for: failure)
        }
        await budget.settle(reserved, spent: isUnfinished ? reserved : cost ?? 0)
        if case .success = result, sound.meter.leftOut > 0 {
            observer(
                .note(
                    "\(sound.id): utterances left out because there is no sound: "
                        + "\(sound.meter.leftOut)"))
        }
        return heard(
            try result.get(), of: sound, by: engine, seconds: sound.meter.seconds, since: began,
            cost: cost)
    }

    private func heard(
        _ transcription: Transcription, of sound: Sound, by engine: any Engine, seconds: Double,
        since began: ContinuousClock.Instant, cost: Double?
    ) -> Heard {
        var provenance = transcription.provenance
        provenance.identity = engine.model.identity
        provenance.settings = engine.settings(with: sound.prompt)
        provenance.seconds = rounded(seconds)
        provenance.wall = rounded((ContinuousClock.now - began) / .seconds(1))
        provenance.cost = cost
        provenance.at = Timestamp.now.text
        return Heard(transcription: transcription, engine: engine, provenance: provenance)
    }

    /// True when another engine may succeed: not for a fault of the file or of the disk, and not
    /// when the service only asks for fewer requests.
    ///
    /// A service that cannot be reached stops the line only where no other engine takes over.
    private static func isOfEngine(_ failure: Failure) -> Bool {
        guard failure.scope != .stop || failure.kind == .network else { return false }
        switch failure.kind {
        // The recording was decoded here, so a service that cannot read it, or finds it too large,
        // has a limit of its own.
        case .audio: return failure.status != nil
        case .engine, .timeout, .server, .network, .badResponse, .input: return true
        default: return false
        }
    }

    private func rounded(_ number: Double) -> Double { (number * 1000).rounded() / 1000 }
}
