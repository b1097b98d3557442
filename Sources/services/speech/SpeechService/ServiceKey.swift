// ServiceKey: a key that a header of a request can carry.
package import Records
internal import System

/// Keys that users set.
package enum ServiceKey {
    /// Refuses a text that cannot be a key, before anything is sent.
    ///
    /// - Parameters:
    ///   - key: The key: one word of ASCII.
    ///   - name: The setting that it came from.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`, without the key.
    package static func check(_ key: String, from name: String) throws(Failure) {
        guard key.utf8.allSatisfy(ASCII.isVisible) else {
            throw Failure(
                .stop, .configuration, "use \(name): it is no key",
                remedy: "let it be one word, as the console of the service shows it")
        }
    }
}
