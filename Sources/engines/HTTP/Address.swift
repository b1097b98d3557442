// Address: a URL taken apart by the library that will connect to it.
internal import CCurl
internal import Records

/// An address that a request may go to.
///
/// libcurl's own parser reads it, so that what is checked here is what is connected to later.
struct Address: Sendable, Equatable {
    /// As libcurl writes it.
    let text: String
    /// `https`, or `http` for this machine and for hosts that the user trusts.
    let scheme: String
    let host: String
    let port: String
    /// Hosts that may be spoken to by `http`, beside this machine.
    private let plainHosts: Set<String>

    init(_ text: String, plainHosts: Set<String> = []) throws(Failure) {
        try self.init(text, flags: 0, base: nil, plainHosts)
    }

    /// Where a redirect leads; never from `https` to `http`.
    func following(_ location: String) throws(Failure) -> Address {
        // Where a server sends us is its doing: it says nothing of our settings or the record.
        let next = try? Address(location, flags: UInt32(CURLU_URLENCODE), base: text, plainHosts)
        guard let next, next.scheme == "https" || scheme == "http" else {
            throw Failure(
                .temporary, .badResponse, "follow a redirect of \(host): it leads away from https")
        }
        return next
    }

    /// Whether credentials for the one are for the other too.
    func hasSameOrigin(as other: Address) -> Bool {
        (scheme, host, port) == (other.scheme, other.host, other.port)
    }

    private init(
        _ text: String, flags: UInt32, base: String?, _ plainHosts: Set<String>
    ) throws(Failure) {
        self.plainHosts = plainHosts
        guard let parser = unsafe curl_url() else { fatalError("out of memory") }
        defer { unsafe curl_url_cleanup(parser) }
        let flags = flags | UInt32(CURLU_DISALLOW_USER | CURLU_PATH_AS_IS)
        if let base, unsafe curl_url_set(parser, CURLUPART_URL, base, flags) != CURLUE_OK {
            throw Address.unusable
        }
        guard unsafe curl_url_set(parser, CURLUPART_URL, text, flags) == CURLUE_OK,
            // The part after # is for the reader and never sent.
            unsafe curl_url_set(parser, CURLUPART_FRAGMENT, nil, 0) == CURLUE_OK
        else { throw Address.unusable }

        func part(_ part: CURLUPart, _ flags: Int32 = 0) throws(Failure) -> String {
            var text: UnsafeMutablePointer<CChar>?
            guard unsafe curl_url_get(parser, part, &text, UInt32(flags)) == CURLUE_OK,
                let text = unsafe text
            else { throw Address.unusable }
            defer { unsafe curl_free(text) }
            return unsafe String(cString: text)
        }
        self.text = try part(CURLUPART_URL)
        scheme = try part(CURLUPART_SCHEME).lowercased()
        host = try part(CURLUPART_HOST).lowercased()
        port = try part(CURLUPART_PORT, CURLU_DEFAULT_PORT)
        guard scheme == "https" || (scheme == "http" && (isLoopback || plainHosts.contains(host)))
        else {
            throw Failure(
                .stop, .configuration, "send a request to \(host): the address is not https",
                remedy: "use an https address; http is for this machine, and for the hosts of a"
                    + " network that you trust, named by CALLPIPE_HTTP_HOSTS")
        }
    }

    /// Sees that nobody on the way reads a key or token.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    func checkIsSafeForSecrets() throws(Failure) {
        if scheme == "https" || isLoopback { return }
        throw Failure(
            .stop, .configuration,
            "send a key to \(host): by http everybody on the way can read it",
            remedy: "use an https address, or a service that needs no key")
    }

    /// This machine, by the names that libcurl itself never asks a name server for.
    private var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }

    /// The text stays out of it: an address can be a secret.
    private static let unusable = Failure(
        .item, .input, "use an address: it is not a URL that a request can go to")
}
