// MessageCode: a code that only those can make who have the key.
internal import CCrypto

/// Message authentication codes.
public enum MessageCode {
    /// HMAC with SHA-256 (RFC 2104) over the bytes: 32 bytes.
    ///
    /// The corresponding C function is `HMAC`.
    public static func sha256(of bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        // OpenSSL takes no null pointer for an empty key.
        let key = key.isEmpty ? [0] : key
        guard
            unsafe HMAC(
                EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &code, &length) != nil,
            length == 32
        else { fatalError("out of memory") }
        return code
    }
}
