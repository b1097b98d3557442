// CheckResultTests: verdicts by limits, the worst of many, and results as JSON and back.
import Checks
import Records
import Testing

@Suite struct CheckResultTests {
    @Test("a figure beyond its limit is a warning, beyond the second a fault")
    func limits() {
        #expect(Figure(80, "%", limit: 80, critical: 95).verdict == .pass)
        #expect(Figure(80.1, "%", limit: 80, critical: 95).verdict == .warn)
        #expect(Figure(95.1, "%", limit: 80, critical: 95).verdict == .fail)
        #expect(Figure(13, "days", limit: 14, critical: 0, isFloor: true).verdict == .warn)
        #expect(Figure(-1, "days", limit: 14, critical: 0, isFloor: true).verdict == .fail)
        #expect(Figure(14, "days", limit: 14, critical: 0, isFloor: true).verdict == .pass)
        #expect(Figure(1e9).verdict == .pass)
    }

    @Test("the worst verdict counts, and nothing known is not well")
    func worst() {
        func result(_ verdict: CheckResult.Verdict) -> CheckResult { CheckResult("a", verdict, "") }
        #expect([result(.pass), result(.unknown)].worst == .unknown)
        #expect([result(.unknown), result(.warn)].worst == .warn)
        #expect([result(.fail), result(.warn), result(.unknown)].worst == .fail)
        #expect([CheckResult]().worst == .pass)
        #expect(CheckResult.Verdict.allCases.map(\.exitStatus) == [0, 1, 2, 3, 0])
    }

    @Test("a result that another program wrote is read as it was")
    func roundTrip() throws {
        let result = CheckResult(
            "tls", Figure(12.5, "days", limit: 14, critical: 0, isFloor: true), "it \"ends\" soon",
            remedy: "renew it")
        #expect(CheckResult("tls", line: result.json.bytes + [0x0A]) == result)
        #expect(CheckResult("tls", line: Array("no JSON".utf8)) == nil)
        #expect(CheckResult("tls", line: Array(#"{"status":"odd","output":"x"}"#.utf8)) == nil)
    }

    @Test("a result that is well has no remedy")
    func noRemedy() {
        let result = CheckResult(
            "disk", Figure(10, "%", limit: 80), "much is free", remedy: "prune")
        #expect(result.remedy.isEmpty)
        #expect(
            result.json.text
                == #"{"status":"pass","observed":10,"unit":"%","limit":80,"output":"much is free"}"#
        )
    }

    @Test(
        "numbers have one decimal at most",
        arguments: [
            (84.14, "84.1"), (84.0, "84"), (0.04, "0"), (-0.5, "-0.5"), (1e300, "1e+300"),
        ])
    func short(_ value: Double, _ text: String) {
        #expect(Figure.short(value) == text)
    }
}
