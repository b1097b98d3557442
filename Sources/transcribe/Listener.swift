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
    init(_ options: Options) throws {
        let choice = EngineChoice(options)
        engine = try choice.engine()
        fallback = try choice.fallback()
        purse = try Purse(options, engine: engine.name, fallback: fallback?.name)
        observer = options.observer
        if options.flag("submit"), !(engine is any SubmittingEngine) {
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
            var again = sound
            again.task = nil
            var heard = try await hear(again, by: fallback)
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
        let reserved = try purse.reserve(sound, engine.name)
        do {
            return try await engine.submit(sound)
        } catch {
            purse.settle(reserved, spent: 0)
            throw error
        }
    }

    private func hear(_ sound: Sound, by engine: any Engine) async throws -> Heard {
        let reserved = try purse.reserve(sound, engine.name)
        let began = ContinuousClock.now
        let transcription: Transcription
        do {
            transcription = try await engine.transcribe(sound)
        } catch let unfinished as Unfinished {
            // The service has it, and will charge for it.
            throw unfinished
        } catch {
            purse.settle(reserved, spent: 0)
            throw error
        }
        let told = transcription.provenance
        let cost = purse.cost(ofSeconds: told.seconds, engine.name)
        purse.settle(reserved, spent: cost ?? 0)
        var provenance = Transcript.Provenance()
        provenance.version = told.version
        provenance.identity = engine.model.identity
        provenance.settings = engine.settings
        provenance.request = told.request
        provenance.seconds = rounded(told.seconds)
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
        case .engine, .timeout, .server, .network, .badResponse, .input: return true
        default: return false
        }
    }

    private func rounded(_ number: Double) -> Double { (number * 1000).rounded() / 1000 }
}
