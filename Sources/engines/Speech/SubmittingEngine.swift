// SubmittingEngine: an engine whose service takes a sound now and is asked for the words later.

/// An engine that can leave a sound with its service and go on at once.
///
/// What it gives back is on the record before anything waits, so a run that is killed while the
/// service works costs neither a second request nor a second bill.
public protocol SubmittingEngine: Engine {
    /// Leaves the sound with the service; of one with a `task` only what that task lacks.
    ///
    /// - Parameter sound: What is to be heard.
    /// - Returns: The task, for ``Sound/task`` of a later ``Engine/transcribe(_:)``.
    /// - Throws: `Failure`, or ``Unfinished`` when the service took a part of it.
    func submit(_ sound: Sound) async throws -> String
}
