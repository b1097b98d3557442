// MetricFamily: one metric with its samples, and the text format of Prometheus.
internal import Records
internal import System

/// A metric of all its label values.
///
/// The format is https://prometheus.io/docs/instrumenting/exposition_formats/.
public struct MetricFamily: Sendable {
    /// The kinds of metric.
    public enum Kind: String, Sendable {
        case gauge, counter, histogram
    }

    /// One line: labels and a value.
    struct Sample: Sendable {
        let suffix: String
        let labels: [(name: String, value: String)]
        let value: Double
    }

    /// The name, with its unit and, for a counter, `_total`.
    public let name: String
    let kind: Kind
    let help: String
    var samples: [Sample] = []

    /// A metric without samples.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - kind: The kind.
    ///   - help: One sentence.
    public init(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    /// Adds a line; a value that is not there adds none.
    ///
    /// - Parameters:
    ///   - value: The number.
    ///   - labels: The names and values of its labels.
    public mutating func add(_ value: Double?, _ labels: KeyValuePairs<String, String> = [:]) {
        guard let value else { return }
        let labels = labels.map { (name: $0.key, value: $0.value) }
        samples.append(Sample(suffix: "", labels: labels, value: value))
    }

    /// Adds the lines of a histogram: a bucket for each limit, the sum and the count.
    ///
    /// - Parameters:
    ///   - limits: The upper limits in their order; the last one is infinity.
    ///   - cumulative: The number of values up to each limit.
    ///   - sum: The sum of all values.
    ///   - labels: The names and values of its labels.
    public mutating func add(
        limits: [Double], cumulative: [Int], sum: Double,
        _ labels: KeyValuePairs<String, String>
    ) {
        let labels = labels.map { (name: $0.key, value: $0.value) }
        for (limit, count) in zip(limits, cumulative) {
            let bucket = labels + [(name: "le", value: MetricFamily.text(limit))]
            samples.append(Sample(suffix: "_bucket", labels: bucket, value: Double(count)))
        }
        samples.append(Sample(suffix: "_sum", labels: labels, value: sum))
        let count = Double(cumulative.last ?? 0)
        samples.append(Sample(suffix: "_count", labels: labels, value: count))
    }

    /// The lines: HELP and TYPE once, then the samples; nothing without samples.
    public var lines: [String] {
        if samples.isEmpty { return [] }
        let help = help.replacing("\\", by: "\\\\").replacing("\n", by: "\\n")
        return ["# HELP \(name) \(help)", "# TYPE \(name) \(kind.rawValue)"]
            + samples.map { sample in
                let labels = sample.labels.map {
                    "\($0.name)=\"\(MetricFamily.escaped($0.value))\""
                }
                return name + sample.suffix
                    + (labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}")
                    + " \(MetricFamily.text(sample.value))"
            }
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", by: "\\\\").replacing("\"", by: "\\\"").replacing("\n", by: "\\n")
    }

    /// A number as the format has it: `+Inf` is a word of its own.
    private static func text(_ value: Double) -> String {
        if value == .infinity { return "+Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
        return "\(value)"
    }
}

extension String {
    fileprivate func replacing(_ mark: Character, by text: String) -> String {
        guard contains(mark) else { return self }
        return reduce(into: "") { $0 += $1 == mark ? text : String($1) }
    }
}
