// PrometheusTests: the metrics with the real promtool, node_exporter and Prometheus.
import Foundation
import Testing

@Suite(.serialized) struct PrometheusTests {
    private static func isHere(_ program: String) -> Bool {
        ["/usr/bin", "/usr/local/bin"].contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
        }
    }

    /// A checkpoint with every kind of metric in it.
    static func scene() throws -> Workplace {
        let place = try Workplace()
        _ = try place.startRingCentral()
        place["ALERT_MONTHLY_BUDGET"] = "100"
        let made = try place.run(
            #"""
            for n in 1 2 3; do echo '{"id":"rc:'$n'","source":"ringcentral"}'; done >calls
            state-run --name 'da"il\y' -- bash -c '
                state-todo fetch <calls | jq -c ".audio = {path: \"a/1.mp3\", bytes: 1}" |
                    state-mark fetch |
                    jq -c ".transcript = {path: \"t/1.json\", text: \"x\", engine: \"e\", provenance:
                        {seconds: 3, wall: 1, cost: 0.5, at: \"2026-11-20T06:40:00Z\"}}" |
                    state-mark transcribe >/dev/null'
            echo '{"id":"rc:4","error":{"stage":"fetch","class":"item","kind":"gone","message":"x",
                "at":"2026-11-20T06:40:00Z"}}' | tr -d '\n' | state-mark fetch >/dev/null
            state-listed --until 2026-11-20T06:40:00Z ringcentral >/dev/null
            rc-list --days 1 >/dev/null
            state-backup backups >/dev/null
            mkdir textfile
            echo DEEPGRAM_API_KEY=x >.env
            call-metrics --prometheus textfile/callpipe.prom --compat-names
            """#)
        #expect(made.status == 0, "\(made.errors)")
        return place
    }

    @Test(
        "promtool finds nothing, and neither do the checks that it does not make",
        .enabled(if: isHere("promtool"), "needs Debian's prometheus"))
    func lint() throws {
        let place = try PrometheusTests.scene()
        let lint = try place.run("promtool check metrics <textfile/callpipe.prom")
        #expect(
            lint.status == 0 && lint.output + lint.errors == "", "\(lint.output) \(lint.errors)")
        let text = try place.run("cat textfile/callpipe.prom").output
        let lines = text.split(separator: "\n").map(String.init)
        let samples = lines.filter { !$0.hasPrefix("#") }
        let series = samples.map { $0[..<($0.lastIndex(of: " ") ?? $0.endIndex)] }
        #expect(Set(series).count == series.count, "a series stands there twice")
        for keyword in ["# HELP ", "# TYPE "] {
            let names = lines.filter { $0.hasPrefix(keyword) }.map { $0.split(separator: " ")[2] }
            #expect(Set(names).count == names.count && names.count > 15)
        }
        // Each bucket holds the one before, and the last one is the count.
        var histograms: [String: [Double]] = [:]
        var counts: [String: Double] = [:]
        for sample in samples {
            let value = Double(sample.split(separator: " ").last ?? "") ?? .nan
            if let match = sample.firstMatch(of: #/^(\w+)_bucket\{(.*?),?le="[^"]*"\}/#) {
                histograms["\(match.1)|\(match.2)", default: []].append(value)
            } else if let match = sample.firstMatch(of: #/^(\w+)_count(?:\{(.*)\})? /#) {
                counts["\(match.1)|\(match.2 ?? "")"] = value
            }
        }
        #expect(histograms.count >= 2)
        for (name, buckets) in histograms {
            #expect(buckets == buckets.sorted() && buckets.last == counts[name], "\(name)")
        }
        #expect(text.contains(#"callpipe_last_success_timestamp_seconds{task="da\"il\\y"}"#))
        #expect(text.contains("callpipe_transcription_cost_total"))
        #expect(text.contains("transcription_failures_total 0\n"))
    }

    @Test(
        "node_exporter serves every series, and Prometheus scrapes them",
        .enabled(
            if: isHere("prometheus") && isHere("prometheus-node-exporter"),
            "needs Debian's prometheus and prometheus-node-exporter"))
    func scrape() throws {
        let place = try PrometheusTests.scene()
        let outcome = try place.run(
            #"""
            port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
            exporter=$(port) server=$(port)
            prometheus-node-exporter --collector.disable-defaults --collector.textfile \
                --collector.textfile.directory="$PWD/textfile" --web.listen-address=127.0.0.1:$exporter \
                >exporter.log 2>&1 & one=$!
            cat >prometheus.yml <<TEXT
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: ["\#(PrometheusRuleTests.rules)"]
            scrape_configs:
              - job_name: node
                static_configs: [{targets: ["127.0.0.1:$exporter"]}]
            TEXT
            promtool check config prometheus.yml >/dev/null || exit 9
            prometheus --config.file=prometheus.yml --storage.tsdb.path=tsdb \
                --web.listen-address=127.0.0.1:$server >prometheus.log 2>&1 & two=$!
            trap 'kill -9 $one $two; wait 2>/dev/null' EXIT
            until curl -fs 127.0.0.1:$exporter/metrics >served; do kill -0 $one || exit 8; done
            grep -v '^#' textfile/callpipe.prom | sed 's/[{ ].*//' | sort -u >names
            while read -r name; do grep -q "^$name[{ ]" served || echo "not served: $name"; done <names
            grep '^node_textfile_scrape_error' served
            query() { curl -fs 127.0.0.1:$server/api/v1/query --data-urlencode "query=$1"; }
            until query 'callpipe_up' | jq -e '.data.result[0]' >/dev/null 2>&1; do
                kill -0 $two || exit 7
            done
            query 'callpipe_last_success_timestamp_seconds' | jq -r '.data.result[0].metric.task'
            query 'histogram_quantile(0.5, callpipe_stage_duration_seconds_bucket{stage="fetch"})' |
                jq -r '.data.result | length'
            query 'callpipe_recordings{stage="fetch",status="completed"}' |
                jq -r '.data.result[0].value[1]'
            alerts() {
                curl -fs 127.0.0.1:$server/api/v1/alerts |
                    jq -r '.data.alerts[] | select(.state == "firing") | .labels.alertname' | sort -u
            }
            # The last whole list is days old; the rules whose time has to pass first are pending.
            until alerts | grep -q CallpipeListOverdue || [ $SECONDS -gt 60 ]; do :; done
            alerts
            """#)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            outcome.output
                == "node_textfile_scrape_error 0\nda\"il\\y\n1\n3\nCallpipeListOverdue\n",
            "\(outcome.output)")
    }
}
