// Engine: the contract of every program and service that turns sound into words.
public import Records

/// Turns sound into words.
///
/// Many tasks use one engine at the same time. The engine itself limits how many sounds it works on
/// at once, for example by giving several sounds to one program.
public protocol Engine: Sendable {
    /// The name in transcripts, and the name that `--engine` takes.
    var name: String { get }
    /// The speech model.
    var model: Model { get }
    /// Everything else that changes the words, but for the prompt; part of the transcript's key.
    var settings: String { get }
    /// True when the engine heeds ``Sound/prompt``.
    var takesPrompt: Bool { get }
    /// Writes down what is said on all channels; the transcription is empty when there is no speech.
    ///
    /// - Parameter sound: The sound of one recording.
    /// - Returns: The utterances, their times in seconds of the sound.
    /// - Throws: `Failure`, ``Unfinished`` when a service is still working on the sound, or
    ///   `CancellationError` when the task is cancelled.
    func transcribe(_ sound: Sound) async throws -> Transcription
}

extension Engine {
    /// Most models take a prompt.
    public var takesPrompt: Bool { true }

    /// The settings of one sound: those of the engine and the prompt.
    public func settings(with prompt: String?) -> String {
        prompt.map { "\(settings) \($0)" } ?? settings
    }
}

/// An engine whose service accepts a sound now and is asked for the words later.
///
/// The task is on the record before anything waits for it. So a run that is killed while the service
/// works costs neither a second request nor a second bill.
public protocol SubmittingEngine: Engine {
    /// Gives the sound to the service; of a sound with a `task`, only the parts that the task lacks.
    ///
    /// - Parameter sound: The sound of one recording.
    /// - Returns: The task, for ``Sound/task`` of a later ``Engine/transcribe(_:)``.
    /// - Throws: `Failure`, or ``Unfinished`` when the service accepted only a part of the sound.
    func submit(_ sound: Sound) async throws -> String
}

/// A service still works on the sound, or did so when the connection broke.
public struct Unfinished: Error, Sendable {
    /// The words by which the engine finds its work again; no secret, and no address.
    public var task: String
    /// The reason for not waiting any longer; of scope `temporary`.
    public var failure: Failure

    /// Leaves a task with its service.
    public init(task: String, failure: Failure) {
        self.task = task
        self.failure = failure
    }
}

/// The name of a speech model, and its identity among models of the same name.
public struct Model: Sendable, Equatable {
    /// A short name, such as `base.en`.
    public var name: String
    /// The hash of the model's files where they are on this machine, else the name that the service
    /// uses.
    public var identity: String

    /// Makes a model.
    public init(name: String, identity: String) {
        self.name = name
        self.identity = identity
    }
}
