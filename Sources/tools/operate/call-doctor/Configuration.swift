// Configuration: the settings that are missing or that no tool reads, and those for this machine.
import Checks
import Diagnosis
import Filter
import GoogleDrive
import Records
import RingCentral

extension Visit {
    /// The names in the settings file, and the settings of each service.
    func configuration() throws -> [CheckResult] {
        let file = try SettingsFile(options.envFile)
        var results = SettingNames.results(for: file.names, in: file.path) {
            SettingsFile.advice(for: $0)
        }
        let application = ["_ID", "_SECRET", "_SECRET_FILE"].flatMap { end in
            ["RINGCENTRAL_CLIENT", "RC_APP_CLIENT", "RC_CLIENT"].map { $0 + end }
        }
        let tokens = ["RINGCENTRAL_JWT_TOKEN", "RINGCENTRAL_JWT", "RC_USER_JWT", "RC_JWT"]
            .flatMap { [$0, $0 + "_FILE"] }
        results.append(
            settings(application + tokens, of: "ringcentral") { () throws(Failure) in
                _ = try RingCentral.Account(options.environment, observer: { _ in })
            })
        let folder = ["GOOGLE_DRIVE_FOLDER_ID", "GOOGLE_SERVICE_ACCOUNT_FILE"]
        results.append(
            settings(folder, of: "drive") { () throws(Failure) in
                _ = try GoogleDrive.Account(options.environment, observer: { _ in })
            })
        return results
    }

    /// The settings of a service, if one of those is there that it cannot do without.
    private func settings(
        _ names: [String], of service: String, _ read: () throws(Failure) -> Void
    ) -> CheckResult {
        let name = "settings of \(service)"
        guard names.contains(where: { options.environment.value($0) != nil }) else {
            return CheckResult(name, .skip, "none is set")
        }
        do throws(Failure) {
            try read()
            return CheckResult(name, .pass, "they are complete")
        } catch {
            return CheckResult(name, failed: error)
        }
    }
}

extension Report {
    /// Prints the settings that suit this machine.
    func writeSuggestion(_ options: Options<ToolOptions>) throws {
        let table = options.table
        try options.refuse(
            [
                table.connections, table.config, table.security, table.credentials, table.maxAge,
                table.net, table.release, table.engine, table.source, table.tests, table.tls,
                table.minDays, table.isComplete,
            ], "with --suggest")
        let (profile, processors) = try MachineProfile.here()
        guard options.format == .json else {
            return try write(profile.lines(processors: processors))
        }
        try write(
            JSON.members([
                "profile": .string(profile.name), "WHISPER_MODEL": .string(profile.model),
                "MAX_WORKERS": .int(profile.workers), "processors": .int(processors),
            ]))
    }
}
