// Download: the outcome of a request whose body goes to a file.

/// The outcome of a download.
public enum Download: Sendable {
    /// The whole body lies in the part file.
    case stored(Body)
    /// The service answered with another status than success; nothing was written.
    case refused(Response)

    /// A body on disk.
    public struct Body: Sendable, Equatable {
        /// The length.
        public let bytes: Int
        /// The first bytes, at most ``longestBeginning``.
        public let beginning: [UInt8]
        /// The SHA-256 in lower-case hexadecimal.
        public let sha256: String
        /// The MD5 in lower-case hexadecimal.
        public let md5: String
        /// The `Content-Type`, as it came.
        public let contentType: String?

        /// The size of ``beginning`` at most, in bytes.
        static let longestBeginning = 512

        /// True when it begins as a text does, such as HTML or JSON: UTF-8 without control
        /// characters.
        public var isText: Bool {
            // The last character may be cut in two.
            let whole = bytes > beginning.count ? beginning.count - 4 : beginning.count
            let text = (max(0, whole)...beginning.count).lazy.compactMap { end in
                String(validating: beginning[..<end], as: UTF8.self)
            }.first
            let isPlain = beginning.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D) ~= $0 }
            return text != nil && isPlain
        }
    }

    /// The kind of body that a caller asks for.
    public struct Expectation: Sendable {
        let name: String
        let isMet: @Sendable (Body) -> Bool

        /// Any body at all.
        public static let anything = Expectation("a file") { _ in true }

        /// Names what is expected, and tells a body that is it.
        public init(_ name: String, isMet: @escaping @Sendable (Body) -> Bool) {
            self.name = name
            self.isMet = isMet
        }
    }
}
