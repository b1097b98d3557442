// Digest: SHA-256, SHA-512 and MD5 over bytes as they come.
internal import CCrypto

/// A hash under way; OpenSSL's `EVP_MD_CTX`.
@safe
public struct Digest: ~Copyable, @unchecked Sendable {
    // Sendable: the context has one owner, this value, which cannot be copied, and OpenSSL ties no
    // context to a thread; so the owner of the value has the context alone.

    /// The hashes that the services name.
    public enum Algorithm: Sendable {
        case sha256, sha512, md5
    }

    private let context: OpaquePointer
    private let length: Int

    /// Begins a hash over nothing.
    public init(_ algorithm: Algorithm) {
        guard let context = unsafe EVP_MD_CTX_new() else { fatalError("out of memory") }
        unsafe self.context = context
        let type =
            switch algorithm {
            case .sha256: unsafe Digest.sha256Method
            case .sha512: unsafe Digest.sha512Method
            case .md5: unsafe Digest.md5Method
            }
        length =
            switch algorithm {
            case .sha256: 32
            case .sha512: 64
            case .md5: 16
            }
        guard unsafe EVP_DigestInit_ex(context, type, nil) == 1 else {
            fatalError("OpenSSL has no \(algorithm)")
        }
    }

    // Looked up once: with EVP_sha256() OpenSSL 3 looks for it again for each hash, which costs as
    // much as the hash of a short text. Nil for what this OpenSSL was built without.
    // Unchecked is safe: each is set once before its first use, never freed, and OpenSSL lets any
    // thread read a fetched method.
    private nonisolated(unsafe) static let sha256Method = unsafe EVP_MD_fetch(nil, "SHA256", nil)
    private nonisolated(unsafe) static let sha512Method = unsafe EVP_MD_fetch(nil, "SHA512", nil)
    private nonisolated(unsafe) static let md5Method = unsafe EVP_MD_fetch(nil, "MD5", nil)

    private init(copying context: OpaquePointer, length: Int) {
        guard let copy = unsafe EVP_MD_CTX_new(), unsafe EVP_MD_CTX_copy_ex(copy, context) == 1
        else { fatalError("out of memory") }
        unsafe self.context = copy
        self.length = length
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
    }

    /// Adds the bytes.
    ///
    /// The corresponding C function is `EVP_DigestUpdate`.
    public mutating func update(_ bytes: Span<UInt8>) {
        let isDone = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1
        }
        guard isDone else { fatalError("EVP_DigestUpdate") }
    }

    /// Adds the bytes.
    public mutating func update(_ bytes: [UInt8]) { update(bytes.span) }

    /// The same hash, to be ended while this one goes on.
    ///
    /// The corresponding C function is `EVP_MD_CTX_copy_ex`.
    public borrowing func copy() -> Digest {
        unsafe Digest(copying: context, length: length)
    }

    /// Ends the hash and spells it in lower-case hexadecimal.
    ///
    /// The corresponding C function is `EVP_DigestFinal_ex`.
    public consuming func hex() -> String { ended() }

    /// Ends the hash, spells it in lower-case hexadecimal, and begins another over nothing.
    ///
    /// For many short texts: making a new one costs as much as the hash.
    public mutating func next() -> String {
        let text = ended()
        guard unsafe EVP_DigestInit_ex(context, nil, nil) == 1 else {
            fatalError("EVP_DigestInit_ex")
        }
        return text
    }

    private func ended() -> String {
        var sum = [UInt8](repeating: 0, count: length)
        guard unsafe EVP_DigestFinal_ex(context, &sum, nil) == 1 else {
            fatalError("EVP_DigestFinal_ex")
        }
        return Hexadecimal.text(sum)
    }

    /// The SHA-256 of the bytes, in lower-case hexadecimal.
    public static func sha256(_ bytes: [UInt8]) -> String { hash(bytes, .sha256) }

    /// The MD5 of the bytes, in lower-case hexadecimal.
    public static func md5(_ bytes: [UInt8]) -> String { hash(bytes, .md5) }

    private static func hash(_ bytes: [UInt8], _ algorithm: Algorithm) -> String {
        var digest = Digest(algorithm)
        digest.update(bytes)
        return digest.hex()
    }
}

/// Bytes as lower-case hexadecimal.
public enum Hexadecimal {
    /// The bytes, two digits each.
    public static func text(_ bytes: [UInt8]) -> String {
        unsafe String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            for (index, byte) in bytes.enumerated() {
                unsafe text[index * 2] = digit(byte >> 4)
                unsafe text[index * 2 + 1] = digit(byte & 15)
            }
            return bytes.count * 2
        }
    }

    /// The bytes of such a text; `nil` for any other.
    public static func bytes(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
    }
}
