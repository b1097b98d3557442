// SettingNames: the settings that some tool reads, and the nearest of them to a misspelt name.
public import Checks
internal import Records

/// The names of all settings.
public enum SettingNames {
    /// The names that a tool, a pipeline or a library reads from the environment or the settings file.
    public static let known: Set<String> = {
        let names = """
            CALLPIPE_ALERT_LIST CALLPIPE_BACKOFF_SCALE CALLPIPE_BACKUPS CALLPIPE_COMMAND
            CALLPIPE_CONFIG CALLPIPE_DATA CALLPIPE_ENGINE CALLPIPE_ENGINE_FALLBACK
            CALLPIPE_HTTP_ATTEMPTS CALLPIPE_HTTP_HOSTS CALLPIPE_HTTP_LOG CALLPIPE_LANGUAGE
            CALLPIPE_KEYS CALLPIPE_LOG CALLPIPE_MIN_FREE CALLPIPE_MODELS CALLPIPE_NOW CALLPIPE_RUN
            CALLPIPE_STATE CALLPIPE_SYNC CALLPIPE_TRANSCRIPT_FILES CALLPIPE_WEB_AUDIO
            DATABASE_URL MAX_WORKERS REQUEST_TIMEOUT RECORDINGS PIPELINES BACKUPS VERCEL_ENV
            CALLPIPE_INSIGHTS CALLPIPE_RULES CALLPIPE_STAGES BATCH
            LINK_OPTIONS REDACT_OPTIONS MEASURE_OPTIONS ANALYZE_OPTIONS ALERT_INSTANCE
            METRICS ALERT_OPTIONS ANCHOR_TO AUDIT_MAIL AUDIT_URL
            RINGCENTRAL_CLIENT_ID RC_APP_CLIENT_ID RC_CLIENT_ID RINGCENTRAL_SERVER_URL RC_SERVER_URL
            RINGCENTRAL_MEDIA_HOST RINGCENTRAL_MIN_INTERVAL RINGCENTRAL_INSIGHTS_GROUP
            GOOGLE_SERVICE_ACCOUNT_FILE GOOGLE_DRIVE_FOLDER_ID GOOGLE_DRIVE_SCOPE
            GOOGLE_DRIVE_FILES
            GOOGLE_DELEGATED_USER GOOGLE_API_URL GOOGLE_WRITES_PER_SECOND
            OPENAI_CHAT_URL OPENAI_CHAT_MODEL OPENAI_CHAT_DIALECT CALLPIPE_PROMPTS CALLPIPE_LEXICON
            OPENAI_BASE_URL OPENAI_DIALECT OPENAI_MODEL OPENAI_ORG_ID OPENAI_PROJECT_ID
            DEEPGRAM_URL DEEPGRAM_MODEL DEEPGRAM_MIP_OPT_OUT
            WHISPER_MODEL WHISPER_CLI WHISPER_SERVER
            WHISPERX_URL WHISPERX_MODEL WHISPERX_DIALECT WHISPERX_DEVICE WHISPERX_COMPUTE_TYPE
            WHISPERX_TASK_TIMEOUT
            ALERT_EMAIL ALERT_EMAIL_TO ALERT_EMAIL_FROM ALERT_MONTHLY_BUDGET ALERTMANAGER_URL APP_URL
            CALLPIPE_ALERT_RULES CALLPIPE_ALERT_TO NTFY_TOPIC NTFY_URL PAGERDUTY_URL SENDGRID_URL
            SMTP_URL SMTP_USER
            CURL_CA_BUNDLE SSL_CERT_DIR SSL_CERT_FILE XDG_RUNTIME_DIR XDG_CACHE_HOME
            CREDENTIALS_DIRECTORY PATH HOME SHELL MAILTO LANG LC_ALL TERM NO_COLOR TMPDIR PATH_FIRST
            OMP_NUM_THREADS OMP_WAIT_POLICY LD_LIBRARY_PATH TZ
            """
        let plain = names.split { $0 == " " || $0 == "\n" }.map(String.init)
        return Set(plain + secrets + secrets.map { $0 + "_FILE" })
    }()

    /// The settings whose values are secrets; each may name a file by `NAME_FILE`.
    public static let secrets = [
        "RINGCENTRAL_CLIENT_SECRET", "RC_APP_CLIENT_SECRET", "RC_CLIENT_SECRET",
        "RINGCENTRAL_JWT_TOKEN", "RINGCENTRAL_JWT", "RC_USER_JWT", "RC_JWT", "RC_JWT_TOKEN",
        "OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "GROQ_API_KEY", "DEEPGRAM_API_KEY",
        "WHISPERX_API_KEY", "SENDGRID_API_KEY", "SLACK_WEBHOOK_URL", "TEAMS_WEBHOOK_URL",
        "ALERT_WEBHOOK_URL", "ALERT_WEBHOOK_SECRET", "PAGERDUTY_ROUTING_KEY", "NTFY_TOKEN",
        "SMTP_PASSWORD",
        "CALLPIPE_PING_URL",
    ]

    /// The checks of the names in a settings file.
    ///
    /// - Parameters:
    ///   - names: The names.
    ///   - path: The file.
    ///   - advice: Tells what does the work of a setting that no tool reads.
    /// - Returns: A warning for each name that no tool reads, or one result that all is well.
    public static func results(
        for names: [String], in path: String, advice: (String) -> String?
    ) -> [CheckResult] {
        let wrong = names.compactMap { name -> CheckResult? in
            if let advice = advice(name) {
                return CheckResult(
                    "setting \(name)", .warn, "\(path): \(name) is not read", remedy: advice)
            }
            if known.contains(name) { return nil }
            let nearest = nearest(to: name)
            return CheckResult(
                "setting \(name)", .warn, "\(path): no program reads \(name)",
                remedy: nearest.map { "\($0) is read; is that what is meant" }
                    ?? "remove it, or ignore this if it is for a program of your own")
        }
        if !wrong.isEmpty { return wrong }
        return [CheckResult("settings", .pass, "\(path): all \(names.count) names are read")]
    }

    /// The known name that differs by the fewest letters, two at most.
    static func nearest(to name: String) -> String? {
        let near = known.filter { $0.count > 4 }.map { ($0, distance(name, $0)) }
            .filter { $0.1 <= 2 }
        return near.min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
    }

    /// The number of letters to insert, remove or replace (Levenshtein's distance).
    static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.uppercased().utf8), Array(b.utf8))
        guard abs(a.count - b.count) <= 2 else { return .max }
        var row = Array(0...b.count)
        for i in a.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let kept = diagonal + (a[i] == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(kept, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
