// Download: what became of a request whose body goes to a file.

/// The end of a download.
public enum Download: Sendable {
    /// The whole body lies in the part file.
    case stored(Stored)
    /// The service answered with another status than success; nothing was written.
    case refused(Response)

    /// A body on disk.
    public struct Stored: Sendable, Equatable {
        /// Its length.
        public let bytes: Int
        /// In lower-case hexadecimal.
        public let sha256: String
        /// In lower-case hexadecimal.
        public let md5: String
        /// The `Content-Type`, as it came.
        public let contentType: String?
    }
}
