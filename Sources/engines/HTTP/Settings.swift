// Settings: timeouts, attempts and trusted certificates.
public import Records

extension Client {
    /// The settings of a client.
    public struct Settings: Sendable {
        /// The longest wait, in seconds, that a run makes when a service asks for it.
        ///
        /// For a longer wait the run ends with the work that is done, and a later run goes on, so
        /// that no terminal and no slot of a cluster is held.
        public static let longestWait = 300.0

        /// The timeout for a connection in seconds.
        public var connectTimeout: Double = 10
        /// The timeout in seconds for one attempt, and for silence within a file's transfer.
        public var timeout: Double = 60
        /// The number of attempts of a request.
        public var attempts = 5
        /// The bound of the first random wait between attempts in seconds; it doubles each time.
        public var backoff: Double = 0.5
        /// The largest body in memory, in bytes.
        public var longestBody = 64 << 20
        /// A file of certificates to trust in place of the system's.
        public var caFile: String?
        /// A directory of certificates to trust in place of the system's.
        public var caDirectory: String?
        /// Hosts of a network that is trusted, which may be spoken to by `http`; in lower case.
        public var plainHosts: Set<String> = []
        /// The value of `User-Agent`.
        public var userAgent = "callpipe"
        /// Gets a note of bytes, waits and retries.
        public var observer: Observer?
        /// Gets a line for each request.
        public var requestLog: RequestLog?

        /// The defaults.
        public init(observer: Observer? = nil) {
            self.observer = observer
        }

        /// Reads `REQUEST_TIMEOUT`, `CALLPIPE_HTTP_ATTEMPTS`, `CALLPIPE_HTTP_HOSTS`,
        /// `CALLPIPE_HTTP_LOG`, and the certificates to trust as the `curl` program does: the first
        /// of `CURL_CA_BUNDLE`, `SSL_CERT_DIR`, `SSL_CERT_FILE`.
        ///
        /// - Throws: `Failure` of scope `stop`, kind `configuration`, or `storage` for a log that
        ///   cannot be written.
        public init(_ environment: Environment, observer: Observer? = nil) throws(Failure) {
            self.observer = observer
            if let text = environment.value("REQUEST_TIMEOUT") {
                guard let seconds = Double(text), seconds > 0, seconds <= 86_400 else {
                    throw Settings.unusable("REQUEST_TIMEOUT", "a number of seconds")
                }
                timeout = seconds
            }
            if let text = environment.value("CALLPIPE_HTTP_ATTEMPTS") {
                guard let count = Int(text), (1...100).contains(count) else {
                    throw Settings.unusable("CALLPIPE_HTTP_ATTEMPTS", "a number from 1 to 100")
                }
                attempts = count
            }
            plainHosts = Set(
                (environment.value("CALLPIPE_HTTP_HOSTS") ?? "").lowercased()
                    .split { $0 == "," || $0 == " " }.map(String.init))
            backoff *= try Settings.backoffScale(environment)
            if let path = environment.value("CALLPIPE_HTTP_LOG") {
                requestLog = try RequestLog(path, observer: observer)
            }
            if let file = environment.value("CURL_CA_BUNDLE") {
                caFile = file
            } else if let directory = environment.value("SSL_CERT_DIR") {
                caDirectory = directory
            } else {
                caFile = environment.value("SSL_CERT_FILE")
            }
        }

        /// The factor of all waits between attempts: `CALLPIPE_BACKOFF_SCALE`, usually 1.
        ///
        /// - Throws: `Failure` of scope `stop`, kind `configuration`.
        public static func backoffScale(_ environment: Environment) throws(Failure) -> Double {
            guard let text = environment.value("CALLPIPE_BACKOFF_SCALE") else { return 1 }
            guard let scale = Double(text), scale >= 0, scale <= 100 else {
                throw unusable("CALLPIPE_BACKOFF_SCALE", "a number from 0 to 100")
            }
            return scale
        }

        private static func unusable(_ name: String, _ wanted: String) -> Failure {
            Failure(
                .stop, .configuration, "use \(name): it is not \(wanted)",
                remedy: "set \(name) to \(wanted), or not at all")
        }
    }
}
