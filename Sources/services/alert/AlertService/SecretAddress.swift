// SecretAddress: an address of a service that is the key to it as well.
public import HTTP
public import Records

/// An address that is a secret, from a setting, and the way to its service.
public struct SecretAddress: Sendable {
    private let address: String
    private let posting: Posting

    /// Reads the setting.
    ///
    /// - Parameters:
    ///   - name: The name of the setting.
    ///   - environment: The settings.
    ///   - posting: The way to the service.
    ///   - example: An address as it may be, for the message.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`, when it is not set or no address.
    public init(
        _ name: String, _ environment: Environment, _ posting: Posting, example: String
    ) throws(Failure) {
        address = try environment.requiredSecret(name)
        self.posting = posting
        guard Address(address) != nil else {
            throw Failure(
                .stop, .configuration, "use \(name): it is not an address",
                remedy: "set it to an address such as \(example)")
        }
    }

    /// Makes a request; its path is in no log.
    ///
    /// - Parameters:
    ///   - service: The name of the service, for messages.
    ///   - never: Statuses by which the service refuses the message itself.
    ///   - request: Makes the request to the address.
    /// - Returns: The reply, with a status from 200 to 299.
    /// - Throws: `Failure`, as ``Posting/send(_:to:never:)`` does.
    public func send(
        to service: String, never: Set<Int>, _ request: (String) -> Request
    ) async throws(Failure) -> Response {
        var request = request(address)
        request.hasSecretPath = true
        return try await posting.send(request, to: service, never: never)
    }
}
