// IDPool: ids for files and folders, fetched before anything is made with them.
internal import Records

/// Ids from `files.generateIds`, in batches that grow with the need.
///
/// Ids that are not used harm nobody, so a pool ends without giving any back.
actor IDPool {
    private let drive: Drive
    private var ids: [String] = []
    private var batch = 10

    init(_ drive: Drive) {
        self.drive = drive
    }

    /// Ids that nobody else has.
    func take(_ count: Int) async throws(Failure) -> [String] {
        while ids.count < count {
            let size = min(1000, max(batch, count))
            batch = size * 5
            // Others may take from the pool meanwhile, hence the loop.
            ids += try await drive.generateIDs(size)
        }
        defer { ids.removeFirst(count) }
        return Array(ids.prefix(count))
    }

    /// One id.
    func take() async throws(Failure) -> String { try await take(1)[0] }
}
