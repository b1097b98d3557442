// CallFacts: the facts about a call that only its record knows, for formats that hold a call.
public import Records

/// A call as its record tells it.
public struct CallFacts: Sendable {
    /// A recording's bytes at an address that others can reach.
    public struct Audio: Sendable {
        /// The start of the recording.
        public var start: Timestamp
        /// Its length in seconds, where it is known.
        public var seconds: Double?
        /// The address; https only.
        public var url: String
        /// The SHA-512 of the bytes, in lower-case hexadecimal.
        public var sha512: String
        /// The media type.
        public var type: String
        /// The number of channels.
        public var channels: Int?
        /// The name of the file.
        public var name: String?

        /// Knows all of it.
        public init(
            start: Timestamp, seconds: Double?, url: String, sha512: String, type: String,
            channels: Int?, name: String?
        ) {
            self.start = start
            self.seconds = seconds
            self.url = url
            self.sha512 = sha512
            self.type = type
            self.channels = channels
            self.name = name
        }
    }

    /// The party that called.
    public var from: Party?
    /// The party that was called.
    public var to: Party?
    /// True when the call came in, so that the customer called.
    public var isInbound: Bool?
    /// The recordings that have such an address.
    public var recordings: [Audio] = []
    /// The time at which the document is made.
    public var now: Timestamp

    /// Knows nothing of a call.
    public init(now: Timestamp = .now) { self.now = now }

    /// Takes what a record tells; the audio is added by who can hash it.
    public init(of record: Record, now: Timestamp = .now) throws(Failure) {
        self.now = now
        from = try record.decode("from", as: Party.self)
        to = try record.decode("to", as: Party.self)
        isInbound = record.direction.map { $0 == "inbound" }
    }
}
