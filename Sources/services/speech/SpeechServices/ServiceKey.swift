// ServiceKey: a key as a header of a request takes it.
internal import Records

enum ServiceKey {
    /// Refuses what is no key before anything is sent: no record could be served with it.
    ///
    /// - Parameters:
    ///   - key: What was given; a key is one word of ASCII.
    ///   - name: The setting that it came from.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`, without the key.
    static func check(_ key: String, from name: String) throws(Failure) {
        guard key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Failure(
                .stop, .configuration, "use \(name): it is no key",
                remedy: "let it be one word, as the console of the service shows it")
        }
    }
}
