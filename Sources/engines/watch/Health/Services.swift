// Services: the condition of the checkpoint and of each outside service, by its last check.
import CheckpointFigures
public import Checks
public import Records

/// The condition of one service.
public struct ServiceHealth: Sendable {
    /// The name, such as `drive`.
    public let name: String
    /// `healthy`, `degraded`, `unhealthy` or `unknown`.
    public let status: String
    /// The verdict as far as it counts for the whole, and the last output and remedy.
    public let result: CheckResult
    /// The time that it took to answer, in seconds; `nil` where none was measured.
    public let latency: Double?
    /// The time of its last check; `nil` for the checkpoint, and without any.
    public let checkedAt: Timestamp?
    /// The members of `details` beside output and remedy.
    private let members: [JSON.Member]

    /// `status`, `latency` in milliseconds, and `details`.
    public var json: JSON {
        .members([
            "status": .string(status),
            "latency": latency.map { .double(Figure.rounded($0 * 1000)) } ?? .null,
            "details": .object(
                members + [JSON.Member("output", .string(result.output))]
                    + (result.remedy.isEmpty
                        ? [] : [JSON.Member("remedy", .string(result.remedy))])),
        ])
    }

    /// The same, where nothing known is worth a look: nothing else is asked for.
    var mattering: ServiceHealth {
        status == "unknown" ? ServiceHealth(self, as: .unknown) : self
    }

    private init(_ other: ServiceHealth, as verdict: CheckResult.Verdict) {
        (name, status, latency, members) = (other.name, other.status, other.latency, other.members)
        checkedAt = other.checkedAt
        result = CheckResult(
            other.name, verdict, other.result.output, remedy: other.result.remedy)
    }

    /// The checkpoint.
    init(_ database: CheckResult, latency: Double) {
        name = "database"
        result = database
        status = database.verdict.word
        self.latency = database.verdict == .fail ? nil : latency
        checkedAt = nil
        members = []
    }

    /// A service by the last result of its check; too old is unknown.
    init(_ note: CheckNote, now: Timestamp, maxAge: Double) {
        let age = now.seconds - note.at.seconds
        let isOld = age > maxAge
        let last = CheckResult.Verdict(rawValue: note.status) ?? .unknown
        name = note.name
        status = isOld || last == .skip ? "unknown" : last.word
        latency = note.latency
        checkedAt = note.at
        result = CheckResult(
            note.name, isOld ? .unknown : last,
            isOld ? "the last check is too old; it said: \(note.detail)" : note.detail,
            remedy: isOld ? ServiceHealth.askAgain : note.remedy)
        members = [
            .init("checked_at", .string(note.at.text)),
            .init("age_seconds", .double(age.rounded())),
        ]
    }

    /// A service that was never checked.
    init(unchecked name: String) {
        self.name = name
        // An archive without checks is not ill; the details say that nothing is known.
        result = CheckResult(
            name, .skip, "it was never checked", remedy: ServiceHealth.askAgain)
        status = "unknown"
        (latency, checkedAt) = (nil, nil)
        members = []
    }

    private static let askAgain = "run call-doctor --connections, every hour by cron or a timer"
}

extension CheckpointView {
    /// The checkpoint, the services with a result, and those that the settings name.
    func services(_ scene: Scene, _ database: CheckResult) -> [ServiceHealth] {
        var services = [ServiceHealth(database, latency: latency)]
        let notes = (try? figures.get())?.notes ?? []
        services += notes.map { ServiceHealth($0, now: now, maxAge: scene.maxAge) }
        for name in scene.configuredServices where !services.contains(where: { $0.name == name }) {
            services.append(ServiceHealth(unchecked: name))
        }
        return services
    }
}

extension Scene {
    /// The names of the services that the settings are for.
    var configuredServices: [String] {
        let settings: [(name: String, variables: [String])] = [
            ("ringcentral", ["RINGCENTRAL_CLIENT_ID", "RC_APP_CLIENT_ID", "RC_CLIENT_ID"]),
            ("drive", ["GOOGLE_DRIVE_FOLDER_ID"]),
            ("deepgram", ["DEEPGRAM_API_KEY", "DEEPGRAM_API_KEY_FILE"]),
            ("openai", ["OPENAI_API_KEY", "OPENAI_API_KEY_FILE", "OPENAI_BASE_URL"]),
            ("whisperx", ["WHISPERX_URL"]),
        ]
        var names = settings.filter { service in
            service.variables.contains { environment.value($0) != nil }
        }.map(\.name)
        if let engine = environment.value("CALLPIPE_ENGINE"), !names.contains(engine) {
            names.append(engine)
        }
        return names
    }
}

extension CheckResult.Verdict {
    /// The word of row 4.3.
    public var word: String {
        switch self {
        case .pass, .skip: "healthy"
        case .warn, .unknown: "degraded"
        case .fail: "unhealthy"
        }
    }
}
