// ServiceAddress: where a service is, as a user may write it.
internal import Records

/// Addresses that users set.
enum ServiceAddress {
    /// The address, if it is a plain one.
    ///
    /// - Parameters:
    ///   - url: As it was set.
    ///   - settings: Where it was set, for the remedy: `--url or OPENAI_BASE_URL`.
    ///   - example: What it may be.
    /// - Returns: The address, without slashes at its end, so that a path can follow.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    static func checked(
        _ url: String, settings: String, example: String
    ) throws(Failure) -> String {
        let rest = url.hasPrefix("https://") ? url.dropFirst(8) : url.dropFirst(7)
        let isWeb = url.hasPrefix("https://") || url.hasPrefix("http://")
        let isPlain = url.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isWeb, isPlain, !rest.isEmpty, !rest.hasPrefix("/"),
            !rest.contains(where: { "@?#\\".contains($0) })
        else {
            // It may hold a password, so it is not shown.
            throw Failure(
                .stop, .configuration, "use the address of the service: it is no plain URL",
                remedy: "let \(settings) be such as \(example), without a user and without ? and #")
        }
        var base = url
        while base.hasSuffix("/") { base.removeLast() }
        return base
    }
}
