// NewestCalls: a sample of the stored calls, for programs that learn from them.
public import Records

extension Checkpoint {
    /// Gives the newest stored calls to the closure, the newest first.
    ///
    /// - Parameters:
    ///   - count: The most calls to give.
    ///   - body: Gets the stored record; one that cannot be read is left out.
    /// - Throws: `Failure` of scope `stop`.
    public func forEachNewest(_ count: Int, _ body: (Record) -> Void) throws(Failure) {
        let statement = try Statement(
            database,
            """
            SELECT record FROM calls WHERE erased_at IS NULL ORDER BY start_time DESC LIMIT ?1
            """)
        try statement.bind(count)
        while try statement.step() {
            guard let record = try? Record(stored: statement.copy(0) ?? []) else { continue }
            body(record)
        }
    }
}
