// NetworkFailure: the failures that libcurl's codes become.
internal import CCurl
internal import Records

extension Breakdown {
    /// A body that is shorter than the head said.
    static let truncated = Breakdown(
        reason: .code(CURLE_PARTIAL_FILE.rawValue, "the reply is shorter than it said"),
        wasSent: true, hadHead: true)

    /// A body that is not what was asked for, under the status of a success.
    static func unexpected(_ wanted: String, host: String) -> Breakdown {
        let failure = Failure(
            .temporary, .badResponse, "read the reply of \(host): it is not \(wanted)",
            remedy: "run it again later; see whether a proxy answers in the place of \(host)")
        return Breakdown(
            reason: .failure(failure, isFinal: false), wasSent: true, hadHead: true)
    }

    /// True when another attempt may succeed.
    var isTemporary: Bool {
        switch reason {
        case .failure(_, let isFinal): !isFinal
        case .cancelled: false
        case .code(let code, _):
            [
                CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT,
                CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2, CURLE_PARTIAL_FILE,
                CURLE_OPERATION_TIMEDOUT, CURLE_SSL_CONNECT_ERROR, CURLE_GOT_NOTHING,
                CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_SEND_FAIL_REWIND, CURLE_HTTP2_STREAM,
            ].contains(CURLcode(rawValue: code))
        }
    }

    /// The words for the log, before another attempt.
    func words(host: String) -> String {
        switch reason {
        case .failure(let failure, _): failure.message
        case .cancelled: "cancelled"
        case .code(_, let words): "\(host): \(words)"
        }
    }

    /// The failure after the last attempt.
    func failure(host: String, attempts: Int) -> Failure {
        switch reason {
        case .failure(let failure, _): failure
        case .cancelled: .cancelled
        case .code(let code, let words):
            failure(CURLcode(rawValue: code), words, host, attempts)
        }
    }

    private func failure(
        _ code: CURLcode, _ words: String, _ host: String, _ attempts: Int
    ) -> Failure {
        let times = attempts > 1 ? " (\(attempts) attempts)" : ""
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR:
            return Failure(
                .stop, .network, "trust \(host): \(words)",
                remedy: "let CURL_CA_BUNDLE name a file with the certificate of its authority")
        case CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CRL_BADFILE:
            return Failure(
                .stop, .configuration, "read the certificates to trust: \(words)",
                remedy: "let CURL_CA_BUNDLE name a readable file of certificates")
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_OUT_OF_MEMORY,
            CURLE_FAILED_INIT, CURLE_BAD_FUNCTION_ARGUMENT, CURLE_UNKNOWN_OPTION:
            return Failure(.stop, .internal, "send a request to \(host): \(words)")
        // Nothing was sent: the request of another record would fail too.
        case _ where !wasSent:
            return Failure(
                .stop, .network, "reach \(host): \(words)\(times)",
                remedy: "check the network and the address, then run again")
        case CURLE_OPERATION_TIMEDOUT:
            return Failure(.temporary, .timeout, "hear from \(host): \(words)\(times)")
        default:
            return Failure(.temporary, .network, "talk to \(host): \(words)\(times)")
        }
    }
}
