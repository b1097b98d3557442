// HealthTests: the one object of health, its forms, and an archive that cannot be read.
import Checkpoint
import CheckpointFigures
import CheckpointSupport
import Checks
import Foundation
import Health
import Records
import TestSupport
import Testing

@Suite struct HealthTests {
    let desk = Desk()
    let proc = TemporaryDirectory()

    init() throws {
        try proc.write("MemTotal: 1000 kB\nMemAvailable: 500 kB\n".utf8, "meminfo")
        try proc.write("0.10 0.10 0.10 1/1 1\n".utf8, "loadavg")
    }

    private func scene(_ settings: [String: String] = [:]) -> Scene {
        let backups = ["CALLPIPE_BACKUPS": desk.directory.appending(path: "backups").path]
        var scene = Scene(
            Environment(backups.merging(settings) { $1 }), state: desk.path,
            data: desk.directory.path)
        scene.proc = proc.path
        scene.version = "1.2.3"
        return scene
    }

    private func object(_ json: JSON) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String: Any])
    }

    private func backUp(hoursAgo: Double) throws {
        let folder = desk.directory.appending(path: "backups")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let time = Timestamp.now.adding(seconds: -hoursAgo * 3600).text
        try Data("\(time) callpipe_x.db.gz\n".utf8).write(
            to: folder.appending(path: "latest.success"))
    }

    @Test("the object has the members of the systems before, and its checks")
    func shape() throws {
        try desk.mark(.fetch, line(1, audio))
        try desk.todo(.upload, line(2))
        _ = try desk.sqlite3("UPDATE runs SET started_at = '2024-01-15T14:00:00.000Z'")
        try backUp(hoursAgo: 1)
        let health = try object(HealthReport(scene(["VERCEL_ENV": "production"])).json)
        #expect(
            health.keys.sorted() == [
                "checks", "environment", "errors", "queue", "resources", "services", "status",
                "timestamp",
            ])
        let queue = try #require(health["queue"] as? [String: Any])
        #expect(queue["pending"] as? Int == 1)
        #expect(
            Set(queue.keys) == [
                "pending", "processing", "failed", "completed_last_hour", "stages",
            ])
        #expect(
            (health["errors"] as? [String: Int]) == [
                "last_hour": 0, "critical_count": 0, "buffer_size": 0,
            ])
        let environment = try #require(health["environment"] as? [String: Any])
        #expect(environment["version"] as? String == "1.2.3")
        #expect(environment["vercel_env"] as? String == "production")
        let memory = (health["resources"] as? [String: Any])?["memory"] as? [String: Any]
        #expect(memory?["percent"] as? Int == 50)
        let database = (health["services"] as? [String: Any])?["database"] as? [String: Any]
        #expect(database?["status"] as? String == "healthy")
        let checks = try #require(health["checks"] as? [String: [String: Any]])
        #expect(Set(checks.keys) == Set(HealthCheck.allCases.map(\.rawValue)))
        #expect(checks["backup"]?["status"] as? String == "pass")
        #expect(checks["memory"]?["observed"] as? Int == 50)
    }

    @Test(
        "a checkpoint that is missing, newer, or none is told, and the rest is done",
        arguments: [
            "missing", "newer", "none",
        ])
    func unreadable(_ kind: String) throws {
        if kind != "missing" { _ = try desk.open() }
        if kind == "newer" { _ = try desk.sqlite3("PRAGMA user_version = 99") }
        if kind == "none" {
            try Data("no database, surely".utf8).write(to: URL(filePath: desk.path))
        }
        let report = HealthReport(scene())
        #expect(report.verdict == .fail)
        let health = try object(report.json)
        #expect(health["status"] as? String == "unhealthy")
        #expect(health["queue"] is NSNull && health["errors"] is NSNull)
        let checks = try #require(health["checks"] as? [String: [String: Any]])
        #expect(checks["database"]?["status"] as? String == "fail")
        #expect((checks["database"]?["output"] as? String)?.contains("unable to") == true)
        #expect(checks["queue"]?["status"] as? String == "unknown")
        #expect(checks["memory"]?["status"] as? String == "pass")
        let status = try object(StatusReport(scene()).json)
        #expect(status["status"] as? String == "outage" && status["uptime"] is NSNull)
    }

    @Test("without what /proc tells, that check is unknown, and memory is null")
    func noProc() throws {
        _ = try desk.open()
        try FileManager.default.removeItem(atPath: proc["meminfo"])
        let report = HealthReport(scene(), checking: [.memory, .cpu])
        #expect(report.checks.map(\.verdict) == [.unknown, .pass])
        #expect(report.verdict == .unknown && report.verdict.exitStatus == 3)
        let health = try object(report.json)
        #expect(((health["resources"] as? [String: Any])?["memory"]) is NSNull)
    }

    @Test(
        "the age of a backup decides",
        arguments: [
            (1.0, CheckResult.Verdict.pass), (27, .warn), (80, .fail),
        ])
    func backups(_ hours: Double, _ verdict: CheckResult.Verdict) throws {
        _ = try desk.open()
        try backUp(hoursAgo: hours)
        #expect(HealthReport(scene(), checking: [.backup]).verdict == verdict)
    }

    @Test("a checkpoint that began after its last backup was made anew, which is a fault")
    func madeAnew() throws {
        try backUp(hoursAgo: 1)
        try desk.mark(.fetch, line(1, audio))
        let check = HealthReport(scene(), checking: [.backup]).checks[0]
        #expect(check.verdict == .fail && check.output.contains("was made anew"))
        #expect(check.remedy.contains("state-restore"))
        try backUp(hoursAgo: -0.1)
        #expect(HealthReport(scene(), checking: [.backup]).verdict == .pass)
    }

    @Test(
        "recordings that are purged soon are a warning, very soon a fault",
        arguments: [
            (20, CheckResult.Verdict.pass), (10, .warn), (2, .fail),
        ])
    func expiring(_ days: Int, _ verdict: CheckResult.Verdict) throws {
        let day = Timestamp.now.day.adding(days: days).start.text
        try desk.todo(.upload, line(1, #""recording":{"id":"1","expires":"\#(day)"}"#))
        #expect(HealthReport(scene(), checking: [.expiring]).verdict == verdict)
    }

    @Test(
        "errors are a rate only when there are some",
        arguments: [
            (2, CheckResult.Verdict.pass), (4, .fail),
        ])
    func errorRate(_ count: Int, _ verdict: CheckResult.Verdict) throws {
        for number in 1...count {
            try desk.mark(
                .fetch, line(number, error("fetch", "item", "gone", at: Timestamp.now.text)))
        }
        #expect(HealthReport(scene(), checking: [.errorRate]).verdict == verdict)
    }

    private func note(_ status: String, hoursAgo: Double) throws {
        try CheckNotes.keep(
            [
                CheckNote(
                    "drive", status: status, at: Timestamp.now.adding(seconds: -hoursAgo * 3600),
                    latency: 0.5, detail: "it said so", remedy: status == "pass" ? "" : "share it")
            ], in: desk.open())
    }

    @Test(
        "a service is as its last check said, and unknown when that is too old",
        arguments: [
            ("pass", 1.0, "healthy", Int32(0)), ("warn", 1, "degraded", 1),
            ("fail", 1, "unhealthy", 2),
            ("pass", 27, "unknown", 3),
        ])
    func services(_ said: String, _ hours: Double, _ status: String, _ exit: Int32) throws {
        try note(said, hoursAgo: hours)
        let report = HealthReport(scene()).only("drive")
        #expect(report.verdict.exitStatus == exit)
        let health = try object(report.json)
        let drive = (health["services"] as? [String: [String: Any]])?["drive"]
        #expect(drive?["status"] as? String == status)
        #expect(drive?["latency"] as? Int == 500)
        #expect((drive?["details"] as? [String: Any])?["age_seconds"] != nil)
        #expect((health["services"] as? [String: Any])?.count == 1)
    }

    @Test("a service that is set and was never checked is unknown, and alone counts as such")
    func unchecked() throws {
        _ = try desk.open()
        let report = HealthReport(scene(["DEEPGRAM_API_KEY": "x"]))
        #expect(report.services.map(\.name) == ["database", "deepgram"])
        #expect(
            report.services[1].status == "unknown" && !report.services[1].result.verdict.needsLook)
        #expect(report.only("deepgram").verdict == .unknown)
        #expect(report.only("nobody").verdict == .unknown)
    }

    @Test("the other forms say the same")
    func forms() throws {
        try note("fail", hoursAgo: 1)
        let report = HealthReport(scene())
        let actuator = try object(report.actuator)
        #expect(actuator["status"] as? String == "DOWN")
        let components = actuator["components"] as? [String: [String: Any]]
        #expect(components?["drive"]?["status"] as? String == "DOWN")
        #expect(components?["memory"]?["status"] as? String == "UP")
        let draft = try object(report.healthJSON)
        #expect(draft["status"] as? String == "fail")
        let memory = (draft["checks"] as? [String: [[String: Any]]])?["memory"]?.first
        #expect(memory?["observedValue"] as? Int == 50 && memory?["observedUnit"] as? String == "%")
        let line = report.pluginLine
        #expect(line.hasPrefix("CALLPIPE CRITICAL - "))
        #expect(line.contains("drive: it said so"))
        let parts = line.split(separator: "|")
        #expect(parts.count == 2 && parts[1].contains("'memory'=50%;85;95"))
    }

    @Test("the status page tells issues with their remedy, and the uptime of the schedule")
    func status() throws {
        try desk.mark(.fetch, line(1, error("fetch", "item", "gone", at: Timestamp.now.text)))
        let status = try object(StatusReport(scene()).json)
        #expect(
            Set(status.keys) == [
                "status", "timestamp", "uptime", "services", "performance", "issues",
                "recent_activity",
            ])
        let issues = try #require(status["issues"] as? [[String: Any]])
        #expect(issues.contains { $0["type"] as? String == "failures" && $0["remedy"] != nil })
        let uptime = try #require(status["uptime"] as? [String: Any])
        #expect(Set(uptime.keys) == ["seconds", "formatted", "since"])
        let performance = try #require(status["performance"] as? [String: Any])
        #expect(performance["error_rate"] as? Int == 1)
        #expect(performance["avg_response_time_ms"] is NSNull)
        let activity = status["recent_activity"] as? [String: Any]
        #expect((activity?["runs"] as? [Any])?.count == 1)
    }
}
