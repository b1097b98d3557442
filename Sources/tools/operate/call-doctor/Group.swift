// Group: the groups of checks, and those that the options choose.
import Filter

/// A group of checks.
enum Group: Sendable, Equatable {
    case config, security, credentials, machine, checkpoint, services, net, release, tests
    case engine(String?)
    case source(String)
    case certificate(String)

    /// The groups in the order in which they are checked.
    ///
    /// Without a choice, all that asks no service.
    ///
    /// - Throws: `UsageError` for an option that means nothing with that choice.
    static func chosen(by options: Options<ToolOptions>) throws(UsageError) -> [Group] {
        let groups = all(options)
        if !groups.contains(.credentials) {
            try options.refuse([options.table.maxAge], "without --credentials")
        }
        let hasEnd = groups.contains { group in
            if case .certificate = group { return true }
            return group == .credentials || group == .net
        }
        if !hasEnd {
            try options.refuse([options.table.minDays], "without --credentials, --net or --tls")
        }
        return groups
    }

    private static func all(_ options: Options<ToolOptions>) -> [Group] {
        let isComplete = options.isComplete
        var groups: [Group] = []
        func add(_ isChosen: Bool, _ more: Group...) {
            guard isChosen || isComplete else { return }
            groups += more.filter { !groups.contains($0) }
        }
        add(options.config, .config)
        add(options.security, .security)
        add(options.credentials, .credentials)
        add(options.net, .net)
        add(options.connections, .services, .engine(options.engine), .checkpoint, .machine)
        add(options.tests, .tests)
        add(options.release, .release)
        if let engine = options.engine, !groups.contains(.engine(engine)) {
            groups.append(.engine(engine))
        }
        if let folder = options.source { groups.append(.source(folder)) }
        if let host = options.tls { groups.append(.certificate(host)) }
        return groups.isEmpty
            ? [.config, .security, .credentials, .checkpoint, .machine] : groups
    }
}
