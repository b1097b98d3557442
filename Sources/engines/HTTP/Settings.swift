// Settings: how long to wait, how often to try and whom to trust.
public import Records

extension Client {
    /// What a client goes by.
    public struct Settings: Sendable {
        /// The longest wait that a service may ask for, in seconds, and be waited for.
        ///
        /// Whoever wants more is left alone: the run ends with what is done, and a later one goes
        /// on, which nobody has to hold a terminal or a slot of a cluster for.
        public static let longestWait = 300.0

        /// Seconds until a connection has to stand.
        public var connectTimeout: Double = 10
        /// Seconds for one attempt, and for silence in the middle of a file's transfer.
        public var timeout: Double = 60
        /// How often a request is made before its failure counts.
        public var attempts = 5
        /// The first back-off is a random time up to so many seconds; each further one doubles.
        public var backoff: Double = 0.5
        /// The most bytes of a body that are taken into memory.
        public var longestBody = 64 << 20
        /// A file of certificates to trust instead of the system's.
        public var caFile: String?
        /// A directory of certificates to trust instead of the system's.
        public var caDirectory: String?
        /// Hosts of a network that is trusted, which may be spoken to by `http`; in lower case.
        public var plainHosts: Set<String> = []
        /// The name that services see.
        public var userAgent = "callpipe"
        /// Told of bytes, waits and retries.
        public var observer: Observer?

        /// The defaults.
        public init(observer: Observer? = nil) {
            self.observer = observer
        }

        /// Reads `REQUEST_TIMEOUT`, `CALLPIPE_HTTP_ATTEMPTS`, `CALLPIPE_HTTP_HOSTS`, and the certificates to trust as the
        /// `curl` program does: the first of `CURL_CA_BUNDLE`, `SSL_CERT_DIR`, `SSL_CERT_FILE`.
        ///
        /// - Throws: `Failure` of scope `stop`, kind `configuration`.
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
            if let file = environment.value("CURL_CA_BUNDLE") {
                caFile = file
            } else if let directory = environment.value("SSL_CERT_DIR") {
                caDirectory = directory
            } else {
                caFile = environment.value("SSL_CERT_FILE")
            }
        }

        /// What waits between attempts are multiplied by: `CALLPIPE_BACKOFF_SCALE`, usually 1.
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
