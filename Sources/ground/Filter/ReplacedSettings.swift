// ReplacedSettings: settings of the systems that callpipe replaces, and what to use instead.

/// Names in an env-file that no tool reads.
enum ReplacedSettings {
    /// The advice for each name.
    static let advice: KeyValuePairs = [
        "BATCH_SIZE": "records are not worked on in batches; use --limit N to end a run early",
        "DB_POOL_SIZE": "the checkpoint needs no pool; use --busy-timeout for a longer wait",
        "RETENTION_DAYS": "use state-backup --keep 30d and state-prune --audio --older-than 7d",
        "CONVOSO_AUTH_TOKEN": "there is no tool for Convoso; use dir-list for exported recordings",
    ]

    /// True for the name of a setting whose value is a secret.
    static func isSecret(_ name: String) -> Bool {
        if name.hasSuffix("_FILE") { return false }
        return [
            "SECRET", "TOKEN", "PASSWORD", "API_KEY", "JWT", "WEBHOOK_URL", "ROUTING_KEY",
            "PING_URL", "NTFY_TOPIC",
        ].contains { name.contains($0) }
    }
}
