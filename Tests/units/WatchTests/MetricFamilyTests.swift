// MetricFamilyTests: the text format of Prometheus.
import Testing

@testable import Metrics

@Suite struct MetricFamilyTests {
    @Test("HELP and TYPE stand once, and labels are escaped")
    func lines() {
        var family = MetricFamily("a_total", .counter, "One\nand \\ \"two\".")
        family.add(1, ["name": "x\"y\\z\n"])
        family.add(nil, ["name": "none"])
        family.add(2.5)
        #expect(
            family.lines == [
                #"# HELP a_total One\nand \\ "two"."#, "# TYPE a_total counter",
                #"a_total{name="x\"y\\z\n"} 1"#, "a_total 2.5",
            ])
        #expect(MetricFamily("b", .gauge, "None.").lines.isEmpty)
    }

    @Test("a histogram ends with +Inf, which is its count")
    func histogram() {
        var family = MetricFamily("t_seconds", .histogram, "Times.")
        family.add(
            limits: [0.5, 1, .infinity], cumulative: [1, 3, 4], sum: 7.25, ["stage": "fetch"])
        #expect(
            family.lines.dropFirst(2) == [
                #"t_seconds_bucket{stage="fetch",le="0.5"} 1"#,
                #"t_seconds_bucket{stage="fetch",le="1"} 3"#,
                #"t_seconds_bucket{stage="fetch",le="+Inf"} 4"#,
                #"t_seconds_sum{stage="fetch"} 7.25"#, #"t_seconds_count{stage="fetch"} 4"#,
            ])
    }
}
