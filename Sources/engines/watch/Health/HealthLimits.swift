// HealthLimits: the limits of the checks, as the systems had them that callpipe replaces.
internal import Records

/// The limits beyond which a figure is a warning or a fault.
enum HealthLimits {
    /// Percent of the processors that are wanted; an engine that is at work may want them all.
    static let processors = 80.0
    /// Percent of memory and of a disk in use.
    static let memory = (warn: 85.0, fail: 95.0)
    static let disk = (warn: 80.0, fail: 95.0)
    /// Percent of the attempts of the last hour that failed.
    static let errorRate = (warn: 5.0, fail: 50.0)
    /// The errors in an hour from which on their rate says something.
    static let fewErrors = 3
    /// Seconds in which the checkpoint answers.
    static let latency = (warn: 2.0, fail: 10.0)
    /// Hours in which the open work is done at the rate of the last day.
    static let backlog = (warn: 24.0, fail: 168.0)
    /// Hours since the beginning of the last run.
    static let pause = (warn: 26.0, fail: 72.0)

    /// The age in seconds of the end of the last whole list from which on it is overdue.
    static func listAge(_ environment: Environment) -> Double {
        let usual = 129_600.0
        guard let text = environment.value("CALLPIPE_ALERT_LIST") else { return usual }
        return seconds(text) ?? usual
    }

    private static func seconds(_ text: String) -> Double? {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let unit = text.last.flatMap { units[$0] }
        return Double(unit == nil ? text[...] : text.dropLast()).map { $0 * (unit ?? 1) }
    }
}
