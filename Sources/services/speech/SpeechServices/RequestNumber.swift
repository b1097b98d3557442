// RequestNumber: the number that a service has for a request, a task or a version.

/// Numbers of services, which are told apart from whatever a broken server puts in their place.
enum RequestNumber {
    /// The text, if it may stand on a record: one word of printable ASCII, not too long.
    static func plain(_ text: String) -> String? {
        text.utf8.allSatisfy { (0x21...0x7E).contains($0) } && (1...128).contains(text.utf8.count)
            ? text : nil
    }
}
