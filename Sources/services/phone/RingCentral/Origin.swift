// Origin: which server an address belongs to, read so strictly that nobody can read it otherwise.

/// Scheme, host and port of an address.
///
/// The bearer token goes where this says, and curl has its own idea of an address. So only
/// addresses that leave no room for two opinions have an origin: no user, no backslash, nothing
/// but printable ASCII, a host of letters, digits, `.` and `-`, or the IPv6 loopback.
struct Origin: Sendable, Equatable {
    let scheme: String
    let host: String
    let port: Int

    init?(_ address: String) {
        let bytes = Array(address.utf8)
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }) else {
            return nil
        }
        let parts = address.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].hasPrefix("//") else { return nil }
        scheme = parts[0].lowercased()
        guard let usualPort = ["https": 443, "http": 80][scheme] else { return nil }
        var authority = parts[1].dropFirst(2).prefix { !"/?#".contains($0) }
        if authority.hasPrefix("[::1]") {
            host = "::1"
            authority = authority.dropFirst(5)
        } else {
            let name = authority.prefix { $0 != ":" }
            guard !name.isEmpty, name.utf8.allSatisfy(Self.isOfHost) else { return nil }
            host = name.lowercased()
            authority = authority.dropFirst(name.count)
        }
        guard authority.hasPrefix(":") else {
            guard authority.isEmpty else { return nil }
            port = usualPort
            return
        }
        let digits = authority.dropFirst()
        guard (1...5).contains(digits.count), digits.utf8.allSatisfy(Self.isDigit),
            let number = Int(digits), (1...65535).contains(number)
        else { return nil }
        port = number
    }

    /// Whether the host is this very machine, the only one to which a token goes unencrypted.
    var isLoopback: Bool {
        host == "localhost" || host == "::1"
            || (host.hasPrefix("127.")
                && host.utf8.allSatisfy { Self.isDigit($0) || $0 == UInt8(ascii: ".") })
    }

    /// Whether a token may go there as far as the way is concerned.
    var isPrivate: Bool { scheme == "https" || isLoopback }

    /// Whether the host is this domain or below it.
    func isWithin(_ domain: String) -> Bool { host == domain || host.hasSuffix("." + domain) }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isOfHost(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ".")
    }
}
