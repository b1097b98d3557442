// MetricFamily: one metric with its samples, and the text format of Prometheus.
internal import Records
internal import System

/// A metric of all its label values.
///
/// The format is https://prometheus.io/docs/instrumenting/exposition_formats/.
struct MetricFamily: Sendable {
    /// The kinds of metric.
    enum Kind: String, Sendable {
        case gauge, counter, histogram
    }

    /// The name, with its unit and, for a counter, `_total`.
    let name: String
    let kind: Kind
    /// One sentence.
    let help: String
    let samples: [Sample]

    /// A metric with its samples; one that is not there adds no line.
    init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample?]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples.compactMap(\.self)
    }

    /// A metric of one value, without labels.
    init(_ name: String, _ kind: Kind, _ help: String, _ value: Double?) {
        self.init(name, kind, help, [Sample(value)])
    }

    /// One line: labels and a value.
    struct Sample: Sendable {
        let suffix: String
        let labels: [(name: String, value: String)]
        let value: Double

        /// A value with the names and values of its labels; `nil` without a value.
        init?(_ value: Double?, _ labels: KeyValuePairs<String, String> = [:]) {
            guard let value else { return nil }
            self.init("", labels.map { (name: $0.key, value: $0.value) }, value)
        }

        private init(_ suffix: String, _ labels: [(name: String, value: String)], _ value: Double) {
            (self.suffix, self.labels, self.value) = (suffix, labels, value)
        }

        /// The lines of a histogram: a bucket for each limit, the sum and the count.
        ///
        /// - Parameters:
        ///   - limits: The upper limits in their order; the last one is infinity.
        ///   - cumulative: The number of values up to each limit.
        ///   - sum: The sum of all values.
        ///   - labels: The names and values of its labels.
        /// - Returns: The lines in their order.
        static func histogram(
            limits: [Double], cumulative: [Int], sum: Double,
            _ labels: KeyValuePairs<String, String> = [:]
        ) -> [Sample] {
            let labels = labels.map { (name: $0.key, value: $0.value) }
            return zip(limits, cumulative).map { limit, count in
                let bucket = labels + [(name: "le", value: MetricFamily.text(limit))]
                return Sample("_bucket", bucket, Double(count))
            } + [
                Sample("_sum", labels, sum),
                Sample("_count", labels, Double(cumulative.last ?? 0)),
            ]
        }
    }

    /// The lines: HELP and TYPE once, then the samples; nothing without samples.
    var lines: [String] {
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
