// Deadline: how long a service may take over a sound, since it is silent until it has done.

/// The longest time for one request of a speech service.
///
/// No byte comes while a service decodes, so silence says nothing and only the whole time counts:
/// OpenAI's own clients wait 600 s whatever the length (openai-python, `_constants.py`).
public enum Deadline {
    /// The time for a sound of so many seconds: ten minutes, and longer where the service may be
    /// five times slower than speech.
    public static func forSound(ofSeconds seconds: Double) -> Duration {
        .seconds(max(600, 60 + 5 * max(0, seconds)))
    }
}
