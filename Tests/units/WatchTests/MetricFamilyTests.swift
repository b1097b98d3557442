// MetricFamilyTests: the text format of Prometheus.
import Testing

@testable import Metrics

@Suite struct MetricFamilyTests {
    @Test("HELP and TYPE stand once, and labels are escaped")
    func lines() {
        let family = MetricFamily(
            "a_total", .counter, "One\nand \\ \"two\".",
            [.init(1, ["name": "x\"y\\z\n"]), .init(nil, ["name": "none"]), .init(2.5)])
        #expect(
            family.lines == [
                #"# HELP a_total One\nand \\ "two"."#, "# TYPE a_total counter",
                #"a_total{name="x\"y\\z\n"} 1"#, "a_total 2.5",
            ])
        #expect(MetricFamily("b", .gauge, "None.", nil).lines.isEmpty)
    }

    @Test("a histogram ends with +Inf, which is its count")
    func histogram() {
        let family = MetricFamily(
            "t_seconds", .histogram, "Times.",
            MetricFamily.Sample.histogram(
                limits: [0.5, 1, .infinity], cumulative: [1, 3, 4], sum: 7.25, ["stage": "fetch"]))
        #expect(
            family.lines.dropFirst(2) == [
                #"t_seconds_bucket{stage="fetch",le="0.5"} 1"#,
                #"t_seconds_bucket{stage="fetch",le="1"} 3"#,
                #"t_seconds_bucket{stage="fetch",le="+Inf"} 4"#,
                #"t_seconds_sum{stage="fetch"} 7.25"#, #"t_seconds_count{stage="fetch"} 4"#,
            ])
    }
}
