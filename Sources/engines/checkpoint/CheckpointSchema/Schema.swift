// Schema: the steps by which the tables of a checkpoint file are made, version by version.
/// The tables of a checkpoint file, as steps from one version to the next.
package struct Schema: Sendable {
    /// The SQL that makes version N+1 of version N.
    ///
    /// A step that was released never changes, because files exist that it has made.
    package let steps: [String]

    /// Makes a schema; tests add made-up steps.
    package init(steps: [String]) {
        self.steps = steps
    }

    /// The schema of this program.
    package static let current = Schema(steps: [
        tables + ledgerTables,
        errorKinds + requestTables + alertTables + checkTables + searchTables,
        joinedWords + accessTables,
    ])

    /// `PRAGMA user_version` of a file with all steps.
    package var version: Int { steps.count }

    /// `PRAGMA application_id`, which spells "cpip"; another program's database has another id.
    package static let applicationID = 0x6370_6970
}
