// Address: a URL taken apart by the library that will connect to it.
internal import CCurl
public import Records
internal import System

/// The address of a service or of a file that it holds.
///
/// libcurl's own parser reads it, so that the host that is checked here is the host that is
/// connected to later. A text that two readers could understand differently is refused: an address
/// has no user, no backslash, only printable ASCII, and a host without escapes.
public struct Address: Sendable, Equatable {
    /// The address as libcurl writes it, without the part after `#`.
    public let text: String
    /// `https` or `http`.
    public let scheme: String
    /// The host in lower case; an IPv6 address stands in brackets.
    public let host: String
    /// The port, or the usual one of the scheme.
    public let port: Int

    /// Reads an address; `nil` for a text that is not one.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard text.utf8.allSatisfy({ ASCII.isVisible($0) && $0 != UInt8(ascii: "\\") }),
            parts.count == 2, parts[1].hasPrefix("//")
        else { return nil }
        let authority = parts[1].dropFirst(2).prefix { !"/?#".contains($0) }
        guard !authority.isEmpty, !authority.hasSuffix(":"),
            authority.utf8.allSatisfy(Address.isOfAuthority)
        else {
            return nil
        }
        self.init(text, base: nil)
    }

    /// Reads an address that may be relative to another.
    private init?(_ text: String, base: String?) {
        guard let parser = unsafe curl_url() else { fatalError("out of memory") }
        defer { unsafe curl_url_cleanup(parser) }
        let encoding = base == nil ? 0 : CURLU_URLENCODE
        let flags = UInt32(encoding | CURLU_DISALLOW_USER | CURLU_PATH_AS_IS)
        if let base, unsafe curl_url_set(parser, CURLUPART_URL, base, flags) != CURLUE_OK {
            return nil
        }
        guard unsafe curl_url_set(parser, CURLUPART_URL, text, flags) == CURLUE_OK,
            // The part after # is for the reader and never sent.
            unsafe curl_url_set(parser, CURLUPART_FRAGMENT, nil, 0) == CURLUE_OK
        else { return nil }

        func part(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard unsafe curl_url_get(parser, part, &text, UInt32(flags)) == CURLUE_OK,
                let text = unsafe text
            else { return nil }
            defer { unsafe curl_free(text) }
            return unsafe String(cString: text)
        }
        guard let whole = part(CURLUPART_URL), let scheme = part(CURLUPART_SCHEME)?.lowercased(),
            let host = part(CURLUPART_HOST)?.lowercased(),
            let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap({ Int($0) }),
            ["https", "http"].contains(scheme), (1...65_535).contains(port)
        else { return nil }
        (self.text, self.scheme, self.host, self.port) = (whole, scheme, host, port)
    }

    /// The address to which a redirect leads; `nil` for one that leads from `https` to `http`.
    func following(_ location: String) -> Address? {
        guard let next = Address(location, base: text), next.scheme == "https" || scheme == "http"
        else { return nil }
        return next
    }

    /// True when the host is this machine, by a name that libcurl never asks a name server for.
    public var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }

    /// True when a key or a token cannot be read on the way.
    public var isPrivate: Bool { scheme == "https" || isLoopback }

    /// True when credentials for the one are for the other too: the same scheme, host and port.
    public func hasSameOrigin(as other: Address) -> Bool {
        (scheme, host, port) == (other.scheme, other.host, other.port)
    }

    /// True when the host is this domain or below it.
    public func isWithin(_ domain: String) -> Bool {
        host == domain || host.hasSuffix("." + domain)
    }

    /// Letters, digits, `-`, `.` and `_`; brackets and colons of an IPv6 address or a port.
    private static func isOfAuthority(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || "-._:[]".utf8.contains(byte)
    }
}

extension Address {
    /// Reads the base address of a service as a user set it, without slashes at its end, so that a
    /// path can follow.
    ///
    /// - Parameters:
    ///   - text: The setting's value.
    ///   - setting: The setting's name, for the remedy, such as `--url or OPENAI_BASE_URL`.
    ///   - example: An address that it could be.
    /// - Returns: The address.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`; the address is not in it, since
    ///   it may hold a password.
    public static func base(
        _ text: String, of setting: String, example: String
    ) throws(Failure) -> String {
        guard Address(text) != nil, !text.contains(where: { "?#".contains($0) }) else {
            throw Failure(
                .stop, .configuration, "use \(setting): it is not the address of a service",
                remedy: "set it to an address such as \(example), without a user and without ? and"
                    + " #")
        }
        var base = text
        while base.hasSuffix("/") { base.removeLast() }
        return base
    }

    /// Reads the address of a request.
    ///
    /// - Parameters:
    ///   - text: The address.
    ///   - plainHosts: Hosts that may be spoken to by `http`, beside this machine.
    /// - Throws: `Failure`; of scope `stop`, kind `configuration`, for one that is not private.
    init(request text: String, plainHosts: Set<String> = []) throws(Failure) {
        guard let address = Address(text) else {
            // The text stays out of it: an address can be a secret.
            throw Failure(
                .item, .input, "use an address: it is not a URL that a request can go to")
        }
        guard address.isPrivate || plainHosts.contains(address.host) else {
            throw Failure(
                .stop, .configuration,
                "send a request to \(address.host): the address is not https",
                remedy: "use an https address; http is for this machine, and for the hosts of a"
                    + " network that you trust, named by CALLPIPE_HTTP_HOSTS")
        }
        self = address
    }

    /// Fails for an address that lets others on the way read a key or token.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    func checkIsSafeForSecrets() throws(Failure) {
        if isPrivate { return }
        throw Failure(
            .stop, .configuration,
            "send a key to \(host): everybody on the way can read what goes by http",
            remedy: "use an https address, or a service that needs no key")
    }
}
