// PrometheusRuleTests: the alerts that are shipped for Prometheus, each of them firing and not firing.
import Foundation
import Testing

@Suite struct PrometheusRuleTests {
    /// The file of rules in the source.
    static let rules = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../pipelines/prometheus/callpipe.rules.yml"
    ).standardizedFileURL.path

    /// An alert, the series under which it fires and those under which it does not.
    ///
    /// The clock of promtool begins at 0, so the times in the series are small or negative.
    struct Case {
        let alert: String
        /// The minute at which it is asked.
        let minute: Int
        let fires: [String: Int]
        let isQuiet: [String: Int]
    }

    private static let up = #"callpipe_up{instance="a"}"#

    private static func check(_ name: String) -> String {
        #"callpipe_check_status{instance="a",check="\#(name)"}"#
    }

    private static func ofCheck(
        _ alert: String, _ check: String, after minutes: Int = 0, fires: Int = 1, quiet: Int = 0
    ) -> Case {
        Case(
            alert: alert, minute: minutes + 1, fires: [Self.check(check): fires],
            isQuiet: [Self.check(check): quiet])
    }

    private static let cases = [
        Case(alert: "CallpipeMetricsAbsent", minute: 20, fires: [:], isQuiet: [up: 1]),
        Case(
            alert: "CallpipeMetricsOld", minute: 30,
            fires: [#"node_textfile_mtime_seconds{file="/x/callpipe.prom"}"#: 0],
            isQuiet: [
                #"node_textfile_mtime_seconds{file="/x/callpipe.prom"}"#: 1000,
                #"node_textfile_mtime_seconds{file="/x/other.prom"}"#: 0,
            ]),
        Case(alert: "CallpipeCheckpointUnreadable", minute: 6, fires: [up: 0], isQuiet: [up: 1]),
        ofCheck("CallpipeCheckUnknown", "memory", after: 30, fires: 3, quiet: 2),
        Case(
            alert: "CallpipeNoSuccess", minute: 27 * 60,
            fires: [
                #"callpipe_last_success_timestamp_seconds{instance="a",task="daily"}"#: 0,
                #"callpipe_last_success_timestamp_seconds{instance="a",task="retry"}"#: 60,
            ],
            isQuiet: [
                #"callpipe_last_success_timestamp_seconds{instance="a",task="daily"}"#: 0,
                #"callpipe_last_success_timestamp_seconds{instance="a",task="retry"}"#: 90_000,
            ]),
        Case(
            alert: "CallpipeDailyOverdue", minute: 27 * 60,
            fires: [#"callpipe_last_success_timestamp_seconds{task="daily"}"#: 0],
            isQuiet: [
                #"callpipe_last_success_timestamp_seconds{task="daily"}"#: 7200,
                #"callpipe_last_success_timestamp_seconds{task="gaps"}"#: 0,
            ]),
        Case(
            alert: "CallpipeNeverSucceeded", minute: 27 * 60, fires: [up: 1],
            isQuiet: [
                up: 1, #"callpipe_last_success_timestamp_seconds{instance="a",task="x"}"#: 0,
            ]),
        Case(
            alert: "CallpipeRunFailed", minute: 16,
            fires: [#"callpipe_last_run_exit_status{task="daily"}"#: 78],
            isQuiet: [
                #"callpipe_last_run_exit_status{task="daily"}"#: 1,
                #"callpipe_last_run_exit_status{task="retry"}"#: 75,
            ]),
        ofCheck("CallpipePurgeNow", "expiring", fires: 2, quiet: 1),
        ofCheck("CallpipePurgeSoon", "expiring", fires: 1, quiet: 2),
        Case(
            alert: "CallpipeListOverdue", minute: 37 * 60,
            fires: [#"callpipe_listed_until_timestamp_seconds{source="ringcentral"}"#: 0],
            isQuiet: [#"callpipe_listed_until_timestamp_seconds{source="ringcentral"}"#: 7200]),
        ofCheck("CallpipeStalled", "stalled"),
        ofCheck("CallpipeBacklog", "queue", after: 30),
        ofCheck("CallpipeFailed", "failures", quiet: 3),
        ofCheck("CallpipeErrorRate", "error_rate", after: 10, fires: 2),
        ofCheck("CallpipeCriticalErrors", "critical"),
        ofCheck("CallpipeDisk", "disk", fires: 2),
        Case(
            alert: "CallpipeBackupOld", minute: 27 * 60,
            fires: ["callpipe_backup_timestamp_seconds": 0],
            isQuiet: ["callpipe_backup_timestamp_seconds": 7200]),
        Case(
            alert: "CallpipeNoBackup", minute: 27 * 60, fires: [up: 1],
            isQuiet: [up: 1, #"callpipe_backup_timestamp_seconds{instance="a"}"#: 0]),
        Case(
            alert: "CallpipeKeyOld", minute: 2,
            fires: [#"callpipe_key_changed_timestamp_seconds{key=".env"}"#: -90 * 86_400],
            isQuiet: [#"callpipe_key_changed_timestamp_seconds{key=".env"}"#: -89 * 86_400]),
        Case(
            alert: "CallpipeServiceDown", minute: 11,
            fires: [#"callpipe_service_status{service="drive"}"#: 2],
            isQuiet: [#"callpipe_service_status{service="drive"}"#: 1]),
        Case(
            alert: "CallpipeBudget", minute: 1,
            fires: [
                #"callpipe_month_cost{instance="a"}"#: 101,
                #"callpipe_month_budget{instance="a"}"#: 100,
            ],
            isQuiet: [
                #"callpipe_month_cost{instance="a"}"#: 100,
                #"callpipe_month_budget{instance="a"}"#: 100,
                #"callpipe_month_budget{instance="b"}"#: 1,
            ]),
    ]

    private static func test(_ one: Case, _ series: [String: Int], count: Int) -> [String: Any] {
        [
            "interval": "1m",
            "input_series": series.map { name, value in
                ["series": name, "values": "\(value)x\(one.minute)"]
            },
            "promql_expr_test": [
                [
                    "expr": #"count(ALERTS{alertname="\#(one.alert)",alertstate="firing"})"#,
                    "eval_time": "\(one.minute)m",
                    "exp_samples": count == 0 ? [] : [["labels": "{}", "value": count]],
                ]
            ],
        ]
    }

    @Test("promtool takes the rules, and sees each of them fire and not fire")
    func fire() throws {
        let text = try String(contentsOfFile: PrometheusRuleTests.rules, encoding: .utf8)
        let names = text.matches(of: #/- alert: (\w+)/#).map { String($0.1) }
        #expect(names.count > 20 && names == PrometheusRuleTests.cases.map(\.alert))
        let place = try Workplace()
        let file: [String: Any] = [
            "rule_files": [PrometheusRuleTests.rules], "evaluation_interval": "1m",
            "tests": PrometheusRuleTests.cases.flatMap {
                [
                    PrometheusRuleTests.test($0, $0.fires, count: 1),
                    PrometheusRuleTests.test($0, $0.isQuiet, count: 0),
                ]
            },
        ]
        try JSONSerialization.data(withJSONObject: file, options: .withoutEscapingSlashes).write(
            to: URL(filePath: place.path + "/rules.test.yml"))
        let outcome = try place.run(
            "promtool check rules \(PrometheusRuleTests.rules) && promtool test rules rules.test.yml"
        )
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
    }

    @Test("The rules ask only for metrics that call-metrics writes, and send to what there is")
    func metrics() throws {
        let place = try PrometheusTests.scene()
        let text = try String(contentsOfFile: PrometheusRuleTests.rules, encoding: .utf8)
        let asked = Set(
            text.matches(of: #/expr: (.*)/#).flatMap {
                String($0.1).matches(of: #/callpipe_\w+/#).map { String($0.0) }
            })
        let written = try place.run(
            "grep -v '^#' textfile/callpipe.prom | sed 's/[{ ].*//' | sort -u"
        ).output.split(separator: "\n").map(String.init)
        #expect(asked.subtracting(written).isEmpty && asked.count > 8)
        let checks = try place.run(
            #"sed -n 's/^callpipe_check_status{check="\(.*\)"}.*/\1/p' textfile/callpipe.prom"#
        ).output.split(separator: "\n").map(String.init)
        for match in text.matches(of: #/check="(\w+)"/#) {
            #expect(checks.contains(String(match.1)))
        }
        // A label of an alert that the route of the example has, and a receiver that there is.
        let folder = URL(filePath: PrometheusRuleTests.rules).deletingLastPathComponent().path
        let route = try place.run(
            """
            amtool config routes test --config.file=\(folder)/alertmanager.yml \
                alertname=CallpipePurgeNow service=callpipe priority=P0 severity=critical
            amtool config routes test --config.file=\(folder)/alertmanager.yml \
                alertname=CallpipeKeyOld service=callpipe priority=P3 severity=warning
            """)
        #expect(route.output == "pager\nmail\n", "\(route.errors)")
    }
}
