// Query: the parameters of a request.

/// The parameters after the question mark, each at most once.
public struct Query: Sendable {
    /// The parameters in their order.
    public let parameters: [(name: String, value: String)]

    /// Makes a query, to be written.
    public init(_ parameters: [(name: String, value: String)]) {
        self.parameters = parameters
    }

    /// Reads a query.
    ///
    /// - Throws: ``Problem`` for one that is too long or cannot be decoded, and for a parameter that
    ///   comes twice: two servers would take two of them.
    init(_ text: String, atMost limit: Int) throws(Problem) {
        guard text.utf8.count <= limit else {
            throw Problem(.addressTooLong, "The query is longer than \(limit) bytes.")
        }
        var parameters: [(name: String, value: String)] = []
        for pair in text.split(separator: "&") {
            let halves = pair.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = try PercentCoding.text(halves[0], of: "query", plusIsSpace: true)
            let value =
                halves.count > 1
                ? try PercentCoding.text(halves[1], of: "query", plusIsSpace: true) : ""
            guard !parameters.contains(where: { $0.name == name }) else {
                throw Problem(.badRequest, "A parameter of the query comes twice.")
            }
            parameters.append((name, value))
        }
        self.parameters = parameters
    }

    /// The value of a parameter.
    public subscript(name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    /// The query with its question mark, encoded.
    public var text: String {
        let pairs = parameters.map {
            PercentCoding.encode($0.name) + "=" + PercentCoding.encode($0.value)
        }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }

    /// A path in which each part is encoded, for a header.
    public static func encodedPath(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false)
            .map { PercentCoding.encode(String($0)) }.joined(separator: "/")
    }

    /// Refuses parameters that mean nothing here, which would else be ignored in silence.
    public func allow(_ names: [String]) throws(Problem) {
        for (name, _) in parameters where !names.contains(name) {
            let known = names.isEmpty ? "none" : names.joined(separator: ", ")
            throw Problem(
                .badRequest, "The query has an unknown parameter; the known ones are: \(known).")
        }
    }
}
