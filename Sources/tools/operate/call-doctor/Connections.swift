// Connections: each service by its own login, and the steps of the way to it.
import Checks
import Filter
import GoogleDrive
import HTTP
import Records
import RingCentral
import System

extension Visit {
    /// Logs in to each service that the settings name.
    func services() async -> [CheckResult] {
        [await ringCentral(), await drive()]
    }

    private func ringCentral() async -> CheckResult {
        let name = "ringcentral"
        let settings = ["RINGCENTRAL_CLIENT_ID", "RC_APP_CLIENT_ID", "RC_CLIENT_ID"]
        guard settings.contains(where: { options.environment.value($0) != nil }) else {
            return CheckResult(name, .skip, "RINGCENTRAL_CLIENT_ID is not set")
        }
        return await asked(name) { [options] () async throws(Failure) in
            let account = try RingCentral.Account(options.environment, observer: options.observer)
            let check = try await account.check()
            let days = check.retentionDays.map { "; recordings are kept for \($0) days" } ?? ""
            return "logged in, and read the call log; the application has "
                + (check.scopes.isEmpty ? "unnamed scopes" : check.scopes.joined(separator: " "))
                + days
        }
    }

    private func drive() async -> CheckResult {
        let name = "drive"
        guard options.environment.value("GOOGLE_DRIVE_FOLDER_ID") != nil else {
            return CheckResult(name, .skip, "GOOGLE_DRIVE_FOLDER_ID is not set")
        }
        return await asked(name) { [options] () async throws(Failure) in
            let account = try GoogleDrive.Account(
                options.environment, observer: options.observer)
            try await Drive(account, options.environment).probe()
            return "logged in; the folder is there, writable, and has storage"
        }
    }

    /// Asks a service, and remembers the result and the time that it took.
    private func asked(
        _ name: String, _ question: @Sendable () async throws(Failure) -> String
    ) async -> CheckResult {
        let start = SystemClock.seconds
        var result: CheckResult
        do throws(Failure) {
            let answer = try await question()
            let seconds = SystemClock.seconds - start
            result = CheckResult(
                name, Figure(seconds, "s", limit: 10), answer,
                remedy: "look with --net which step takes long")
            note(name, result, latency: seconds)
        } catch {
            result = CheckResult(name, failed: error)
            note(name, result, latency: nil)
        }
        return result
    }

    // MARK: The way to a service

    /// The steps of the way to each service that the settings name, and the clock.
    func network() async -> [CheckResult] {
        let places = Endpoint.all(options.environment)
        if places.isEmpty {
            return [CheckResult("network", .skip, "the settings name no service")]
        }
        var results: [CheckResult] = []
        for place in places { results += await look(at: place) }
        return results
    }

    /// The certificate of a host, as one result.
    func certificate(of host: String) async -> [CheckResult] {
        let results = await look(at: Endpoint(name: "tls", address: "https://\(host)/"))
        let own = results.filter { $0.name.hasPrefix("certificate ") }
        return own.isEmpty ? Array(results.prefix(1)) : own
    }

    private func look(at place: Endpoint) async -> [CheckResult] {
        let probe: ConnectionProbe
        do throws(Failure) {
            var settings = try Client.Settings(options.environment)
            settings.timeout = min(settings.timeout, 20)
            let (address, chosen) = (place.address, settings)
            probe = try await OwnThread.blocking { () throws(Failure) in
                try ConnectionProbe(of: address, chosen)
            }
        } catch {
            return [CheckResult("network \(place.name)", failed: error)]
        }
        var results = [
            CheckResult(
                "network \(place.name)", Figure(probe.firstByte * 1000, "ms", limit: 2000),
                probe.steps, remedy: "look at the network; REQUEST_TIMEOUT=60 waits longer")
        ]
        if let end = probe.certificateEnd {
            let days = (end.seconds - Timestamp.now.seconds) / 86_400
            results.append(
                CheckResult(
                    "certificate \(place.name)",
                    Figure(
                        days, "days", limit: Double(minDays), critical: 0, isFloor: true),
                    "it is valid until \(end.text)",
                    remedy: "renew the certificate, or tell the service's operator"))
        }
        if let time = probe.serverTime {
            let skew = abs(time.seconds - Timestamp.now.seconds)
            results.append(
                CheckResult(
                    "clock by \(place.name)", Figure(skew, "s", limit: 30, critical: 300),
                    "the service's clock says \(time.text)",
                    remedy: "let the machine set its clock: timedatectl set-ntp true"))
        }
        return results
    }
}

extension ConnectionProbe {
    /// The steps in milliseconds.
    fileprivate var steps: String {
        func step(_ name: String, _ from: Double, _ to: Double) -> String? {
            to > 0 ? "\(name) \(Figure.short(max(0, to - from) * 1000)) ms" : nil
        }
        let steps = [
            step("name", 0, nameKnown), step("connection", nameKnown, connected),
            step("TLS", connected, secured),
            step("first byte", max(connected, secured), firstByte),
        ]
        return steps.compactMap { $0 }.joined(separator: ", ") + ", status \(status)"
    }
}

/// A service and its address.
struct Endpoint {
    let name: String
    let address: String

    /// The services that the settings are for.
    static func all(_ environment: Environment) -> [Endpoint] {
        func isSet(_ names: String...) -> Bool {
            names.contains {
                environment.value($0) != nil || environment.value($0 + "_FILE") != nil
            }
        }
        func endpoint(_ isChosen: Bool, _ name: String, _ address: String?) -> Endpoint? {
            guard isChosen, let address else { return nil }
            return Endpoint(name: name, address: address)
        }
        return [
            endpoint(
                isSet("RINGCENTRAL_CLIENT_ID", "RC_APP_CLIENT_ID", "RC_CLIENT_ID"), "ringcentral",
                environment.value("RINGCENTRAL_SERVER_URL", "RC_SERVER_URL")
                    ?? "https://platform.ringcentral.com"),
            endpoint(
                isSet("GOOGLE_DRIVE_FOLDER_ID"), "drive",
                environment.value("GOOGLE_API_URL") ?? "https://www.googleapis.com"),
            endpoint(
                isSet("DEEPGRAM_API_KEY"), "deepgram",
                environment.value("DEEPGRAM_URL") ?? "https://api.deepgram.com"),
            endpoint(
                isSet("OPENAI_API_KEY", "OPENAI_BASE_URL"), "openai",
                environment.value("OPENAI_BASE_URL") ?? "https://api.openai.com/v1"),
            endpoint(true, "whisperx", environment.value("WHISPERX_URL")),
        ].compactMap { $0 }
    }
}
