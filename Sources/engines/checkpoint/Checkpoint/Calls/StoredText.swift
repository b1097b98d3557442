// StoredText: the text of a stored record, read back as a record.
package import Records

extension Record {
    /// Reads the text that a call's row has.
    ///
    /// An operator may have written line ends into it by hand; it has to stay one line.
    package init(stored text: UnsafeBufferPointer<UInt8>) throws(Malformed) {
        try self.init(unsafe text.map { $0 == 0x0A ? 0x20 : $0 })
    }
}

extension Checkpoint {
    /// The failure of a stored record that an operator broke.
    package func unreadable(
        _ id: String, _ error: Record.Malformed, scope: Failure.Scope = .stop
    ) -> Failure {
        Failure(
            scope, .integrity, "read call \(id) in checkpoint \(database.path): \(error.reason)",
            remedy: "correct its record with sqlite3")
    }
}
