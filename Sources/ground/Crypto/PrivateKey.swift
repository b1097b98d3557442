// PrivateKey: an RSA key from PEM text, and signatures with it.
internal import CCrypto

/// A private key that cannot sign.
public struct PrivateKeyError: Error, Equatable, Sendable {
    /// The end of a sentence that says why, such as "it is not an RSA key".
    public let reason: String
}

/// An RSA private key, as a service account's key file holds it.
///
/// The value keeps the text and makes OpenSSL's `EVP_PKEY` for each signature: tokens are minted
/// once an hour, and so no pointer outlives a call.
public struct PrivateKey: Sendable {
    private let pem: [UInt8]

    /// Reads a key and so finds out whether it can sign.
    ///
    /// - Throws: The reason why it cannot sign; the text of the key is not in it.
    public init(pem: String) throws(PrivateKeyError) {
        self.pem = Array(pem.utf8)
        _ = try signRS256([])
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256 over the bytes, the `RS256` of JSON Web Tokens.
    ///
    /// The corresponding C function is `EVP_DigestSign`.
    public func signRS256(_ bytes: [UInt8]) throws(PrivateKeyError) -> [UInt8] {
        // OpenSSL's queue of errors is per thread and nothing else reads it; it must not pile up.
        defer { ERR_clear_error() }
        let key = unsafe pem.withUnsafeBytes { pem -> OpaquePointer? in
            let source = unsafe BIO_new_mem_buf(pem.baseAddress, Int32(pem.count))
            defer { unsafe BIO_free(source) }
            // Without a callback OpenSSL would ask for a passphrase on the terminal.
            return unsafe PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil)
        }
        guard let key = unsafe key else { throw unusable("it is not a private key in PEM") }
        defer { unsafe EVP_PKEY_free(key) }
        guard unsafe EVP_PKEY_is_a(key, "RSA") == 1 else { throw unusable("it is not an RSA key") }
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        var length = Int(unsafe EVP_PKEY_get_size(key))
        var signature = [UInt8](repeating: 0, count: length)
        guard unsafe EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
            unsafe EVP_DigestSign(context, &signature, &length, bytes, bytes.count) == 1
        else { throw unusable("OpenSSL refuses to sign with it") }
        return Array(signature[..<length])
    }

    private func unusable(_ reason: String) -> PrivateKeyError {
        PrivateKeyError(reason: reason)
    }
}
