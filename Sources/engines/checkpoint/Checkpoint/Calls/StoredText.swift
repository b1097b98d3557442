// StoredText: the text of a stored record, read back as a record.
package import Records
internal import System

extension Record {
    /// Reads the text that a call's row has.
    ///
    /// An operator may have written line ends into it by hand; it has to stay one line.
    package init(stored text: [UInt8]) throws(Malformed) {
        var bytes = text
        ASCII.putOnOneLine(&bytes)
        try self.init(bytes)
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
