// UnitConfinementTests: the jobs do their work with the system calls that their units leave them.
import Testing

@Suite struct UnitConfinementTests {
    private let place: Workplace
    private let confined = "\(Workplace.root)/Tests/house/confined.py"
    private let pipelines = "\(Workplace.root)/pipelines"

    init() throws { place = try Workplace() }

    @Test("a forbidden call fails, and the program goes on")
    func forbidden() throws {
        let outcome = try place.run(
            """
            touch file; \(confined) \(pipelines)/systemd/callpipe-gaps.service \
                bash -c 'chown 1:1 file; nice -n 1 true; echo "ended with $?"'
            """)
        #expect(outcome.output == "ended with 0\n", "\(outcome.errors)")
        #expect(outcome.errors.contains("Operation not permitted"))
    }

    @Test("the nightly job brings everything, from the list to the Drive")
    func nightly() throws {
        _ = try place.startRingCentral("--heavy-limit", "1000")
        _ = try place.startDrive()
        try place.startEngine()
        let outcome = try place.run(
            """
            \(confined) \(pipelines)/systemd/call-recording-processor.service \
                state-run --name daily -- \(pipelines)/daily.sh 30
            echo "ended with $?"
            \(confined) \(pipelines)/systemd/callpipe-backup.service state-backup backups >/dev/null
            \(confined) \(pipelines)/systemd/callpipe-drill.service state-restore --drill backups |
                jq -c 'has("seconds") or true'
            state-show --stage upload --status completed | wc -l
            """)
        let expected = try RingCentralTests.expected()
        #expect(outcome.output == "ended with 0\ntrue\n\(expected)\n", "\(outcome.errors)")
    }

    @Test("the folder trio runs, each job as a run")
    func trio() throws {
        try place.startEngine()
        let outcome = try place.run(
            """
            mkdir in && for n in 1 2; do
                head -c 9000 /dev/urandom | ffmpeg -loglevel error -f s16le -ar 8000 -ac 1 -i - in/$n.wav
            done
            touch -d '1 hour ago' in/*
            job() { \(confined) \(pipelines)/systemd/callpipe-$1.service \
                state-run --name $1 -- \(pipelines)/$1.sh "${@:2}" || echo "$1 ended with $?"; }
            job sync in; job queue; job process 2
            state-show --stage transcribe --status completed | wc -l
            """)
        #expect(outcome.output == "2\n", "\(outcome.errors)")
    }

    @Test("metrics, alerts and the message of a failed unit come out of their units")
    func watching() throws {
        let services = try place.start("alert_services.py", [])
        place["CALLPIPE_ALERT_TO"] = "slack:"
        place["SLACK_WEBHOOK_URL"] = services.ready["slack"] as? String
        let outcome = try place.run(
            """
            state-todo upload </dev/null
            unit() { \(confined) \(pipelines)/systemd/callpipe-$1.service "${@:2}"; }
            unit metrics call-metrics --prometheus callpipe.prom && grep -c '^# TYPE' callpipe.prom >types
            [ "$(cat types)" -gt 5 ] && echo metrics
            unit alerts call-alert >/dev/null; echo "ended with $?"
            unit alert@ call-alert --tell 'callpipe-gaps.service failed' >/dev/null; echo "ended with $?"
            curl -s '\(services.url)/_control/received' | grep -c 'callpipe-gaps.service failed'
            """)
        #expect(
            outcome.output == "metrics\nended with 0\nended with 0\n1\n", "\(outcome.errors)")
    }
}
