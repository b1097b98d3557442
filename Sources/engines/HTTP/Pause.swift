// Pause: a wait that ends when the task is cancelled.
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
