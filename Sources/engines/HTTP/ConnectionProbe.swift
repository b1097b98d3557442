// ConnectionProbe: the times of one request, step by step, and what the server shows of itself.
internal import CCurl
internal import Glibc
public import Records
internal import System

/// One request to an address, looked at for its own sake.
public struct ConnectionProbe: Sendable {
    /// The seconds until the name of the host was known.
    public let nameKnown: Double
    /// The seconds until the connection stood; 0 when it did not come so far.
    public let connected: Double
    /// The seconds until TLS was agreed on; 0 for http.
    public let secured: Double
    /// The seconds until the first byte of the reply.
    public let firstByte: Double
    /// The status of the reply; any status shows that the service answers.
    public let status: Int
    /// The server's clock, by the `Date` header; `nil` without one.
    public let serverTime: Timestamp?
    /// The end of the server's certificate; `nil` for http.
    public let certificateEnd: Timestamp?

    /// Sends a `GET` without any credential, and blocks until the reply is there.
    ///
    /// - Parameters:
    ///   - address: The address, `https` or of this machine.
    ///   - settings: The timeouts and the certificates to trust.
    /// - Throws: `Failure` when the address is none, or no reply came.
    public init(of address: String, _ settings: Client.Settings) throws(Failure) {
        let address = try Address(request: address, plainHosts: settings.plainHosts)
        guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK else {
            throw Failure(.stop, .internal, "start libcurl: it cannot be initialised")
        }
        let transfer = Transfer(
            Exchange(
                method: .get, address: address, headers: [], body: .empty,
                timeout: settings.timeout, isOnFreshConnection: true,
                destination: { _ in .memory(limit: Transfer.longestError, isCut: true) },
                onHead: { _ in }), settings)
        let easy = unsafe transfer.easy
        _ = unsafe ccurl_set_long(easy, CURLOPT_CERTINFO, 1)
        let code = unsafe curl_easy_perform(easy)
        let response: Response
        switch transfer.outcome(code) {
        case .success(.memory(let answer)): response = answer
        case .success(.part(let head)): response = Response(status: head.status)
        case .failure(let breakdown): throw breakdown.failure(host: address.host, attempts: 1)
        }
        func seconds(_ info: CURLINFO) -> Double {
            var microseconds: curl_off_t = 0
            _ = unsafe ccurl_get_offset(easy, info, &microseconds)
            return Double(microseconds) / 1e6
        }
        nameKnown = seconds(CURLINFO_NAMELOOKUP_TIME_T)
        connected = seconds(CURLINFO_CONNECT_TIME_T)
        secured = seconds(CURLINFO_APPCONNECT_TIME_T)
        firstByte = seconds(CURLINFO_STARTTRANSFER_TIME_T)
        status = response.status
        serverTime = response.header("Date").flatMap(HTTPDate.timestamp)
        certificateEnd = unsafe ConnectionProbe.end(ofCertificateOf: easy)
    }

    /// The end of the first certificate of the chain, which is the server's own.
    private static func end(ofCertificateOf easy: UnsafeMutableRawPointer) -> Timestamp? {
        var chain: UnsafeMutablePointer<curl_certinfo>?
        guard unsafe ccurl_get_certificates(easy, &chain) == CURLE_OK, let chain = unsafe chain,
            unsafe chain.pointee.num_of_certs > 0
        else { return nil }
        var line = unsafe chain.pointee.certinfo[0]
        while let entry = unsafe line {
            let text = unsafe entry.pointee.data.map { unsafe String(cString: $0) } ?? ""
            if text.hasPrefix("Expire date:") {
                return HTTPDate.timestamp(String(text.dropFirst("Expire date:".count)))
            }
            unsafe line = entry.pointee.next
        }
        return nil
    }
}

/// Times as HTTP and libcurl write them.
enum HTTPDate {
    /// The moment of `Sun, 06 Nov 1994 08:49:37 GMT` and of `Nov  6 08:49:37 1994 GMT`.
    ///
    /// The corresponding C function is `curl_getdate`.
    static func timestamp(_ text: String) -> Timestamp? {
        let seconds = unsafe curl_getdate(text, nil)
        return seconds < 0 ? nil : Timestamp(milliseconds: Int(seconds) * 1000)
    }
}
