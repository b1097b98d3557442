// EasyOptions: the options of libcurl that every transfer sets.
internal import CCurl

/// The options of an easy handle, which it borrows.
@safe
struct EasyOptions {
    let easy: UnsafeMutableRawPointer

    func set(_ exchange: Exchange, length: Int, _ settings: Client.Settings) {
        text(CURLOPT_URL, exchange.address.text)
        // The path is an identifier; libcurl would change "a/../b" to "b".
        number(CURLOPT_PATH_AS_IS, 1)
        text(CURLOPT_PROTOCOLS_STR, exchange.address.scheme)
        number(CURLOPT_FOLLOWLOCATION, 0)
        number(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        // libcurl's use of signals is for programs of one thread.
        number(CURLOPT_NOSIGNAL, 1)
        number(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        number(CURLOPT_TCP_KEEPALIVE, 1)
        number(CURLOPT_BUFFERSIZE, 128 << 10)
        number(CURLOPT_UPLOAD_BUFFERSIZE, 128 << 10)
        text(CURLOPT_USERAGENT, settings.userAgent)
        if exchange.isOnFreshConnection { number(CURLOPT_FRESH_CONNECT, 1) }
        // A proxy of the environment is for other hosts; it must not see requests to this machine.
        if exchange.address.scheme == "http" { text(CURLOPT_NOPROXY, "*") }
        setMethod(exchange, length: length)
        setTimes(exchange, settings)
        setTrust(settings)
    }

    private func setMethod(_ exchange: Exchange, length: Int) {
        if exchange.method == .get || (exchange.method == .delete && length == 0) {
            number(CURLOPT_HTTPGET, 1)
        } else {
            number(CURLOPT_UPLOAD, 1)
            _ = unsafe ccurl_set_offset(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(length))
        }
        text(CURLOPT_CUSTOMREQUEST, exchange.method.rawValue)
    }

    private func setTimes(_ exchange: Exchange, _ settings: Client.Settings) {
        number(CURLOPT_CONNECTTIMEOUT_MS, EasyOptions.milliseconds(settings.connectTimeout))
        if let timeout = exchange.timeout {
            number(CURLOPT_TIMEOUT_MS, EasyOptions.milliseconds(timeout))
        } else {
            number(CURLOPT_LOW_SPEED_LIMIT, 1)
            number(CURLOPT_LOW_SPEED_TIME, max(1, Int(settings.timeout.rounded(.up))))
        }
    }

    private func setTrust(_ settings: Client.Settings) {
        number(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if let file = settings.caFile { text(CURLOPT_CAINFO, file) }
        if let directory = settings.caDirectory { text(CURLOPT_CAPATH, directory) }
    }

    private static func milliseconds(_ seconds: Double) -> Int { max(1, Int(seconds * 1000)) }

    private func text(_ option: CURLoption, _ value: String) {
        _ = unsafe ccurl_set_string(easy, option, value)
    }

    private func number(_ option: CURLoption, _ value: some BinaryInteger) {
        _ = unsafe ccurl_set_long(easy, option, Int(value))
    }
}
