// IDPool: new ids for files and folders, fetched before they are used.
internal import Records

/// Ids from `files.generateIds`, in batches that grow with the need.
///
/// Ids that are not used do no harm, so a pool gives none back.
actor IDPool {
    private let drive: Drive
    private var ids: [String] = []
    private var batch = 10

    init(_ drive: Drive) {
        self.drive = drive
    }

    /// Takes new ids.
    func take(_ count: Int) async throws(Failure) -> [String] {
        while ids.count < count {
            let size = min(1000, max(batch, count))
            batch = size * 5
            // Other tasks may take from the pool in the meantime, hence the loop.
            ids += try await drive.generateIDs(size)
        }
        defer { ids.removeFirst(count) }
        return Array(ids.prefix(count))
    }

    /// Takes one new id.
    func take() async throws(Failure) -> String { try await take(1)[0] }
}
