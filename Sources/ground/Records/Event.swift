// Event: what an engine tells the frame while it works, since engines neither print nor log.

/// Something worth showing to the person who watches, said by an engine or a service.
public enum Event: Sendable {
    /// Bytes moved over the network or written to disk since the last event.
    case bytes(Int)
    /// Nothing moves for so many seconds, and why ("rate limit of group heavy").
    case waiting(seconds: Double, reason: String)
    /// A request is made again after so many seconds, because of what the text says.
    case retrying(seconds: Double, reason: String)
    /// The part of the whole that is done, from 0 to 1, where a tool can know it.
    case progress(Double)
    /// The result of a record was taken from the disk, where an earlier run had left it.
    case taken
    /// A line of a file of settings is not used; it counts as a line that is no record does.
    case rejected(Failure)
    /// A remark for the log, such as "3 calls are not finished yet".
    case note(String)
}

/// Where events go; called from any thread.
public typealias Observer = @Sendable (Event) -> Void
