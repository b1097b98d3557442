// Pause: waiting that a cancelled task gives up.
public import Records

/// Waits that end early when the task is cancelled.
public enum Pause {
    /// Waits; a cancelled task gets a failure of scope `stop`.
    public static func seconds(_ seconds: Double) async throws(Failure) {
        do {
            try await Task.sleep(for: .seconds(seconds))
        } catch {
            throw .cancelled
        }
    }
}

extension Failure {
    /// The task was cancelled; it says nothing about the record, which is to be dropped.
    static var cancelled: Failure {
        Failure(.stop, .internal, "finish a request: the run is being stopped")
    }
}
