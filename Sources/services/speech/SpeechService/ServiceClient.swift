// ServiceClient: the HTTP client of speech services.
package import HTTP
package import Records
package import Speech

extension Client {
    /// A client for services that charge for each attempt: three attempts unless
    /// `CALLPIPE_HTTP_ATTEMPTS` says otherwise.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    package static func ofSpeech(
        _ environment: Environment, observer: Observer?
    ) throws(Failure) -> Client {
        var settings = try Settings(environment, observer: observer)
        if environment.value("CALLPIPE_HTTP_ATTEMPTS") == nil { settings.attempts = 3 }
        return try Client(settings)
    }
}

extension Piece {
    /// The WAV file as a request sends it.
    package var content: [Request.Part] {
        [.bytes(header)]
            + ranges.map {
                .file(path: path, offset: header.count + $0.lowerBound, length: $0.count)
            }
    }
}

extension PercentEncoding {
    /// A query with its values encoded, beginning with `?`.
    ///
    /// - Parameter items: Names with their values, in order.
    /// - Returns: The query, such as `?model=nova-3&language=en`.
    package static func query(_ items: [(String, String)]) -> String {
        "?" + items.map { "\($0)=\(text($1))" }.joined(separator: "&")
    }
}
