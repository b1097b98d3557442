// RequestTimeout: the longest time for one request of a speech service.

/// The time that a service may take over a sound.
///
/// A service sends no byte while it decodes, so silence says nothing and only the whole time counts.
/// OpenAI's own clients wait 600 s whatever the length (openai-python, `_constants.py`).
package enum RequestTimeout {
    /// Ten minutes, and more where a service that is five times slower than speech needs it.
    ///
    /// - Parameter seconds: The length of the sound.
    /// - Returns: The longest time until the whole answer is there.
    package static func forSound(ofSeconds seconds: Double) -> Duration {
        .seconds(max(600, 60 + 5 * max(0, seconds)))
    }
}
