// Usage: the options that belong together, and those that mean nothing beside each other.
import Filter

extension Options<ToolOptions> {
    /// Refuses a command line with options that would be ignored.
    ///
    /// - Throws: `UsageError`.
    func checkUsage() throws(UsageError) {
        let kinds: [any DeclaredOption] = [table.why, table.runs, table.batches, table.errors]
        let asked = kinds.filter(isGiven)
        guard asked.count <= 1 else {
            throw UsageError("ask for one of --why, --runs, --batches and --errors")
        }
        if let since = self.since, let until = self.until, since >= until {
            throw UsageError("option --since is not before --until")
        }
        guard let kind = asked.first else { return try checkRecords() }
        let place = "with --\(kind.spelling.name)"
        try refuse([table.fields, table.manifest, table.status], place)
        if self.why {
            let selecting: [any DeclaredOption] = [
                table.stage, table.since, table.until, table.batch, table.source, table.name,
                table.latest, table.limit,
            ]
            try refuse(selecting, place)
            if operands.isEmpty { throw UsageError("option --why needs an id") }
        }
        if self.why || self.errors { try refuse([table.isActive], place) }
        if self.runs || self.batches {
            try refuse([table.stage, table.source, table.name], place)
            try refuseOperands(place)
        }
    }

    private func checkRecords() throws(UsageError) {
        try refuse([table.isActive], "without --runs or --batches")
        if self.manifest { try refuse([table.fields], "with --manifest") }
        if !operands.isEmpty { try refuse([table.latest], "beside ids") }
        if self.format == .table, self.fields == nil, !self.manifest {
            throw UsageError("option --format table needs --fields or --manifest for recordings")
        }
    }
}
