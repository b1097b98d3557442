// Deletions: the member `deleted`, the files that a destination holds no more.

/// The files of a record that one destination holds no more, such as `deleted.drive`.
public struct Deletion: Sendable, Equatable {
    /// The name of the destination, such as `drive`.
    public let destination: String
    /// The ids of the files.
    public var ids: [String]
    /// True when a file may still lie in the destination's trash.
    public var isInTrash: Bool
    /// The time of the latest deletion, RFC 3339 in UTC.
    public var at: String?

    /// Makes a deletion of the known facts.
    public init(
        from destination: String, ids: [String], isInTrash: Bool = false, at: String? = nil
    ) {
        self.destination = destination
        self.ids = ids
        self.isInTrash = isInTrash
        self.at = at
    }

    /// The value as it stands on the line.
    private struct Form: Decodable {
        let ids: [String]?
        let trash: Bool?
        let at: String?
    }

    /// Reads the value of a destination; `nil` when it has another form.
    fileprivate init?(from destination: String, _ value: JSON) {
        guard let form = value.decoded(as: Form.self) else { return nil }
        self.init(
            from: destination, ids: form.ids ?? [], isInTrash: form.trash == true, at: form.at)
    }

    fileprivate var json: JSON {
        .members([
            "ids": .array(ids.map(JSON.string)), "trash": isInTrash ? .bool(true) : nil,
            "at": .text(at),
        ])
    }
}

extension Record {
    private static let deletedName = "deleted"

    /// The deletions of the record in the order of the line; one that is `null` is absent.
    ///
    /// - Throws: `Failure` of scope `item`, kind `input`, when `deleted` or a destination in it has
    ///   another form than callpipe-record(5) says.
    public func deletions() throws(Failure) -> [Deletion] {
        try destinations(of: Self.deletedName).map { member throws(Failure) in
            guard let deletion = Deletion(from: member.name, member.value) else {
                throw Failure.form(of: "\(Self.deletedName).\(member.name)")
            }
            return deletion
        }
    }

    /// Puts a deletion in the place of the upload to its destination.
    ///
    /// Ids that were deleted there before stay on the record.
    ///
    /// - Throws: `Failure` of scope `item`, kind `input`, when `deleted` has another form.
    public mutating func replaceUpload(with deletion: Deletion) throws(Failure) {
        var all = deletion
        if let before = try deletions().last(where: { $0.destination == deletion.destination }) {
            all.ids = before.ids.filter { !deletion.ids.contains($0) } + deletion.ids
            all.isInTrash = before.isInTrash || deletion.isInTrash
        }
        try set(Self.deletedName, deletion.destination, all.json)
        remove(Self.uploadsName, deletion.destination)
    }
}
