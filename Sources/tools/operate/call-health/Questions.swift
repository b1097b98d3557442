// Questions: the checks that --check names.
import Checks
import Filter
import Health
import System

/// The checks to make.
struct Questions {
    /// The checks of the archive; `nil` for all.
    let names: [HealthCheck]?
    /// The hosts whose certificates are looked at, each as `HOST:PORT`.
    private let hosts: [String]

    /// Reads a list such as `cpu,tls=example.com:443`.
    ///
    /// - Throws: `UsageError`.
    init(_ text: String?) throws(UsageError) {
        guard let text else {
            (names, hosts) = (nil, [])
            return
        }
        var (names, hosts): ([HealthCheck], [String]) = ([], [])
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            if word.hasPrefix("tls="), Questions.isHost(word.dropFirst(4)) {
                hosts.append(String(word.dropFirst(4)))
            } else if let check = HealthCheck(rawValue: String(word)) {
                names.append(check)
            } else {
                let known = HealthCheck.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError(
                    "option --check needs names out of \(known), tls=HOST:443, not \"\(word)\"")
            }
        }
        (self.names, self.hosts) = (names, hosts)
    }

    /// True for a name or an address, and a port behind a colon where there is one.
    private static func isHost(_ text: Substring) -> Bool {
        // The colons of an IPv6 address stand between brackets.
        let (host, port) =
            text.last == "]"
            ? (text, nil)
            : text.lastIndex(of: ":").map {
                (text[..<$0], text[text.index(after: $0)...])
            } ?? (text, nil)
        return !host.isEmpty && host.first != "-"
            && (port.map { UInt16($0).map { $0 > 0 } ?? false } ?? true)
    }

    /// Refuses options that mean nothing with these questions.
    ///
    /// - Throws: `UsageError`.
    func refuseOthers(_ options: Options<ToolOptions>) throws(UsageError) {
        let table = options.table
        if !options.watches { try options.refuse([table.every, table.period], "without --watch") }
        if hosts.isEmpty { try options.refuse([table.minDays], "without --check tls=HOST:443") }
        guard let names else { return }
        try options.refuse([table.service], "with --check")
        if !names.contains(.backup) {
            try options.refuse([table.maxAge], "with checks that have no age")
        }
    }

    /// The results for the certificates, which call-doctor looks at.
    ///
    /// So this program loads no library for the network, and asks no service unless told.
    func certificates(_ options: Options<ToolOptions>) -> [CheckResult] {
        let file = options.envFile.map { ["--env-file", $0] } ?? []
        return hosts.map { host in
            let name = "tls=\(host)"
            let program = Program(
                "\(OwnProgram.directory)/call-doctor",
                ["--tls", host, "--min-days", "\(options.minDays ?? 14)", "--format", "json"]
                    + file, environment: nil)
            do throws(ProgramError) {
                let answer = try program.run(
                    limit: .seconds(30), outputLimit: 1 << 20, Cancellation())
                guard let result = CheckResult(name, line: answer.output) else {
                    return CheckResult(
                        name, .unknown, "call-doctor said nothing of it",
                        remedy: "run call-doctor --tls \(host)")
                }
                return result
            } catch {
                return CheckResult(
                    name, .unknown, "unable to run call-doctor",
                    remedy: "install call-doctor beside call-health")
            }
        }
    }
}
