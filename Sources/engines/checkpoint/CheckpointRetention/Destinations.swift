// Destinations: what a record says of the copies of its files elsewhere.
import Checkpoint
import Records

/// The members of `uploads` as far as every destination has them.
struct Destinations {
    /// One file at one destination.
    struct Entry: Decodable {
        let id: String?
        let bytes: Int?
        let sha256: String?
        let md5: String?

        /// Whether it is told to hold these bytes, by size and the strongest hash that is told.
        func holds(_ file: (sha256: String, md5: String, bytes: Int)) -> Bool {
            guard bytes == file.bytes else { return false }
            if let sha256 { return sha256 == file.sha256 }
            return md5 == file.md5
        }
    }

    /// What is known to be gone at a destination.
    struct Gone: Decodable {
        let ids: [String]?
        let trash: Bool?
    }

    private let uploads: [String: Lenient<[String: Lenient<Entry>]>]
    private let deleted: [String: Lenient<Gone>]

    /// Reads `uploads` and `deleted`.
    ///
    /// - Throws: `Failure` of scope `item` when one of them is no object.
    init(_ record: Record) throws(Failure) {
        let uploads = try record.decode(
            "uploads", as: [String: Lenient<[String: Lenient<Entry>]>].self)
        self.uploads = (uploads ?? [:]).filter { !$0.value.isNull }
        deleted = try record.decode("deleted", as: [String: Lenient<Gone>].self) ?? [:]
    }

    /// The destinations that hold the bytes of a file, such as `drive`.
    func holding(
        _ kind: String, _ file: (sha256: String, md5: String, bytes: Int)
    ) -> [String] {
        uploads.filter { $0.value.value?[kind]?.value?.holds(file) == true }.map(\.key).sorted()
    }

    /// The destinations that have or may have files of the record: an id that is only reserved may
    /// be that of a file whose upload was never marked.
    var names: [String] { uploads.keys.sorted() }

    /// The ids at a destination; folders are those of other records too.
    func ids(at destination: String) -> [String] {
        let entries = uploads[destination]?.value ?? [:]
        return entries.filter { $0.key != "folder" }.compactMap(\.value.value?.id).sorted()
    }

    /// What is known to be gone from a destination.
    func gone(from destination: String) -> Gone? { deleted[destination]?.value }
}

/// A value of whatever form: a destination that we do not know may write what it likes.
private struct Lenient<Value: Decodable>: Decodable {
    let value: Value?
    let isNull: Bool

    init(from decoder: any Decoder) throws {
        isNull = try decoder.singleValueContainer().decodeNil()
        value = isNull ? nil : try? Value(from: decoder)
    }
}
