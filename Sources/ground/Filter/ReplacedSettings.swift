// ReplacedSettings: settings of the systems that callpipe replaces, and what to use instead.

/// Names in an env-file that no tool reads.
enum ReplacedSettings {
    private static let mail = "use MAILTO in the crontab, or state-summary --alerts | mail"
    private static let post = "send the output of state-summary --alerts with curl"
    private static let noApplication = "there is no web application; remove it"

    /// The advice for each name.
    static let advice: KeyValuePairs = [
        "ALERT_EMAIL": mail, "ALERT_EMAIL_TO": mail, "ALERT_EMAIL_FROM": mail,
        "SENDGRID_API_KEY": mail, "ALERT_WEBHOOK_URL": post, "ALERT_WEBHOOK_SECRET": post,
        "SLACK_WEBHOOK_URL": post, "APP_URL": noApplication, "VERCEL_ENV": noApplication,
        "BATCH_SIZE": "records are not worked on in batches; use --limit N to end a run early",
        "DB_POOL_SIZE": "the checkpoint needs no pool; use --busy-timeout for a longer wait",
        "RETENTION_DAYS": "use state-backup --keep 30d and state-prune --older-than 7d",
        "CONVOSO_AUTH_TOKEN": "there is no tool for Convoso; use dir-list for exported recordings",
    ]

    /// True for the name of a setting whose value is a secret.
    static func isSecret(_ name: String) -> Bool {
        if name.hasSuffix("_FILE") { return false }
        return ["SECRET", "TOKEN", "PASSWORD", "API_KEY", "JWT"].contains { name.contains($0) }
    }
}
