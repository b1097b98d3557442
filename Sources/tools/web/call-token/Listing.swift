// Listing: the tokens for people and for programs, and the options that mean nothing for an action.
import CheckpointAccess
import Filter

extension Report {
    /// Writes tokens: a table for people, else an object a line.
    func write(_ tokens: [AccessToken]) throws {
        guard isForPeople else { return try tokens.forEach { try write($0.json) } }
        var table = Table([
            "name": .left, "scope": .left, "state": .left, "made": .left, "expires": .left,
        ])
        for token in tokens {
            table.add(
                token.name, token.scope.rawValue, token.state().rawValue,
                String(token.madeAt.prefix(10)), String(token.expiresAt.prefix(10)))
        }
        try write(table)
    }
}

extension Options<ToolOptions> {
    /// Refuses options that another action has.
    func refuseMeaningless(for action: Action) throws(UsageError) {
        let place = "with \(action.rawValue)"
        if action != .create { try refuse([table.scope, table.expires], place) }
        if action == .list { try refuse([table.name, table.dryRun], place) }
        if action != .list { try refuse([table.format], place) }
    }
}
