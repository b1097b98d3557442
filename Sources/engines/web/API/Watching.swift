// Watching: health, status and metrics, from the modules of call-health, call-status, call-metrics.
import CGI
import Checks
import Health
import Metrics
import Records

extension API {
    /// The archive as the health of it needs it.
    var scene: Scene {
        var scene = Scene(
            environment, state: environment.value("CALLPIPE_STATE"), data: dataPath)
        scene.version = version
        return scene
    }

    /// The figures of the archive; the settings come from the web server, and `.env` beside it.
    fileprivate var figures: ArchiveFigures { ArchiveFigures(scene, settingsFile: ".env") }

    /// The directory of audio and transcripts.
    var dataPath: String { environment.value("CALLPIPE_DATA") ?? "data" }
}

extension Exchange {
    /// `GET /health`: one word, for a load balancer; the details need a token.
    func shortHealth() throws -> Response {
        let health = HealthReport(api.scene)
        return told(
            .members([
                "status": .string(health.verdict.word), "timestamp": .string(health.now.text),
            ]), isDown: health.verdict == .fail)
    }

    /// `GET /api/health`.
    func health() throws -> Response {
        let health = HealthReport(api.scene)
        return told(health.json, isDown: health.verdict == .fail)
    }

    /// `GET /api/status`.
    func status() throws -> Response {
        let status = StatusReport(api.scene)
        return told(status.json, isDown: status.status == "outage")
    }

    /// `GET /api/metrics/system` and its siblings.
    func metrics(_ group: MetricsGroup) throws -> Response {
        let figures = api.figures
        if let failure = figures.failure { throw failure }
        return .json(figures.json(group))
    }

    /// `GET /metrics`, for Prometheus; the names of the replaced systems are among them.
    func exposition() throws -> Response {
        let text = Exposition(api.figures, oldNames: true).text
        return Response(
            200, "text/plain; version=0.0.4; charset=utf-8", .bytes(Array(text.utf8)))
    }

    private func told(_ value: JSON, isDown: Bool) -> Response {
        var response = Response.json(value, status: isDown ? 503 : 200)
        if isDown { response.headers.append(Response.Header("Retry-After", "60")) }
        return response
    }
}
